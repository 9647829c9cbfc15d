"""The rules: each names its hole, on matrices of a few rows."""

import pytest

from kit.harness.submission import Submission
from kit.selftest.entries import Entry
from kit.selftest.evidence import Evidence
from kit.selftest.matrix import Column, Matrix, Row
from kit.selftest.rules import RULES, find_holes
from kit.selftest.zoo import Notes

COLUMNS = {
    "forward": Column("forward", "relu", "value", 3),
    "pure": Column("pure", "relu", "purity", 1),
    "other": Column("other", "sigmoid", "value", 5),
    "learns": Column("learns", "capstone", "accuracy", 5),
}
CHECKS = frozenset(COLUMNS)
NEAR = {
    "fine": {"forward", "pure", "other"},
    "argument": {"pure"},
    "coarse": {"learns"},
    "idle": {"learns"},
}


def row(kind, name, failed=(), *, named=None, told=(), **about):
    concerns = ("relu", "sigmoid", "capstone")
    entry = Entry(name, kind, Submission(name, {}), concerns, **about)
    return Row(entry, CHECKS, frozenset(failed), named or {}, 0.1, told=frozenset(told))


def sound():
    """The rows of a matrix without a hole."""
    return [
        row("reference", "reference"),
        row("stub", "stub", CHECKS),
        row("right", "right/a"),
        row("wrong", "wrong/a", ["forward"], exercises=("relu",), misconception="m"),
        row("hostile", "hostile/a", CHECKS, scores={"relu": 0, "sigmoid": 0, "capstone": 0}),
        row("mutant", "pure alone", ["pure"]),
        row("mutant", "other alone", ["other"]),
        *(row("near miss", family, failed, family=family) for family, failed in NEAR.items()),
    ]


def evidence(*rows, notes=None, public=(), repeats=None, broken=None, without=()):
    """Evidence that is sound but for the rows given, which replace those of the same name."""
    table = {each.entry.name: each for each in [*sound(), *rows]}
    kept = {name: each for name, each in table.items() if name not in without}
    matrix = Matrix(COLUMNS, kept, broken or {})
    tests = Matrix(COLUMNS, {each.entry.name: each for each in public}, {})
    return Evidence(matrix, notes or Notes(), tests, repeats or {}, frozenset({"0.731"}))


def holes(found):
    """Return the holes as rule, name and what is told."""
    return [
        (finding.rule, hole.name, hole.told)
        for finding in find_holes(found)
        for hole in finding.holes
    ]


def test_a_sound_suite_has_no_hole():
    findings = find_holes(evidence())

    assert holes(evidence()) == []
    assert [finding.about for finding in findings] == list(RULES)
    assert {finding.rule: finding.looked_at for finding in findings}["dead"] == len(COLUMNS)


@pytest.mark.parametrize(
    ("changed", "hole"),
    [
        (row("reference", "reference", ["pure"]), ("reference", "pure", "the reference fails it")),
        (row("stub", "stub", CHECKS - {"pure"}), ("stub", "pure", "the stub passes it")),
        (row("right", "right/a", ["pure"]), ("right", "right/a", "fails pure")),
        (
            row("mutant", "pure alone", ["pure"], told=["x = 0.731"]),
            ("nothing hidden", "pure alone", "its student reads '0.731'"),
        ),
        (
            row("wrong", "wrong/b", ["learns"], exercises=("relu",)),
            ("caught", "wrong/b", "no check of relu fails on it"),
        ),
        (
            row("wrong", "wrong/b", ["forward", "other", "learns"], exercises=("relu",)),
            ("nowhere else", "wrong/b", "fails other"),
        ),
        (
            row("wrong", "wrong/b", ["forward"], named={"forward": "x"}, exercises=("relu",), misconception="m"),
            ("false name", "wrong/b", "it is called x and is m"),
        ),
        (row("mutant", "m"), ("mutants", "m", "no check fails on it")),
        (row("near miss", "n", family="fine"), ("mutants", "n", "no check fails on it")),
        (
            row("hostile", "hostile/a", ["learns", "other"], scores={"relu": 0, "sigmoid": 0, "capstone": 0}),
            ("hostile", "hostile/a", "relu 4 instead of 0"),
        ),
    ],
)  # fmt: skip
def test_a_submission_with_another_verdict_is_a_hole(changed, hole):
    assert holes(evidence(changed)) == [hole]


def test_a_capstone_may_fail_on_any_wrong_part_and_a_right_name_is_right():
    wrong = row("wrong", "wrong/b", ["forward", "learns"], named={"learns": "m"}, exercises=("relu",), misconception="m")  # fmt: skip

    assert holes(evidence(wrong)) == []


def test_a_capstone_that_a_wrong_entry_is_declared_for_has_to_fail():
    wrong = row("wrong", "wrong/b", ["other"], exercises=("capstone",))

    assert [name for name, *_ in holes(evidence(wrong))] == ["caught", "nowhere else"]


def test_an_entry_without_a_verdict_is_a_hole():
    found = evidence(broken={"wrong/b": "the suite process failed"})

    assert holes(found) == [("verdicts", "wrong/b", "the grader failed: the suite process failed")]


def test_a_mutant_that_was_struck_out_has_to_be_accepted():
    notes = Notes(equivalent={"e": "a reason", "gone": "a reason"})

    assert holes(evidence(row("equivalent", "e", ["pure"]), notes=notes)) == [
        ("equivalent", "e", "fails pure"),
        ("equivalent", "gone", "it is struck out, and no operator makes it any more"),
    ]


def test_another_verdict_for_another_seed_is_a_hole():
    runs = [frozenset({"pure"}), frozenset({"pure"}), frozenset({"pure", "forward"})]

    assert holes(evidence(repeats={"wrong/a": runs, "wrong/b": runs[:2]})) == [
        ("same again", "wrong/a", "at times it fails forward")
    ]


def test_a_check_that_fails_on_nothing_is_dead_whatever_the_stub_does():
    lost = [row("near miss", name, NEAR[name] - {"other"}, family=name) for name in NEAR]

    found = holes(evidence(*lost, without={"other alone"}))

    assert [hole[:2] for hole in found] == [
        ("dead", "other"),
        ("blunt", "other"),
        ("witness", "other"),
    ]


def test_a_check_that_lets_a_family_of_near_misses_pass_is_blunt():
    found = evidence(row("near miss", "argument", ["forward"], family="argument"))

    assert holes(found) == [("blunt", "pure", "it fails on no near miss that is argument")]


def test_a_family_that_an_exercise_has_no_near_miss_of_is_not_asked_for():
    assert holes(evidence(row("mutant", "argument", ["pure"]))) == []


def test_a_coarse_check_is_held_against_coarse_near_misses():
    fine = row("near miss", "fine", ["pure", "other"], family="fine")
    notes = Notes(coarse={"forward": "a reason"})

    assert holes(evidence(fine, notes=notes)) == [
        ("blunt", "forward", "it fails on no near miss that is coarse")
    ]
    coarse = row("near miss", "coarse", ["forward", "learns"], family="coarse")
    assert holes(evidence(fine, coarse, notes=notes)) == []


def test_a_check_that_catches_nothing_alone_says_why_it_stays():
    both = row("wrong", "wrong/a", ["forward", "pure"], exercises=("relu",), misconception="m")

    (hole,) = holes(evidence(both))
    assert hole[:2] == ("witness", "forward")

    assert holes(evidence(both, notes=Notes(stays={"forward": "a reason"}))) == []


def test_a_reason_for_a_check_that_is_not_there_is_a_hole():
    notes = Notes(stays={"gone": "a reason"})

    assert holes(evidence(notes=notes)) == [
        ("witness", "gone", "checks.toml has a reason for it, and there is no such check")
    ]


def test_public_tests_accept_what_is_right_and_fail_on_the_stub():
    public = [
        row("reference", "reference", ["pure"]),
        row("right", "right/a", ["pure"]),
        row("stub", "stub", CHECKS - {"other"}),
        row("wrong", "wrong/a", ["pure"]),
    ]

    assert holes(evidence(public=public)) == [
        ("public right", "reference", "fails pure"),
        ("public right", "right/a", "fails pure"),
        ("public stub", "other", "the stub passes it"),
    ]


def test_a_wrong_entry_is_red_in_public_in_the_exercises_in_which_it_loses_points():
    public = [row("wrong", "wrong/a", ["other"])]

    assert holes(evidence(public=public)) == [
        ("public red", "wrong/a", "relu is green in public, and fails forward"),
        ("public green", "wrong/a", "sigmoid loses no points, and fails other"),
    ]


def test_a_wrong_entry_that_no_public_test_can_show_is_listed_with_the_reason():
    public = [row("wrong", "wrong/a")]
    listed = Notes(green={"wrong/a": "a reason", "wrong/gone": "a reason"})

    assert holes(evidence(public=public, notes=listed)) == [
        ("public red", "wrong/gone", "checks.toml says why it is green in public, and it is not")
    ]

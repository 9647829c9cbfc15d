"""What a regrade says: who moved, by how much, and because of which check."""

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.cli import main
from kit.cli.movements import show_movements, sums
from kit.course import grade as grade_module
from kit.course.movement import Change, compare, compare_class
from kit.grading.ledger import Ledger
from kit.grading.record import Check, ExerciseResult, Record
from kit.grading.store import Store

VERSIONS = {"kit": "0.1.0", "numpy": "2.4.6", "python": "3.11.7"}
marks = st.dictionaries(
    st.sampled_from("abcdefg"), st.floats(0, 9).map(lambda value: round(value, 2))
)


def record_of(points, exercise="one", suite="new", student="ada"):
    checks = (Check(name, name, value, 9.0, "passed", "value") for name, value in points.items())
    return Record(
        assignment="tiny",
        submission={"name": student, "sha256": student},
        exercises=(ExerciseResult(exercise, exercise, tuple(checks)),),
        suite=suite,
        seed="seed",
        sandbox={"level": "L2", "broken": []},
        versions=VERSIONS,
        seconds=0.2,
    )


def move(before, after, student="ada"):
    return compare(student, record_of(before), record_of(after))


@given(points=marks)
def test_equal_records_are_no_movement(points):
    movement = move(points, points)

    assert not movement.moved
    assert movement.changes == ()


@given(before=marks, after=marks)
def test_the_changes_of_all_checks_are_the_change_of_the_score(before, after):
    movement = move(before, after)

    total = sum(change.points for change in movement.changes)
    assert math.isclose(total, movement.points, abs_tol=1e-9)
    assert movement.moved == (not math.isclose(movement.points, 0.0, abs_tol=1e-9))


@given(before=marks, after=marks)
def test_the_way_back_is_the_same_way(before, after):
    there, back = move(before, after), move(after, before)

    assert {change.check: change.points for change in there.changes} == {
        change.check: -change.points for change in back.changes
    }


def test_a_check_that_is_new_or_gone_is_told_even_where_it_gave_no_points():
    movement = move({"kept": 1.0, "gone": 0.0}, {"kept": 1.0, "new": 2.0})

    assert movement.changes == (Change("gone", 0.0, None), Change("new", None, 2.0))
    assert [change.cause for change in movement.changes] == ["gone (gone)", "new (new)"]


def test_a_check_with_another_name_moves_nobody():
    assert not move({"old": 4.0, "kept": 1.0}, {"new": 4.0, "kept": 1.0}).moved


def test_points_that_go_from_one_exercise_to_another_are_a_move():
    before, after = record_of({"a": 4.0}), record_of({"a": 4.0}, exercise="two")

    assert compare("ada", before, after).moved


def test_who_has_no_record_on_both_sides_is_not_compared():
    before = {"ada": record_of({"a": 1.0}), "gone": record_of({}), "broken": record_of({})}
    after = {"ada": record_of({"a": 2.0}), "new": record_of({}), "broken": "the sandbox broke"}

    assert [movement.student for movement in compare_class(before, after)] == ["ada"]


def test_the_sums_count_the_students_of_each_check():
    up = [move({"zero": 0.0}, {"zero": 1.0}) for _ in range(11)]
    down = [move({"zero": 1.0}, {"zero": 0.0}) for _ in range(2)]
    still = [move({"zero": 1.0}, {"zero": 1.0})]

    assert list(sums([*up, *down, *still], first_time=1)) == [
        "11 students +1, 2 students -1, because zero",
        "13 of 14 students moved",
        "1 student had no Record before",
    ]


def test_a_sum_shows_no_rounding_error():
    movement = move({"a": 0.1}, {"a": 0.3})

    assert next(sums([movement], first_time=0)) == "1 student +0.2, because a"


def test_nobody_moved_is_said():
    assert list(sums([move({}, {})], first_time=0)) == ["0 of 1 student moved"]


def test_the_table_names_who_moved_and_no_letter_can_move_the_cursor(capsys):
    moved = move({"a": 1.0, "b": 2.0}, {"a": 2.0, "b": 1.5}, student='Müller, "Ada"\x1b[31m')

    show_movements([moved, move({}, {}, student="still")], 0, as_json=False)

    out = capsys.readouterr().out
    head, line, *_ = out.splitlines()
    assert head.split() == ["student", "before", "after", "change", "because"]
    assert line.split() == [
        *("Müller,", '"Ada"\\x1b[31m', "3", "3.5", "+0.5"),
        *("a", "+1,", "b", "-0.5"),
    ]
    assert "\x1b" not in out
    assert "still" not in out


@pytest.fixture
def regrade(tmp_path, monkeypatch, capfd):
    """Run `kit regrade` where the grader says what it is told; return code, output, complaints."""
    (tmp_path / "nbgrader_config.py").write_text("", encoding="utf-8")

    def run(outcomes, *arguments):
        asked = []
        monkeypatch.setattr(
            grade_module, "grade", lambda *_, **given: asked.append(given) or list(outcomes.items())
        )
        with pytest.raises(SystemExit) as ended:
            main(["regrade", "tiny", "--course", str(tmp_path), *arguments])
        assert [given["dry_run"] for given in asked] == ["--dry-run" in arguments]
        return ended.value.code, *capfd.readouterr()

    return run


def give(course, **points):
    """Give marks as a grading run does: Records in the store, and who has which in the ledger."""
    store, ledger = Store(course / "records"), Ledger(course / "records")
    for student, value in points.items():
        record = record_of({"zero": value}, suite="old", student=student)
        store.put(record)
        ledger.remember(student, record)


def test_regrade_prints_who_moved_since_the_last_mark(regrade, tmp_path):
    give(tmp_path, ada=1.0, björk=0.0, chen=1.0)

    code, out, err = regrade(
        {
            "ada": record_of({"zero": 1.0}),
            "björk": record_of({"zero": 1.0}),
            "chen": "the sandbox broke",
            "dara": record_of({"zero": 1.0}),
        }
    )

    assert code == 1
    assert [line.split()[0] for line in out.splitlines()[:2]] == ["student", "björk"]
    assert out.splitlines()[2:] == [
        "1 student +1, because zero",
        "1 of 2 students moved",
        "1 student had no Record before",
    ]
    assert err == "kit: 1 of 4 could not be graded:\n  chen: the sandbox broke\n"


def test_a_program_reads_everybody_a_line_each(regrade, tmp_path):
    give(tmp_path, ada=1.0, björk=0.0)
    outcomes = {name: record_of({"zero": 1.0}) for name in ("ada", "björk")}

    code, out, err = regrade(outcomes, "--json", "--dry-run")

    still, moved = map(json.loads, out.splitlines())
    assert (code, err) == (0, "")
    assert still == {
        "student": "ada", "before": 1.0, "after": 1.0, "moved": False, "changes": [],
    }  # fmt: skip
    assert moved["changes"] == [{"check": "zero", "before": 0.0, "after": 1.0}]

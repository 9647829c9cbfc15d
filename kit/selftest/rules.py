"""The rules that a hidden suite has to keep before it grades anybody."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kit.selftest import rules_of_checks, rules_of_entries, rules_of_public
from kit.selftest.evidence import Finding, Hole

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from kit.selftest.evidence import Evidence, Looked

RULES: Mapping[str, Callable[[Evidence], Looked]] = {
    "every submission gets a verdict": rules_of_entries.verdicts,
    "the reference passes every check": rules_of_checks.reference,
    "the stub passes no check": rules_of_checks.stub,
    "every right one is accepted": rules_of_entries.right,
    "every wrong one is caught in its exercise": rules_of_entries.caught,
    "and nowhere else, the capstone aside": rules_of_entries.nowhere_else,
    "none is told of a misconception that it is not": rules_of_entries.false_name,
    "no student reads a piece of a hidden test": rules_of_entries.nothing_hidden,
    "every mutant is killed": rules_of_entries.mutants,
    "every mutant that is struck out is accepted": rules_of_entries.equivalent,
    "every hostile one earns what was declared": rules_of_entries.hostile,
    "three seeds and two runs give the same verdicts": rules_of_entries.same_again,
    "every check fails on something": rules_of_checks.dead,
    "every check fails on something that is a little off": rules_of_checks.blunt,
    "every check alone catches something, or says why it stays": rules_of_checks.witness,
    "no right one fails a public test": rules_of_public.right,
    "the stub passes no public test": rules_of_public.stub,
    "a wrong one is red in public where it is red in hidden": rules_of_public.red,
    "and green in public where it is green in hidden": rules_of_public.green,
}


def find_holes(evidence: Evidence) -> list[Finding]:
    """Return what became of every rule."""
    return [_finding(about, rule, evidence) for about, rule in RULES.items()]


def _finding(about: str, rule: Callable[[Evidence], Looked], evidence: Evidence) -> Finding:
    looked = list(rule(evidence))
    holes = tuple(Hole(name, told) for name, told in looked if told)
    return Finding(_name(rule), about, len(looked), holes)


def _name(rule: Callable[[Evidence], Looked]) -> str:
    """Return how a rule is called in a report, as in `public right` for one of the public tests."""
    of_public = rule.__module__ == rules_of_public.__name__
    return ("public " if of_public else "") + rule.__name__.replace("_", " ")

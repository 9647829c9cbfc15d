"""Make mutants of the reference, each with a name that stays the same as long as its line does."""

from __future__ import annotations

import ast
import itertools
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kit.selftest import arithmetic, arrays, names
from kit.selftest.given import given
from kit.selftest.kept import kept, overwritten
from kit.selftest.methods import methods
from kit.selftest.near import near_misses
from kit.selftest.returned import returned
from kit.selftest.sites import is_own, sites

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kit.harness.submission import Submission
    from kit.manifest import Manifest
    from kit.selftest.methods import Method

OPERATORS = {**arithmetic.OPERATORS, **arrays.OPERATORS, **names.OPERATORS}


@dataclass(frozen=True, slots=True)
class Mutant:
    """The reference with one change: its name, its operator, and the text of the changed file.

    `family` says how near a near miss is; it is empty for all others.
    """

    name: str
    operator: str
    method: Method
    source: str
    family: str = ""


def mutants(solution: Submission, manifest: Manifest) -> list[Mutant]:
    """Return all mutants and near misses of a solution; what two operators make counts once."""
    made: dict[tuple[str, str], Mutant] = {}
    for method in methods(solution, manifest):
        for mutant in _named(_all(method)):
            made.setdefault((method.file, _essence(mutant.source)), mutant)
    unchanged = {(file, _essence(text)) for file, text in solution.sources().items()}
    return [mutant for key, mutant in made.items() if key not in unchanged]


def _all(method: Method) -> Iterator[Mutant]:
    yield from _expressions(method)
    yield from _statements(method)
    behaviours = (returned, given, kept, overwritten)
    for operator, words, source in itertools.chain(*(made(method) for made in behaviours)):
        yield Mutant(f"{method}: {operator}: {words}", operator, method, source)
    for family, words, source in near_misses(method):
        name = f"{method}: near miss: {words}"
        yield Mutant(name, "near miss", method, source, family)


def _expressions(method: Method) -> Iterator[Mutant]:
    for site in sites(method):
        for operator, others in OPERATORS.items():
            for other in others(site):
                yield _replaced(method, operator, site.node, ast.unparse(other))


def _statements(method: Method) -> Iterator[Mutant]:
    """Leave out what gives an attribute its value, or an argument another one."""
    for statement in method.body:
        if isinstance(statement, ast.Assign) and len(method.body) > 1:
            (target, *_) = statement.targets
            again = isinstance(target, ast.Name) and target.id in method.arguments
            if again or is_own(target):
                yield _replaced(method, "statement left out", statement, "pass")


def _replaced(method: Method, operator: str, node: ast.expr | ast.stmt, text: str) -> Mutant:
    name = f"{method}: {operator}: {ast.unparse(node)} -> {text}"
    in_place = text if isinstance(node, ast.stmt) else f"({text})"
    return Mutant(name, operator, method, method.replaced(node, in_place))


def _named(made: Iterable[Mutant]) -> Iterator[Mutant]:
    """Give the second and each later one of a name a number, as where a line has `p` twice."""
    counts: Counter[str] = Counter()
    for mutant in made:
        counts[mutant.name] += 1
        count = counts[mutant.name]
        name = mutant.name if count == 1 else f"{mutant.name} ({count})"
        yield Mutant(name, mutant.operator, mutant.method, mutant.source, mutant.family)


def _essence(source: str) -> str:
    """Return what tells one program from another: no comment, no bracket too many."""
    return ast.dump(ast.parse(source))

"""Print measurements as tables: medians, and ratios of what was measured in the same round."""

from __future__ import annotations

from itertools import groupby
from statistics import median
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from benchmarks.grading import Measurement
    from benchmarks.processes import Cost

    Found = Sequence[Measurement]

_COLUMNS = (
    *("wall s", "CPU s", "CPU ms each", "each second"),
    *("x faster", "x less CPU", "peak MiB"),
)
_LEGEND = (
    "x: than the first line of a table. peak: of the largest process. main: the command itself. "
    "rest: forked runs of the suite; in stock nbgrader, Jupyter's kernels."
)


def show(facts: dict[str, Any], found: Found) -> None:
    """Print what the figures depend on, and a few tables for each class."""
    print(", ".join(f"{name} {value}" for name, value in facts.items() if name != "mix"))
    print("of thirty students: " + "; ".join(f"{n} {kind}" for kind, n in facts["mix"].items()))
    print(_LEGEND)
    for accuracy, group in groupby(found, key=lambda each: each.accuracy):
        kept = list(group)
        for students, members in groupby(kept, key=lambda each: each.students):
            _show_class(students, list(members), accuracy=accuracy)
        _show_growth(kept)


def _show_class(students: int, found: Found, *, accuracy: bool) -> None:
    rounds = max(each.round for each in found) + 1
    exercise = "with" if accuracy else "without"
    print(f"\n{students} students, {exercise} the exercise accuracy, medians of {rounds} round(s)")
    _row("", *_COLUMNS)
    for side in _sides(found):
        mine = [each for each in found if each.side == side]
        wall, cpu = _median(mine, _wall), _median(mine, _cpu)
        figures = wall, cpu, 1000 * cpu / students, students / wall
        ratios = _ratio(found, mine, _wall), _ratio(found, mine, _cpu)
        peak = max(each.cost.peak for each in mine)
        _row(side, *(f"{figure:.2f}" for figure in (*figures, *ratios)), f"{peak:.0f}")
    _show_processes(students, found)


def _show_processes(students: int, found: Found) -> None:
    """Print what the time is made of, and the memory."""
    roles = list(found[0].cost.cpu_of)
    _row("CPU ms each, by process", *roles)
    for side in _sides(found):
        mine = [each for each in found if each.side == side]
        seconds = [median(each.cost.cpu_of[role] for each in mine) for role in roles]
        _row(side, *(f"{1000 * each / students:.1f}" for each in seconds))
    _row("peak MiB, by process", *roles)
    for side in _sides(found):
        mine = [each for each in found if each.side == side]
        peaks = [max(each.cost.peak_of.get(role, 0.0) for each in mine) for role in roles]
        _row(side, *(f"{peak:.0f}" if peak else "" for peak in peaks))


def _show_growth(found: Found) -> None:
    """Tell apart what a run costs once and what each student adds."""
    small, large = min(each.students for each in found), max(each.students for each in found)
    if small == large:
        return
    print(f"\nfrom {small} to {large} students: what each one adds, and what is left for the start")
    _row("", "wall ms each", "CPU ms each", "once: wall s", "once: CPU s")
    for side in _sides(found):
        ends = [[e for e in found if e.side == side and e.students == n] for n in (small, large)]
        slopes, starts = [], []
        for what in (_wall, _cpu):
            low, high = (_median(end, what) for end in ends)
            slopes.append((high - low) / (large - small))
            starts.append(low - small * slopes[-1])
        _row(side, *(f"{1000 * each:.1f}" for each in slopes), *(f"{each:.2f}" for each in starts))


def _ratio(found: Found, mine: Found, what: Callable[[Cost], float]) -> float:
    """Return how many times the first side's cost it is, round by round, and the median of that."""
    first = {each.round: what(each.cost) for each in found if each.side == found[0].side}
    return median(first[each.round] / what(each.cost) for each in mine)


def _wall(cost: Cost) -> float:
    return cost.wall


def _cpu(cost: Cost) -> float:
    return cost.cpu


def _median(found: Found, what: Callable[[Cost], float]) -> float:
    return median(what(each.cost) for each in found)


def _sides(found: Found) -> list[str]:
    return list(dict.fromkeys(each.side for each in found))


def _row(first: str, *cells: str) -> None:
    print(f"{first:<38}" + "".join(f"{cell:>14}" for cell in cells))

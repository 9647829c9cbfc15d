"""How much faster a class is graded: plain nbgrader and the kit's doors, side by side in one run.

    python -m benchmarks.grading [--students 30 300] [--rounds N] [--json]
                                 [--with-accuracy | --without-accuracy] [--memory]

Every side grades the same class with the same checks in a new course: nothing is in its gradebook,
no Record is stored. The sides take turns; the run fails where two of them differ in one score.
`--memory` grades 300 and 3,000 submissions with `kit grade` alone. Linux only.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import kit
from benchmarks import courses, tables
from benchmarks.processes import measure
from benchmarks.submissions import MIX, hand_in
from kit.manifest import read_manifest

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.courses import Scores
    from benchmarks.processes import Cost

KIT_GRADE = ["-m", "kit", "grade", "backprop"]
PARALLEL = "-j2"  # added to `kit grade` where it knows the option
AUTOGRADE = ["-m", "nbgrader", "autograde", "backprop"]
EVALUATE = ["-m", "kit", "evaluate", "backprop", "--json"]
PACKAGES = ("numpy", "nbgrader", "nbclient", "ipykernel", "pytest")


@dataclass(frozen=True, slots=True)
class Side:
    """One way of grading a class: which course, and which command."""

    name: str
    course: str
    command: Sequence[str]
    one_core: bool = False


@dataclass(frozen=True, slots=True)
class Measurement:
    """What one side took for one class."""

    side: str
    accuracy: bool
    students: int
    round: int
    load: float
    cost: Cost


class Benchmark:
    """Measures in a temporary folder that holds a template of each course."""

    def __init__(self, work: Path, seed: int) -> None:
        self.work, self.seed = work, seed
        self.environment = courses.environment(work / "home")
        self.core = max(os.sched_getaffinity(0))

    def prepare(self, *, accuracy: bool, stock: bool) -> None:
        """Make the courses that the measurements start from."""
        for name in ("ours", "stock"):
            shutil.rmtree(self.work / name, ignore_errors=True)
        courses.make_ours(self.work / "ours", self.environment, accuracy=accuracy)
        if stock:
            courses.make_stock(self.work / "stock", self.work / "ours", self.environment)

    def grade(self, side: Side, students: int) -> tuple[Cost, Scores]:
        """Grade a class in a new course; return what it cost, and the scores."""
        course = self.work / "course"
        shutil.copytree(self.work / side.course, course)
        try:
            hand_in(course, students, self.seed, self.work / "ours")
            command = [sys.executable, *side.command]
            if side.one_core:
                command += sorted(str(path) for path in course.glob("submitted/*/backprop"))
            environment = {**self.environment, "XDG_CACHE_HOME": str(course / ".cache")}
            core = self.core if side.one_core else None
            cost, output = measure(command, course, environment, core)
            printed = courses.printed_scores(output) if side.one_core else None
            return cost, printed or courses.gradebook_scores(course)
        finally:
            shutil.rmtree(course)

    def compare(
        self, sides: Sequence[Side], students: int, rounds: int, *, accuracy: bool
    ) -> list[Measurement]:
        """Let the sides take turns; fail where they do not agree on every score."""
        found: list[Measurement] = []
        expected: Scores | None = None
        for number in range(rounds):
            for side in sides:
                load = os.getloadavg()[0]
                cost, scores = self.grade(side, students)
                expected = scores if expected is None else expected
                self._insist(side, students, expected, scores)
                found.append(Measurement(side.name, accuracy, students, number, load, cost))
                _tell(f"{students} students, round {number + 1}: {side.name} {cost.wall:.1f} s")
        return found

    def _insist(self, side: Side, students: int, expected: Scores, scores: Scores) -> None:
        """Fail where a score is missing, or is not what the first side gave."""
        exercises = read_manifest(self.work / "ours" / "solutions" / courses.NAME).exercises
        there = [score for score in scores.values() if score is not None]
        if len(there) != students * len(exercises):
            raise SystemExit(f"{side.name} gives {len(there)} scores to {students} students")
        differ = sorted(key for key in expected if expected[key] != scores[key])
        lines = [f"{key}: {expected[key]} and {scores[key]}" for key in differ[:20]]
        if differ:
            raise SystemExit("\n".join([f"{side.name} gives {len(differ)} other scores:", *lines]))


def all_sides() -> list[Side]:
    """Return the four ways of grading, the one that all are compared with first."""
    grade = kit_grade()
    return [
        Side("stock nbgrader autograde", "stock", AUTOGRADE),
        Side("nbgrader autograde, the kit's steps", "ours", AUTOGRADE),
        grade,
        Side("kit evaluate, one core, no gradebook", "ours", EVALUATE, one_core=True),
    ]


def kit_grade() -> Side:
    """Return our own door, in parallel where this kit can."""
    text = subprocess.run(
        [sys.executable, *KIT_GRADE[:3], "--help"],
        env={**os.environ, "PYTHONPATH": str(courses.ROOT)},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    command = [*KIT_GRADE, PARALLEL] if re.search(r"\s-j[ ,]", text) else KIT_GRADE
    return Side(" ".join([command[1], command[2], *command[4:]]), "ours", command)


def about(seed: int) -> dict[str, Any]:
    """Return what the figures depend on."""
    return {
        "machine": f"{platform.machine()}, {len(os.sched_getaffinity(0))} cores",
        "load": round(os.getloadavg()[0], 2),
        "python": platform.python_version(),
        "kit": kit.__version__,
        **{package: version(package) for package in PACKAGES},
        "seed": seed,
        "mix": {name: kind.of_thirty for name, kind in MIX.items()},
    }


def _tell(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def parsed(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.grading", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--students", type=int, nargs="+", metavar="N")
    parser.add_argument("--rounds", type=int, help="default: 3 up to 30 students, else 1")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--memory", action="store_true", help="kit grade alone, 300 and 3,000")
    parser.add_argument("--json", action="store_true", help="print every measurement")
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--with-accuracy", action="store_const", const=[True], dest="accuracy")
    which.add_argument("--without-accuracy", action="store_const", const=[False], dest="accuracy")
    options = parser.parse_args(arguments)
    options.students = options.students or ([300, 3000] if options.memory else [30, 300])
    options.accuracy = options.accuracy or ([False] if options.memory else [False, True])
    return options


def measurements(options: argparse.Namespace) -> list[Measurement]:
    """Measure what was asked for, after a small class that does not count and warms the caches."""
    sides = [kit_grade()] if options.memory else all_sides()
    found: list[Measurement] = []
    with tempfile.TemporaryDirectory(prefix="benchmark-") as folder:
        benchmark = Benchmark(Path(folder), options.seed)
        for accuracy in options.accuracy:
            _tell(f"{'with' if accuracy else 'without'} the exercise accuracy")
            benchmark.prepare(accuracy=accuracy, stock=not options.memory)
            benchmark.compare(sides, 1, 1, accuracy=accuracy)
            for students in options.students:
                rounds = options.rounds or (3 if students <= 30 else 1)
                found += benchmark.compare(sides, students, rounds, accuracy=accuracy)
    return found


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    options = parsed(arguments)
    facts = about(options.seed)
    found = measurements(options)
    if options.json:
        print(json.dumps({"about": facts, "measurements": [asdict(each) for each in found]}))
    else:
        tables.show(facts, found)


if __name__ == "__main__":
    main()

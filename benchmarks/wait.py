"""How long a student waits: whole processes, from launch to a trained network of T1 or T5.

    python -m benchmarks wait [--rounds N]

CPU seconds beside a bare `import numpy`, in turns, and the peak of memory. kit-fast is put where
Python finds it as if it were installed. No picture is drawn. A peak below this program's own, about
36 MiB, is not seen: Linux counts it to its children.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from benchmarks.contestants import fast, textbook
from benchmarks.threads import environment
from benchmarks.train import PEERS, ROOT, names

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

T1 = "--points 1000 --epochs 100 --batch-size 32 --momentum 0 --learning-rate 0.05"
TRAIN = ("-m", "kit", "train", "--no-picture")
FIT = """
from benchmarks.contestants.{name} import prepared
from benchmarks.tasks import TASKS
prepared(TASKS["{task}"], "float64", shuffled=True)()
"""


def commands() -> dict[str, list[str]]:
    """Return what is run, by name."""
    solutions = ["--plugins", str(textbook.SOLUTIONS)]
    found = {
        "import numpy": ["-c", "import numpy"],
        "kit train, textbook parts": [*TRAIN, *T1.split(), *solutions],
        "kit train, kit-fast": [*TRAIN, *T1.split()],
        "kit train --data original": [*TRAIN, "--data", "original", *solutions],
    }
    for name in names([*PEERS]):
        if name in PEERS:
            found[name] = ["-c", FIT.format(name=name, task="T1")]
    return found


def installed(folder: Path) -> None:
    """Lay kit-fast out as an installation does."""
    shutil.copytree(fast.FOLDER / "kit_fast", folder / "kit_fast")
    about = folder / "kit_fast-0.1.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: kit-fast\nVersion: 0.1\n")
    (about / "entry_points.txt").write_text("[kit]\nfast = kit_fast\n")


def run(arguments: Sequence[str], variables: Mapping[str, str]) -> tuple[float, float]:
    """Run Python; return CPU seconds and MiB."""
    process = os.posix_spawn(
        sys.executable,
        [sys.executable, *arguments],
        variables,
        file_actions=[(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)],
    )
    _, status, usage = os.wait4(process, 0)
    if status:
        raise SystemExit(f"{' '.join(arguments)} failed")
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print one table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks wait", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--rounds", type=int, default=11)
    options = parser.parse_args(arguments)
    found: dict[str, list[tuple[float, float]]] = {name: [] for name in commands()}
    with tempfile.TemporaryDirectory() as folder:
        installed(Path(folder))
        variables = {**environment(), "PYTHONPATH": f"{ROOT}{os.pathsep}{folder}"}
        variables.pop("PYTHONDONTWRITEBYTECODE", None)
        for number in range(options.rounds + 1):
            for name, command in commands().items():
                cost = run(command, variables)
                if number:  # the first round writes what Python compiles
                    found[name].append(cost)
    print("| | CPU s | x import numpy | peak MiB |\n|---|---:|---:|---:|")
    for name, costs in found.items():
        pairs = zip(costs, found["import numpy"], strict=True)
        ratio = median(cost[0] / bare[0] for cost, bare in pairs)
        seconds, peak = median(cost[0] for cost in costs), max(cost[1] for cost in costs)
        print(f"| {name} | {seconds:.3f} | {ratio:.2f} | {peak:.0f} |")


if __name__ == "__main__":
    main()

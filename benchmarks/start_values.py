"""How often right parts with different start values reach the bars of the final accuracy.

    python -m benchmarks.start_values [SEEDS]

For each start, the reference parts are trained as the capstone trains them, once a seed; the table
gives the worst accuracy and the share of trainings below the bar.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

from kit.bench import Bench
from kit.data import circles, moons, xor
from kit.manifest import read_manifest
from kit.testing.accuracy import accuracies_after_training
from kit.testing.parts import Student

ROOT = Path(__file__).resolve().parents[1]
BARS = {moons: 0.95, circles: 0.98, xor: 0.97}
STARTS = {
    "He": "np.sqrt(2.0 / num_of_features)",
    "Glorot": "np.sqrt(2.0 / (num_of_features + num_of_neurons))",
    "unscaled normal": "1.0",
    "0.1 normal": "0.1",
    "0.01 normal": "0.01",
}


def student(start: str) -> Student:
    """Return the reference parts, with another scale of the start values."""
    folder = ROOT / "solutions" / "backprop"
    manifest = read_manifest(folder)
    sources = {name: (folder / name).read_text(encoding="utf-8") for name in manifest.files}
    he = f"scale = {STARTS['He']}"
    if he not in sources["layers.py"]:
        raise SystemExit(f"the reference does not say {he!r} any more: mend this benchmark")
    sources["layers.py"] = sources["layers.py"].replace(he, f"scale = {start}")
    return Student(Bench(sources), manifest.exercise("accuracy"))


def main() -> None:
    """Print the table."""
    seeds = int(sys.argv[1]) if len(sys.argv) > 1 else 40
    judge = student(STARTS["He"])
    print(f"{'start':<18}" + "".join(f"{data.__name__:>8} worst   below" for data in BARS))
    for name, start in STARTS.items():
        print(f"{name:<18}", end="", flush=True)
        for data, bar in BARS.items():
            rngs = [np.random.default_rng(seed) for seed in range(seeds)]
            reached = accuracies_after_training(student(start), judge, data, bar, rngs)
            below = np.mean([result < bar for result in reached])
            print(f"{min(reached):>14.3f} {below:>7.1%}", end="", flush=True)
        print()


if __name__ == "__main__":
    main()

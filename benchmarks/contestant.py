"""One contestant in a process of its own: fits when told to, and says what that took.

    python -m benchmarks.contestant fast T1 float64

Each line of the input is one fit; each line of the output is JSON: CPU seconds of all threads.
The first line is the loss of every epoch without shuffling, by which they all are compared.
"""

from __future__ import annotations

import gc
import importlib
import json
import sys
import time

from benchmarks.tasks import TASKS


def main(name: str, task: str, dtype: str) -> None:
    """Answer one line for each line."""
    contestant = importlib.import_module(f"benchmarks.contestants.{name}")
    unshuffled = contestant.prepared(TASKS[task], dtype, shuffled=False)
    print(json.dumps(unshuffled()), flush=True)
    fit = contestant.prepared(TASKS[task], dtype, shuffled=True)
    gc.disable()
    for _ in sys.stdin:
        started = time.process_time()
        fit()
        print(json.dumps(time.process_time() - started), flush=True)
        gc.collect()


if __name__ == "__main__":
    main(*sys.argv[1:])

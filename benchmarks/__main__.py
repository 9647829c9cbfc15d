"""Run a benchmark by its name: `python -m benchmarks train`."""

import runpy
import sys

if len(sys.argv) < 2 or sys.argv[1].startswith("-"):
    raise SystemExit("which one? python -m benchmarks train, or grading, or capstone")
runpy.run_module(f"benchmarks.{sys.argv.pop(1)}", run_name="__main__", alter_sys=True)

"""What many test files need: a temporary copy of the course, and a way to run Python in it."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("kit", deadline=None)  # a busy machine breaks no test
settings.load_profile("kit")

ROOT = Path(__file__).resolve().parents[1]
PARTS = ("solutions", "assignments", "tests/hidden", "nbgrader_config.py")
# nbgrader calls `alembic` by its name, and nobody has activated a virtual environment.
os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
CACHES = shutil.ignore_patterns("__pycache__", ".*_cache", ".hypothesis")


@pytest.fixture(scope="session")
def copy_course():
    """Copy what makes a course, and nothing that a course makes while it runs."""

    def copy(target):
        for part in PARTS:
            source = ROOT / part
            (target / part).parent.mkdir(parents=True, exist_ok=True)
            if source.is_dir():
                shutil.copytree(source, target / part, ignore=CACHES)
            elif source.exists():
                shutil.copy2(source, target / part)
        return target

    return copy


@pytest.fixture
def course(copy_course, tmp_path):
    """A temporary copy of the course of one test's own."""
    return copy_course(tmp_path / "course")


@pytest.fixture(scope="session")
def run_python():
    """Run this Python with this kit, as in `run_python("-m", "kit", "build", "backprop", cwd=...)`."""
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "PYTHONDONTWRITEBYTECODE": "1",
    }

    def run(*arguments, cwd, **extra):
        return subprocess.run(
            [sys.executable, *map(str, arguments)],
            cwd=cwd,
            env=environment | extra,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    return run

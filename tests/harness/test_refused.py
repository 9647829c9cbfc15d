"""What grading refuses is refused at the student's side, and nothing else is."""

import threading
from textwrap import dedent

import pytest

from kit.bench import Bench
from kit.errors import PartError
from kit.harness.imports import builtins_offering
from kit.harness.student_side import StudentSide


def run(text):
    """Load a file and call its `forward`."""
    bench = Bench({"one.py": dedent(text)}, builtins=builtins_offering(), around=StudentSide)
    one = bench.make("activation:one", "one.py:One", ())
    return bench.call(one, "forward", [1.0])[0]


def forward(statement):
    return f"""
import os, sys, socket, subprocess, threading, ctypes, tempfile, io
import numpy as np
class One:
    def forward(self, x):
        {statement}
        return x
"""


SPEC = (
    "import importlib.util as u; s = u.spec_from_file_location('a', os.__file__); "
    "s.loader.exec_module(u.module_from_spec(s))"
)


@pytest.mark.parametrize(
    "statement",
    [
        "open('data.csv')",
        "open(__file__)",
        "os.open('data.csv', os.O_RDONLY)",
        "np.load('data.npy')",
        "np.save('data.npy', np.ones(3))",
        "np.savetxt('data.csv', np.ones(3))",
        "np.ones(3).tofile('data.bin')",
        "os.listdir('.')",
        "os.remove('data.csv')",
        "tempfile.TemporaryFile()",
        "subprocess.run(['true'])",
        "os.system('true')",
        "os.fork()",
        "socket.socket()",
        "ctypes.CDLL('libm.so.6')",
        SPEC,
    ],
)
def test_a_file_a_process_and_the_network_are_refused(statement):
    with pytest.raises(PartError, match="a submission reaches no file, process or network") as told:
        run(forward(statement))

    assert told.value.name == "PermissionError"
    assert (told.value.file, told.value.line) == ("one.py", 6)


def test_a_file_that_is_missing_while_a_submission_is_loaded_is_a_refused_file():
    words = "FileNotFoundError in line 3: data.csv not found; a submission reaches no file"

    with pytest.raises(PartError, match=words):
        run(f"\nimport numpy as np\nnp.loadtxt('data.csv')\n{forward('pass')}")


def test_a_thread_is_refused():
    with pytest.raises(PartError, match="a submission starts no thread"):
        run(forward("threading.Thread(target=print).start()"))


def test_a_file_is_refused_while_a_submission_is_loaded():
    with pytest.raises(PartError, match="a submission reaches no file"):
        run(f"open('data.csv')\n{forward('pass')}")


@pytest.mark.parametrize(
    "statement",
    [
        "import wave",
        "import colorsys, graphlib, numpy.polynomial.hermite, xml.dom",
    ],
)
def test_an_import_of_what_is_not_offered_is_no_matter_of_files(statement):
    with pytest.raises(PartError) as told:
        run(forward(statement))

    assert told.value.name == "ModuleNotFoundError"


@pytest.mark.parametrize(
    "statement",
    [
        "import sched, graphlib, numpy.polynomial.hermite, quopri",
        "import traceback; traceback.print_stack(file=io.StringIO())",
        "import warnings; warnings.simplefilter('always'); warnings.warn('x')",
        "np.random.default_rng(); os.urandom(3); os.getcwd(); print(x)",
        "__import__('uuid').uuid4()",
        "try:\n            open('x')\n        except OSError:\n            pass",
    ],
)
@pytest.mark.filterwarnings("ignore")
def test_what_python_and_numpy_do_of_their_own_is_not_refused(statement):
    assert run(forward(statement)) == 1.0


def test_nothing_is_refused_outside_of_a_submission(tmp_path):
    run(forward("pass"))

    (tmp_path / "a").write_text("a")
    thread = threading.Thread(target=print)
    thread.start()
    thread.join()
    assert (tmp_path / "a").read_text() == "a"

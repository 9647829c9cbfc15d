"""The bank of hostile submissions: each has a declared verdict, and none may reach what it wants.

An entry of `tests/zoo/backprop/hostile` is a folder with the student's files and a `verdict.toml`.
What stands in `{{...}}` is filled in: files to read, a folder to write to, a port, a process.
Each entry is run twice: without any sandbox, where it must reach what it wants or it would prove
nothing, and by the grader at the levels that it names, where it must not.
"""

import contextlib
import ctypes
import hashlib
import json
import os
import platform
import re
import secrets
import select
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pytest

from kit.errors import PartDiedError, PartError, PartTimeoutError, UsageError
from kit.grading.assignment import Assignment
from kit.grading.client import RemoteBench
from kit.grading.evaluate import Evaluator
from kit.grading.limits import Limits
from kit.grading.process import Process
from kit.grading.verdicts import PUBLIC_LIMIT
from kit.harness.submission import Submission, read_submission
from kit.selftest.hostile import render
from kit.selftest.zoo import entry_folders, read_verdict

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
BANK = ROOT / "tests/zoo/backprop/hostile"
ENTRIES = {folder.name: read_verdict(folder) for folder in entry_folders(BANK)}
EXERCISES = ("relu", "sigmoid", "bce", "layer_forward", "layer_backward", "accuracy")
LEVELS = ("L3", "L2")
LIMITS = "\n[limits]\ncall_seconds = 0.5\ncheck_seconds = 1\nwall_seconds = 1\n"
OPTIONAL = {"harmless", "needs", "open", "earned"}
STALLED = 1.5
PROOFS = ("raises", "canary", "port", "wire", "value", "stalls", "dies", "output")
# What an attack ends with when it is wrong itself: then it proves nothing about who held it.
MISTAKES = re.compile(r"HELD \[\d+\] (NameError|TypeError|SyntaxError|IndexError|UnboundLocal)")


class World:
    """A course, and around it whatever a submission could want to reach."""

    def __init__(self, copy_course):
        self.place = Path(tempfile.mkdtemp(prefix="kit-hostile-"))  # short: a socket lies in it
        self.place.chmod(0o755)
        self.course = copy_course(self.place / "course")
        manifest = self.course / "solutions/backprop/assignment.toml"
        manifest.write_text(manifest.read_text(encoding="utf-8") + LIMITS, encoding="utf-8")
        self.solution = read_submission(
            manifest.parent, Assignment.load(self.course, "backprop").manifest
        )
        neighbour = self.course / "submitted/bob/backprop"
        neighbour.mkdir(parents=True)
        shutil.copy(manifest.parent / "losses.py", neighbour)
        with contextlib.closing(sqlite3.connect(self.course / "gradebook.db")) as gradebook:
            gradebook.execute("create table grade (manual_score)")
            gradebook.commit()
        (self.course / "gradebook.db").chmod(0o666)
        for name in ("folder", "home", "folder/packages"):
            (self.place / name).mkdir()
            (self.place / name).chmod(0o777)  # the sandbox is to refuse, not the permissions
        for name in ("torch", "autograd"):
            (self.place / f"folder/packages/{name}.py").write_text("", encoding="utf-8")
        self.secret, self.residue = secrets.token_hex(16), secrets.token_hex(16)
        (self.place / "secret.txt").write_text(f"{self.secret}\n", encoding="utf-8")
        (self.place / "secret.txt").chmod(0o666)
        self.name = f"student-{secrets.token_hex(8)}"
        self.listener = Listener(self.place / "socket")
        self.tools = (BANK / "tools.py").read_text(encoding="utf-8")

    def close(self):
        self.listener.close()
        shutil.rmtree(self.place)

    def render(self, entry, parent, target):
        """Write the files of an entry with all that stands in `{{...}}` filled in."""
        needles = [str(self.course), self.name, "pytest.mark." + "points", self.secret]
        values = {
            "SECRET": str(self.place / "secret.txt"),
            "FOLDER": str(self.place / "folder"),
            "HOME": str(self.place / "home"),
            "COURSE": str(self.course),
            "SOCKET": str(self.place / "socket"),
            "PORT": str(self.listener.port),
            "PARENT": str(parent),
            "NEEDLES": " ".join(each.encode().hex() for each in needles),
            "RESIDUE": self.residue.encode().hex(),
            "TOOLS": self.tools,
        }
        return render(BANK / entry, target, values, self.solution)

    def digest(self):
        """Return what lies where, and what is in it."""
        return {
            str(path): (path.lstat().st_mode, path.lstat().st_uid, _content(path))
            for path in sorted(self.place.rglob("*"))
            if "__pycache__" not in path.parts  # the grader's own Python may keep its caches
        }

    def planted(self):
        """Return the text of files that are new."""
        return [path.read_text() for path in (self.place / "folder").glob("*") if path.is_file()]


def _content(path):
    if not path.is_file():
        return ""
    return hashlib.sha256(path.read_bytes()).hexdigest()


class Listener:
    """Sockets of each kind on this machine, and what arrives at them."""

    def __init__(self, path):
        while True:
            self._tcp, self._udp = socket.create_server(("127.0.0.1", 0)), socket.socket(type=2)
            self.port = self._tcp.getsockname()[1]
            with contextlib.suppress(OSError):
                self._udp.bind(("127.0.0.1", self.port))
                break
            self._tcp.close()
            self._udp.close()
        self._unix = [socket.socket(socket.AF_UNIX), socket.socket(socket.AF_UNIX)]
        self._unix[0].bind(f"\0kit-hostile-{self.port}")
        self._unix[1].bind(str(path))
        path.chmod(0o777)
        for server in self._unix:
            server.listen()

    def close(self):
        for each in (self._tcp, self._udp, *self._unix):
            each.close()

    def arrived(self):
        """Return how many connections and datagrams have come, and forget them."""
        count = 0
        while ready := select.select([self._tcp, self._udp, *self._unix], [], [], 0)[0]:
            for each in ready:
                count += 1
                if each is self._udp:
                    each.recv(99)
                else:
                    each.accept()[0].close()
        return count


@pytest.fixture
def world(copy_course):
    """A world of one test's own."""
    made = World(copy_course)
    yield made
    made.close()


def sources_of(entry):
    return [path for path in (BANK / entry).rglob("*.py") if path.is_file()]


# Without a sandbox


def harmless():
    return [name for name, verdict in ENTRIES.items() if verdict.get("harmless", True)]


def skip_where_it_cannot_be(verdict):
    needs = verdict.get("needs", "")
    if needs == "root" and os.geteuid() != 0:
        pytest.skip("only root could do this without a sandbox")
    if needs == "x86_64" and platform.machine() != needs:
        pytest.skip("the attack is machine code of another processor")


PARTS = {
    "activations.py": [("activation:relu", "ReLU", 3), ("activation:sigmoid", "Sigmoid", 3)],
    "losses.py": [("loss:bce", "BinaryCrossEntropy", 2)],
    "layers.py": [("layer:neural_layer", "Neural_layer", 2)],
}


class Unconfined:
    """Stands in for the zygote: its one worker is confined by nothing."""

    level = "L0"
    limits = Limits(call_seconds=1, wall_seconds=STALLED)

    def __init__(self, world, folder):
        self._process = Process(self.limits.wall_seconds)
        connection, output, _ = self._process.descriptors
        ready, writer = os.pipe()
        runner = [sys.executable, str(Path(__file__).parent / "unconfined.py"), "serve"]
        runner += [str(connection), str(writer), str(world.place / "secret.txt")]
        runner += [world.residue.encode().hex(), str(world.course), world.name]
        # The worker has a process above it that may be killed.
        above = "import subprocess, sys; subprocess.Popen(sys.argv[1:], close_fds=False).wait()"
        self.parent = subprocess.Popen(
            [sys.executable, "-SE", "-c", above, *runner],
            pass_fds=[connection, writer],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env=bare_environment(world),
            cwd=folder,
            start_new_session=True,
        )
        os.close(writer)
        number = int(os.read(ready, 20))
        os.close(ready)
        self._process.started(number, os.pidfd_open(number))

    def spawn(self):
        return self._process

    def end(self, _process):
        return 0

    @property
    def printed(self):
        return os.fstat(self._process._output).st_size

    def close(self):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.parent.pid, signal.SIGKILL)
        self.parent.wait()


def ask(bench, files, samples):
    """Ask what a grader asks of the parts that are there; yield what comes, an error too."""
    x = np.full((samples, 1), 0.5)
    for file in files:
        for part, name, count in PARTS[file]:
            made = bench.make(part, f"{file}:{name}", [1, 1] if file == "layers.py" else [])
            questions = (
                [lambda made=made: bench.get(made, "weights")] if file == "layers.py" else []
            )
            for method in ("forward", "backward", "forward"):
                given = [x] * (1 if method == "forward" and count == 3 else count)
                questions.append(lambda m=method, g=given, made=made: bench.call(made, m, g))
            for question in questions:
                try:
                    yield repr(question())
                except PartTimeoutError:
                    yield "stalls"
                except PartDiedError as error:
                    yield "wire" if error.name == "ProtocolError" else "dies"
                except PartError as error:
                    yield str(error)


def bare_environment(world):
    return {
        "PATH": os.defpath,
        "PYTHONPATH": str(ROOT),
        "PYTHONDONTWRITEBYTECODE": "1",
        "HOME": str(world.place / "home"),
        "TMPDIR": str(world.place / "folder"),
        "KIT_HOSTILE_SECRET": world.secret,
        "OPENBLAS_NUM_THREADS": "1",
    }


def ask_gullibly(world, entry, folder):
    """Return what a grader without a sandbox sees of an entry, asked for each thing that it does."""
    seen = []
    texts = "".join(path.read_text(encoding="utf-8") for path in sources_of(entry))
    for samples in (1, 2) if "len(y_true)" in texts else (1,):
        unconfined = Unconfined(world, folder)
        try:
            world.render(entry, unconfined.parent.pid, folder)
            files = {name: folder / name for name in PARTS if (folder / name).is_file()}
            sources = {name: path.read_text(encoding="utf-8") for name, path in files.items()}
            bench = RemoteBench(unconfined, sources)
            for told in ask(bench, files, samples):
                seen.append(told)
                if not bench.alive:
                    break
                if unconfined.printed > 1 << 20:
                    seen.append("output")
            bench.close()
        finally:
            unconfined.close()
    return seen


def run(arguments, world, folder, **environment):
    done = subprocess.run(
        [sys.executable, *map(str, arguments)],
        cwd=folder,
        env=bare_environment(world) | environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def appears(look, seconds=20.0):
    """Wait for something to come true; return whether it did."""
    deadline = time.monotonic() + seconds
    while not look() and time.monotonic() < deadline:
        time.sleep(0.05)
    return look()


@pytest.mark.parametrize("entry", [name for name in harmless() if ENTRIES[name]["proof"] in PROOFS])
def test_without_a_sandbox_an_attack_reaches_what_it_wants(world, tmp_path, entry):
    verdict = ENTRIES[entry]
    skip_where_it_cannot_be(verdict)

    seen = ask_gullibly(world, entry, tmp_path)

    match verdict["proof"]:
        case "raises":
            told = [text for text in seen if "REACHED" in text]
            assert told, seen
            assert "HELD" not in told[0], told[0]
        case "canary":
            assert appears(lambda: "REACHED" in "".join(world.planted()))
        case "port":
            assert world.listener.arrived() > 0
        case "value":
            assert "FORGED" in "".join(seen)
        case proof:
            assert proof in seen


@pytest.mark.parametrize(
    "entry", [name for name in harmless() if ENTRIES[name]["proof"] == "judge"]
)
def test_a_judge_in_the_same_process_believes_what_a_submission_makes_it_believe(
    world, tmp_path, entry
):
    world.render(entry, 0, tmp_path)

    _, told = run([ROOT / "tests/grading/unconfined.py", "judge", tmp_path], world, tmp_path)

    assert "REACHED" in told


def test_a_judge_in_the_same_process_does_see_what_is_just_wrong(world, tmp_path):
    wrong = "class BinaryCrossEntropy:\n    forward = lambda self, *a: 0.0\n"
    (tmp_path / "losses.py").write_text(wrong, encoding="utf-8")

    code, told = run([ROOT / "tests/grading/unconfined.py", "judge", tmp_path], world, tmp_path)

    assert (code, told) == (0, "")


@pytest.mark.parametrize(
    "entry", [name for name in harmless() if ENTRIES[name]["proof"] == "predictions"]
)
def test_a_network_that_answers_for_itself_needs_no_learning(world, tmp_path, entry):
    world.render(entry, 0, tmp_path)

    arguments = [ROOT / "tests/grading/unconfined.py", "predictions", tmp_path, world.course]
    _, told = run(arguments, world, tmp_path)

    assert "REACHED" in told


@pytest.mark.parametrize(
    "entry", [name for name in harmless() if ENTRIES[name]["proof"] == "beside"]
)
def test_python_started_beside_the_files_runs_what_was_shipped(world, tmp_path, entry):
    world.render(entry, 0, tmp_path)

    _, told = run(["losses.py"], world, tmp_path, PYTHONPATH=str(tmp_path))

    assert "REACHED" in told


@pytest.mark.parametrize(
    "entry", [name for name in harmless() if ENTRIES[name]["proof"] == "pytest"]
)
def test_pytest_started_beside_the_files_does_what_was_shipped(world, tmp_path, entry):
    (tmp_path / "test_fails.py").write_text("def test_fails():\n    assert False\n")
    before, _ = run(["-m", "pytest", "-q"], world, tmp_path)
    world.render(entry, 0, tmp_path)

    after, _ = run(["-m", "pytest", "-q"], world, tmp_path)

    assert (before, after) == (1, 0)


# In the grader


class Grader:
    """An evaluator of one level that lives as long as this file, in a world that must not change."""

    def __init__(self, level, world):
        self.world, self.level = world, level
        self.evaluator = Evaluator(Assignment.load(world.course, "backprop"), sandbox=level)
        comment = f"\n# {world.residue}\n".encode()
        files = {name: text + comment for name, text in world.solution.files.items()}
        self.honest = Submission("ada", files)
        small = {name: text for name, text in files.items() if name != "layers.py"}
        self.small = Submission("ada", small, {"layers.py": "layers.py was not handed in"})
        self.evaluator.evaluate(self.honest)
        self.before = world.digest()
        self.turns = 0

    def next_honest(self):
        """Return what the next honest submission lacks: all of it is graded at every tenth turn."""
        self.turns += 1
        honest, points = (self.honest, 100.0) if self.turns % 10 == 0 else (self.small, 50.0)
        return points - self.evaluator.evaluate(honest).score


@pytest.fixture(scope="module", autouse=True)
def orphans():
    """Make processes whose parent has ended ours, so that none can hide."""
    libc = ctypes.CDLL(None)
    set_child_subreaper = 36
    libc.prctl(set_child_subreaper, 1, 0, 0, 0)
    yield
    libc.prctl(set_child_subreaper, 0, 0, 0, 0)


@pytest.fixture(scope="module")
def graders(copy_course):
    """Return the grader of a level, made once."""
    made = {}

    def get(level):
        if level not in made:
            world = World(copy_course)
            patch.setenv("KIT_HOSTILE_SECRET", world.secret)
            try:
                made[level] = Grader(level, world)
            except UsageError as error:
                world.close()
                pytest.skip(str(error))
        return made[level]

    with pytest.MonkeyPatch.context() as patch:
        yield get
    for grader in made.values():
        grader.evaluator.close()
        grader.world.close()


def descendants(children, process):
    for child in children(process):
        yield child
        yield from descendants(children, child)


def cases():
    return [
        pytest.param(level, entry, id=f"{level}-{entry}")
        for level in LEVELS
        for entry, verdict in ENTRIES.items()
        if level in verdict["level"]
    ]


@pytest.mark.parametrize(("level", "entry"), cases())
def test_in_the_grader_an_attack_gets_what_was_declared_and_nothing_else(
    graders, tmp_path, children, level, entry
):
    verdict, grader = ENTRIES[entry], graders(level)
    world, evaluator = grader.world, grader.evaluator
    (zygote,) = children(evaluator._lane.number)
    folder = world.render(entry, zygote, tmp_path)
    submission = read_submission(folder, evaluator.assignment.manifest, world.name)

    record = evaluator.evaluate(submission)

    if verdict["proof"] == "canary":
        time.sleep(0.5)  # a daemon would write later
    assert {each.name: each.score for each in record.exercises} == verdict["scores"]
    assert record.sandbox["level"] == level
    assert_told(record, verdict, submission)
    everything = json.dumps(record.to_json(), ensure_ascii=False)
    assert "REACHED" not in everything
    assert world.secret not in everything
    if verdict["proof"] == "raises":
        messages = "".join(check.message for each in record.exercises for check in each.checks)
        assert "HELD" in messages or "process ended" in messages
        assert not MISTAKES.search(messages), messages
    assert world.digest() == grader.before
    assert world.listener.arrived() == 0
    assert appears(lambda: not children(zygote))  # a large one takes a moment to be gone
    assert children(evaluator._lane.number) == [zygote]
    assert grader.next_honest() == 0.0


def assert_told(record, verdict, submission):
    """Every check that is not passed says one of the sentences declared, and nothing strange.

    Or it is explained, by what a worker that has seen nothing hidden answers to public questions.
    """
    words = verdict["told"] if isinstance(verdict["told"], list) else [verdict["told"]]
    words = [*filter(None, words), "was not handed in"]
    manifest_files = set(submission.files)
    for exercise in record.exercises:
        for check in exercise.checks:
            assert check.public.replace("\n", "").isprintable()
            assert all(char.isprintable() or char in "\n\t" for char in check.message)
            if check.public.startswith("Asked: ") or " cannot be loaded: " in check.public:
                assert len(check.public) <= PUBLIC_LIMIT
                continue
            assert len(check.public) < 250
            assert not re.search(r"[<>{}$%]|\d\.\d{3}|\d{5}", check.public)
            partly = exercise.name == "accuracy" and len(manifest_files) < 3
            if check.status != "passed" and not partly:
                assert any(word in check.public for word in words), (check.title, check.public)


def test_at_the_end_no_process_is_left(graders, children):
    for level in LEVELS:
        grader = graders(level)
        assert grader.evaluator.evaluate(grader.honest).score == 100.0
        (zygote,) = children(grader.evaluator._lane.number)
        found = set(descendants(children, os.getpid()))
        suites = {each for each in children(os.getpid()) if zygote in children(each)}

        assert suites
        assert zygote in found
        strays = [each for each in found if not is_ours(each)]
        assert strays == []


def is_ours(process):
    command = Path(f"/proc/{process}/cmdline").read_text(errors="replace")
    return "kit.grading" in command


# The bank itself


def test_every_entry_declares_its_verdict():
    assert len(ENTRIES) >= 90
    for name, verdict in ENTRIES.items():
        known = {"attack", "kind", "scores", "refused", "told", "level", "proof"}
        assert known <= verdict.keys() <= known | OPTIONAL, name
        assert tuple(verdict["scores"]) == EXERCISES, name
        assert verdict["attack"], name
        assert verdict["refused"], name
        assert set(verdict["level"]) <= set(LEVELS), name
        assert sources_of(name), name


def test_every_attack_that_earns_points_lies_over_a_right_solution_or_says_why():
    for name, verdict in ENTRIES.items():
        texts = [path.read_text(encoding="utf-8") for path in sources_of(name)]
        if sum(verdict["scores"].values()):
            told = verdict.get("open") or verdict.get("earned")
            assert told or any("{{SOLUTION}}" in text for text in texts), name

"""What a student reads: `-p kit.testing.reporting` puts words in the place of tracebacks.

It also counts per exercise, and says what the count does not say: that hidden tests check the
same contract on other inputs. Where a test fails, the part is diagnosed, and what explains the
failure is told once, in the words of the feedback.
"""

from __future__ import annotations

from collections import Counter
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from kit.errors import KitError, PartError, PartTimeoutError, SubmissionError
from kit.harness.submission import read_submission
from kit.manifest import read_manifest
from kit.testing.closeness import CheckFailed
from kit.testing.diagnosis import choose, diagnose, unusable
from kit.testing.known_mistakes import MistakeFound
from kit.testing.parts import local_student
from kit.testing.pytest_plugin import assignment_folder, exercise_name

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from kit.testing.diagnosis import Finding

MEANINGS = {
    "no answer within": "a loop that never ends: what has to happen for it to stop?",
    "Exercise ": "this exercise is not written yet: replace the `raise` by your code",
    "truth value of an array": "x is a whole batch; use NumPy's version of `max` or `if`",
    "only 0-dimensional arrays": "`math` knows numbers; `np` knows arrays",
    "only length-1 arrays": "`math` knows numbers; `np` knows arrays",
    "could not be broadcast": "two shapes do not fit; print the .shape of both",
    "matmul": "two shapes do not fit; print the .shape of both",
    "has no attribute": "a name is misspelt, or was never set",
}


class Results:
    """Counts the public tests, exercise by exercise."""

    def __init__(self) -> None:
        self.total: Counter[str] = Counter()
        self.passed: Counter[str] = Counter()
        self.titles: dict[str, str] = {}
        self.findings: dict[str, list[Finding]] = {}
        self.told: set[Finding] = set()


RESULTS = pytest.StashKey[Results]()
FOUND = pytest.StashKey["Finding | None"]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Offer `--exercise NAME`."""
    parser.addoption("--exercise", metavar="NAME", help="run the public tests of one exercise")


def pytest_configure(config: pytest.Config) -> None:
    """Start counting."""
    config.stash[RESULTS] = Results()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep the tests of one exercise, where one was asked for; learn the titles."""
    wanted = config.getoption("--exercise")
    titles = config.stash[RESULTS].titles
    ours = [item for item in items if item.get_closest_marker("exercise")]
    for folder in dict.fromkeys(assignment_folder(item.path) for item in ours):
        titles.update({entry.name: entry.title for entry in read_manifest(folder).exercises})
    order = list(titles)
    if wanted and wanted not in titles:
        raise pytest.UsageError(f"no exercise is called {wanted!r}; there are: {', '.join(titles)}")
    kept = [item for item in ours if wanted in {None, exercise_name(item)}]
    kept.sort(key=lambda item: order.index(exercise_name(item)))
    kept += [item for item in items if item not in ours and not wanted]  # a student's own tests
    config.hook.pytest_deselected(items=[item for item in items if item not in kept])
    items[:] = kept


@pytest.hookimpl(wrapper=True, trylast=True)
def pytest_runtest_setup(item: pytest.Item) -> Generator[None, None, None]:
    """Diagnose the part where making it fails, with the watchdog still awake."""
    with _diagnosed(item):
        return (yield)


@pytest.hookimpl(wrapper=True, trylast=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, None, None]:
    """Diagnose the part where the test fails, with the watchdog still awake."""
    with _diagnosed(item):
        return (yield)


@contextmanager
def _diagnosed(item: pytest.Item) -> Iterator[None]:
    try:
        yield
    except Exception as error:
        if item.get_closest_marker("exercise") and not isinstance(error, PartTimeoutError):
            item.stash[FOUND] = _finding(item, error)
        raise


def _finding(item: pytest.Item, error: Exception) -> Finding | None:
    """Return what explains that a test failed; the exercise is diagnosed once."""
    results, name = item.config.stash[RESULTS], exercise_name(item)
    if name not in results.findings:
        folder = assignment_folder(item.path)
        manifest = read_manifest(folder)
        exercise = manifest.exercise(name)
        sources = read_submission(folder, manifest).sources()
        student = local_student(folder, manifest, exercise)
        results.findings[name] = diagnose(student, exercise, sources)
    if isinstance(error, MistakeFound):
        found = results.findings[name] or error.findings
        return next((each for each in found if each not in results.told), found[0])
    return choose(results.findings[name], *asked_about(error, item.name))


def asked_about(error: Exception, test: str) -> tuple[str, str]:
    """Return the kind of question that failed, and the method that was asked, as far as is known."""
    notes = " ".join(getattr(error, "__notes__", []))
    asked = error.asked if isinstance(error, CheckFailed) else notes or test
    if ".forward" not in asked and ".backward" not in asked and "(num_of" in asked:
        return "start", "__init__"
    method = "backward" if "backward" in asked else "forward"
    for sign, kind in (("leaving", "purity"), ("twice", "state")):
        if sign in asked:
            return kind, method
    return ("gradient" if method == "backward" else "value"), method


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Replace the traceback of a broken contract by its words, and count."""
    report = yield
    if not item.get_closest_marker("exercise"):
        return report
    results, name = item.config.stash[RESULTS], exercise_name(item)
    if call.when == "setup":
        results.total[name] += 1
    if call.when == "call" and report.passed:
        results.passed[name] += 1
    if call.excinfo and isinstance(call.excinfo.value, Exception):
        report.longrepr = _told(item, call.excinfo.value)
        report.when = "call"  # a fixture that a student's code breaks is a failed test, no error
    return report


def _told(item: pytest.Item, error: Exception) -> str:
    """Return the words for a failed test: the finding, the first time, else what the test says."""
    finding, results = item.stash.get(FOUND, None), item.config.stash[RESULTS]
    raised = isinstance(error, PartError)
    if finding is None or (raised and finding.misconception is None):
        return words(error)
    if finding in results.told:
        mistake = isinstance(error, MistakeFound)
        short = words(error) if raised else "" if mistake else _without_meaning(words(error))
        return short + indented(f"Told above: {finding.title}")
    results.told.add(finding)
    return (words(error) if raised else "") + indented(finding.text)


def _without_meaning(text: str) -> str:
    """Leave out what a failure usually means, where it is known what this one means."""
    return text.partition("\n  What it usually means")[0] + "\n"


def words(error: Exception) -> str:
    """Return what a student reads of an error, indented, without a traceback."""
    if isinstance(error, SubmissionError):
        text = unusable(error, ()).text
    elif isinstance(error, PartError):
        text = _raised(error)
    elif isinstance(error, CheckFailed | KitError):
        text = str(error)
    else:
        text = (
            f"Came: something that the test cannot use: {type(error).__name__}: {error}\n"
            "What it usually means: a `return` is missing, or what is returned is no array"
        )
    return indented(text)


def indented(text: str) -> str:
    """Set a text apart from the lines of pytest."""
    return "\n" + "\n".join(f"  {line}".rstrip() for line in text.splitlines()) + "\n"


def _raised(error: PartError) -> str:
    came = "" if isinstance(error, PartTimeoutError) else "your code raised "
    lines = [*getattr(error, "__notes__", []), f"Came: {came}{error}"]
    meanings = [text for sign, text in MEANINGS.items() if sign in error.text]
    if error.name == "SyntaxError":
        meanings.insert(0, "Python cannot read the file; look at this line and the one above it")
    return "\n".join([*lines, *(f"What it usually means: {text}" for text in meanings[:1])])


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how many public tests passed, and what that means."""
    results = terminalreporter.config.stash[RESULTS]
    if not results.total:
        return
    terminalreporter.section("exercises")
    for name, total in results.total.items():
        title = results.titles.get(name, name)
        terminalreporter.write_line(f"{title:<40} {results.passed[name]} of {total}")
    passed, total = sum(results.passed.values()), sum(results.total.values())
    terminalreporter.write_line("")
    terminalreporter.write_line(
        f"{passed} of {total} public tests passed. "
        "Hidden tests check the same contract on other inputs."
    )

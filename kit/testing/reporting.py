"""What a student reads: `-p kit.testing.reporting` puts words in the place of tracebacks.

It also counts per exercise, and says what the count does not say: that hidden tests check the
same contract on other inputs. Where a test fails, the part is diagnosed, and what explains the
failure is shown once, in the words of the feedback.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from kit.errors import PartError, PartTimeoutError, SubmissionError
from kit.harness.prints import PRINTS, muted
from kit.harness.submission import read_submission
from kit.manifest import read_manifest
from kit.testing import debugging
from kit.testing.closeness import CheckFailed
from kit.testing.diagnosis import choose, diagnose
from kit.testing.known_mistakes import MistakeFound
from kit.testing.parts import local_student
from kit.testing.pytest_plugin import assignment_folder, exercise_name
from kit.testing.results import RESULTS, Results
from kit.testing.wording import COLUMNS, indented, words

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from kit.manifest import Exercise
    from kit.testing.diagnosis import Finding

FOUND = pytest.StashKey["Finding | None"]()
CLEAR = {"NotImplementedError", "RecursionError", "SystemExit", "EOFError", "ModuleNotFoundError"}
WIDEST = 120  # columns that are easy to read
LINES_OF_A_LOOP = 5  # of what it printed before it was stopped


def pytest_addoption(parser: pytest.Parser) -> None:
    """Offer `--exercise NAME`."""
    parser.addoption("--exercise", metavar="NAME", help="run the public tests of one exercise")


def pytest_configure(config: pytest.Config) -> None:
    """Start counting."""
    config.pluginmanager.register(debugging, "kit-debugging")
    config.stash[RESULTS] = Results()
    PRINTS.is_on = config.getoption("capture") != "no"


def pytest_unconfigure() -> None:
    """Leave standard output alone."""
    PRINTS.is_on = False


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep the tests of one exercise, where one was asked for; learn the titles."""
    exercises = config.stash[RESULTS].exercises
    ours = [item for item in items if item.get_closest_marker("exercise")]
    for folder in dict.fromkeys(assignment_folder(item.path) for item in ours):
        exercises.update({entry.name: entry for entry in read_manifest(folder).exercises})
    order = list(exercises)
    wanted = config.getoption("--exercise")
    names = _meant(wanted, exercises) if wanted else order
    kept = [item for item in ours if exercise_name(item) in names]
    kept.sort(key=lambda item: order.index(exercise_name(item)))
    kept += [item for item in items if item not in ours and not wanted]  # a student's own tests
    config.hook.pytest_deselected(items=[item for item in items if item not in kept])
    items[:] = kept


def _meant(wanted: str, exercises: dict[str, Exercise]) -> list[str]:
    """Return the exercises of this name, title or class, however it is spelt."""
    found = [name for name, exercise in exercises.items() if _plain(wanted) in _spellings(exercise)]
    if not found:
        raise pytest.UsageError(
            f"no exercise is called {wanted!r}; there are: {', '.join(exercises)}"
        )
    return found


def _spellings(exercise: Exercise) -> set[str]:
    classes = [place.partition(":")[2] for place in exercise.owns.values()]
    names = [exercise.name, exercise.title, *(classes if len(classes) == 1 else [])]
    return set(map(_plain, names))


def _plain(name: str) -> str:
    return "".join(filter(str.isalnum, name)).casefold()


@pytest.hookimpl(wrapper=True, trylast=True)
def pytest_runtest_setup(item: pytest.Item) -> Generator[None, None, None]:
    """Diagnose the part where making it fails, with the watchdog still awake."""
    PRINTS.clear()
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
        if item.get_closest_marker("exercise") and not _is_clear(error):
            with muted():
                item.stash[FOUND] = _finding(item, error)
        raise


def _is_clear(error: Exception) -> bool:
    """Whether the error itself says what to do."""
    if isinstance(error, PartTimeoutError | SubmissionError):
        return True
    return isinstance(error, PartError) and error.name in CLEAR


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
    results = item.config.stash[RESULTS]
    if call.when == "setup":
        results.count(item)
    if call.when == "call" and report.passed:
        results.passed[exercise_name(item)] += 1
    if call.excinfo and isinstance(call.excinfo.value, Exception):
        report.when = "call"  # a fixture that a student's code breaks is a failed test, no error
        _put_into_words(report, item, call.excinfo.value)
    return report


def failed_report(item: pytest.Item, error: Exception) -> pytest.TestReport:
    """Return the report of a test that never came back."""
    report = pytest.TestReport(item.nodeid, item.location, {}, "failed", None, "call")
    _put_into_words(report, item, error)
    return report


def _put_into_words(report: Any, item: pytest.Item, error: Exception) -> None:
    report.category = item.config.stash[RESULTS].category(item, error)
    columns = _columns(item.config)
    report.longrepr = _told(item, error, columns) + _printed(item, error, columns)


def _columns(config: pytest.Config) -> int:
    if config.pluginmanager.has_plugin("terminalreporter"):
        return min(config.get_terminal_writer().fullwidth, WIDEST)
    return COLUMNS


def pytest_report_teststatus(report: Any) -> tuple[str, str, str] | None:
    """Count apart what is shown once for many tests, in place of a page for each."""
    category: str = getattr(report, "category", "")
    return (category, "F", category.upper()) if category else None


def _told(item: pytest.Item, error: Exception, columns: int) -> str:
    """Return the words for a failed test: the finding, the first time, else what the test says."""
    finding, results = item.stash.get(FOUND, None), item.config.stash[RESULTS]
    raised, told = isinstance(error, PartError), words(error, columns)
    if finding is None or (raised and finding.misconception is None):
        return told
    if finding in results.told:
        mistake = isinstance(error, MistakeFound)
        short = told if raised else "" if mistake else _without_meaning(told)
        return short + indented(f"Told above: {finding.title}", columns)
    results.told.add(finding)
    return (told if raised else "") + indented(finding.text, columns)


def _without_meaning(text: str) -> str:
    """Leave out what a failure usually means, where it is known what this one means."""
    return text.partition("\n  What it usually means")[0] + "\n"


def _printed(item: pytest.Item, error: Exception, columns: int) -> str:
    """Return the first lines that the student's code printed, for the first test that has some."""
    lines, more = PRINTS.shown()
    results = item.config.stash[RESULTS]
    if not lines or results.has_shown_prints:
        return ""
    results.has_shown_prints = True
    if isinstance(error, PartTimeoutError) and len(lines) > LINES_OF_A_LOOP:
        lines, more = lines[:LINES_OF_A_LOOP], more + len(lines) - LINES_OF_A_LOOP
    shown = [line[: columns - 6] for line in lines]
    rest = [f"and {more} more; pytest -s shows all"] if more else []
    return indented("\n".join(["Printed by your code:", *(f"    {line}" for line in shown), *rest]))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how many public tests passed, and what that means."""
    results = terminalreporter.config.stash[RESULTS]
    if not results.total:
        return
    terminalreporter.section("exercises")
    for line in results.lines(_columns(terminalreporter.config)):
        terminalreporter.write_line(line)

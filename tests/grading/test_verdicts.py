"""What a student reads of a check that went wrong, and what only an instructor reads."""

import pytest

from kit.errors import GradingError, PartDiedError, PartError, PartTimeoutError
from kit.grading.limits import Limits
from kit.grading.verdicts import KINDS, FileProblemError, verdict
from kit.testing.closeness import CheckFailed

PLACE = ("one.py", 12)
ALLOCATE = "Unable to allocate {} for an array with shape (7, 31) and data type float64"
NO_REACH = "a submission reaches no file, process or network"


def public(error, **limits):
    return verdict(error, "value", Limits(**limits)).public


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("ValueError", "0.731", "your code raised ValueError in one.py, line 12"),
        ("NotImplementedError", "0.731", "not implemented yet"),
        ("RecursionError", "0.731", "your code calls itself too often in one.py, line 12"),
        (
            "ModuleNotFoundError",
            "No module named '0.731'",
            (
                "grading offers NumPy and most of the standard library; "
                "remove the import in one.py, line 12"
            ),
        ),
        (
            "PermissionError",
            "[Errno 13] Permission denied: '0.731'",
            f"your code raised PermissionError in one.py, line 12; {NO_REACH}",
        ),
        ("OSError", "[Errno 38] 0.731", f"your code raised OSError in one.py, line 12; {NO_REACH}"),
        (
            "OSError",
            "[Errno 27] File too large: '0.731'",
            "your code wrote more than 1 MiB in one.py, line 12",
        ),
        ("MemoryError", "0.731", "your code ran out of memory (1 GiB) in one.py, line 12"),
        ("0.731", "0.731", "your code raised an exception of its own in one.py, line 12"),
        ("print", "", "your code raised an exception of its own in one.py, line 12"),
        ("int", "", "your code raised an exception of its own in one.py, line 12"),
    ],
)
def test_an_exception_is_told_by_its_kind_and_place_and_never_by_its_text(name, text, told):
    assert public(PartError(name, text, *PLACE)) == told


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("7.45 GiB", "asked for about 8 GB of memory in one.py, line 12; there is 1 GiB"),
        ("74.5 GiB", "asked for about 80 GB of memory in one.py, line 12; there is 1 GiB"),
        ("745. GiB", "asked for about 800 GB of memory in one.py, line 12; there is 1 GiB"),
        ("7.28 TiB", "asked for more than 1000 GB of memory in one.py, line 12; there is 1 GiB"),
        ("731. MiB", "ran out of memory (1 GiB) in one.py, line 12"),
        ("1.00 GiB", "ran out of memory (1 GiB) in one.py, line 12"),
        ("7.31731731 GiB", "ran out of memory (1 GiB) in one.py, line 12"),
        ("-7.31 GiB", "ran out of memory (1 GiB) in one.py, line 12"),
        ("731 bytes", "ran out of memory (1 GiB) in one.py, line 12"),
    ],
)
def test_an_array_that_is_too_large_is_told_with_one_digit_of_its_size(asked, told):
    error = PartError("MemoryError", ALLOCATE.format(asked), *PLACE)

    assert public(error) == f"your code {told}"


def test_the_limits_that_are_told_are_those_of_the_assignment():
    memory = PartError("MemoryError", ALLOCATE.format("745. MiB"), *PLACE)
    flood = PartError("OSError", "[Errno 27] File too large", *PLACE)

    told = public(memory, memory_bytes=600_000_000)
    assert told == "your code asked for about 0.8 GB of memory in one.py, line 12; there is 572 MiB"
    assert public(flood, file_bytes=3 << 20) == "your code wrote more than 3 MiB in one.py, line 12"


@pytest.mark.parametrize(
    ("error", "status", "told"),
    [
        (
            PartTimeoutError("Timeout", "stopped after 2 s of CPU time in One.forward", *PLACE),
            "timeout",
            "stopped after 2 s of CPU time in One.forward (one.py, line 12)",
        ),
        (
            PartTimeoutError("Timeout", "stopped after 10 s without an answer in One.forward"),
            "timeout",
            "stopped after 10 s without an answer in One.forward",
        ),
        (
            PartDiedError(
                "WorkerDied", "its process ended in making One: killed by SIGSEGV", *PLACE
            ),
            "error",
            "its process ended in making One: killed by SIGSEGV (one.py, line 12)",
        ),
        (
            PartDiedError("WorkerDied", "its process ended in making One: exit code 171"),
            "error",
            "its process ended in making One",
        ),
        (
            PartDiedError("ProtocolError", "its process broke the protocol: 731731 bytes"),
            "error",
            "its process broke the protocol",
        ),
        (FileProblemError("FileError", "one.py is a link"), "error", "one.py is a link"),
    ],
)
def test_a_process_that_had_to_end_is_told_with_the_line_where_it_was(error, status, told):
    assert verdict(error, "value")[::2] == (status, told)


def test_a_process_that_calls_itself_broken_is_not_believed():
    assert public(PartError("ProtocolError", "0.731")) == "your code raised an exception of its own"


def test_a_check_that_failed_is_told_by_its_kind():
    failed = CheckFailed("one.forward(x)", came="0.731")

    assert verdict(failed, "value") == ("failed", str(failed), KINDS["value"], None)
    assert verdict(failed, "odd").public == "the contract does not hold"
    assert verdict(None, "value") == ("passed", "", "", None)


def test_a_value_that_a_test_cannot_use_is_an_error():
    told = ("error", "TypeError: 0.731", "what came back could not be used", None)

    assert verdict(TypeError("0.731"), "value") == told


def test_an_instructor_reads_what_was_asked_and_printed_too():
    error = PartError("ValueError", "0.731", *PLACE)
    error.add_note("Asked: One.forward([0.731])")
    error.add_note("Printed: \x1b[2Jhere\nthere")

    told = verdict(error, "value")

    assert told.message.splitlines() == [
        "ValueError: 0.731 (one.py, line 12)",
        "Asked: One.forward([0.731])",
        r"Printed: \x1b[2Jhere",
        "there",
    ]
    assert told.public == "your code raised ValueError in one.py, line 12"


def test_a_message_without_an_end_is_cut():
    error = PartError("ValueError", "x" * 9999)
    error.add_note("Printed: " + "y" * 9999)

    assert len(verdict(error, "value").message) == 4000


@pytest.mark.parametrize("error", [NameError("n"), ImportError("n"), SyntaxError("n")])
def test_a_test_that_is_broken_gives_no_verdict(error):
    with pytest.raises(GradingError, match=f"a hidden test is broken: {type(error).__name__}: n"):
        verdict(error, "value")


def test_a_grader_that_failed_gives_no_verdict():
    with pytest.raises(GradingError, match="no worker could be started"):
        verdict(GradingError("no worker could be started"), "value")

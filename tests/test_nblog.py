"""nbgrader's log is read for the one line that says why it failed."""

import pytest

from kit.course.nblog import last_error

FAILED = """\
[GenerateAssignmentApp | INFO] Copying a -> b
[GenerateAssignmentApp | ERROR] There was an error processing assignment: solutions/./backprop
[GenerateAssignmentApp | ERROR] Traceback (most recent call last):
      File "base.py", line 1, in convert_notebooks
        raise UsageError(message)
    {raised}

[GenerateAssignmentApp | WARNING] Removing failed assignment: assignments/backprop
[GenerateAssignmentApp | ERROR] There was an error processing assignment 'backprop'
[GenerateAssignmentApp | ERROR] Please see the the above traceback for details
"""


@pytest.mark.parametrize("indent", ["    ", ""])
def test_an_error_of_the_kit_is_told_as_it_is(indent):
    log = FAILED.replace("    {raised}", f"{indent}kit.errors.UsageError: a.py:3: it never ends")

    assert last_error(log) == "a.py:3: it never ends"


def test_an_exception_of_others_is_told_with_its_name():
    log = FAILED.replace("{raised}", "ValueError: no such thing")

    assert last_error(log) == "nbgrader failed: ValueError: no such thing"


def test_cells_that_submissions_hold_in_place_are_explained():
    log = FAILED.replace("{raised}", "RuntimeError: Cannot add or remove cells for notebook 'a'")

    assert last_error(log).startswith("the gradebook holds submissions of this assignment")


def test_without_an_exception_the_logged_errors_are_told():
    log = "[X | ERROR] No notebooks were matched by 'a'\n[X | ERROR] Did you mean: b\n"

    assert last_error(log) == "nbgrader failed: No notebooks were matched by 'a'; Did you mean: b"


def test_a_log_without_a_reason_gives_none():
    assert last_error("[X | INFO] Copying a -> b\n") == ""

"""A command that an install does not have everything for says what to install."""

import sys

import pytest

from kit.cli import main
from kit.cli.extras import missing_extra

TEACHERS = (
    ("grade", "backprop"),
    ("build", "backprop"),
    ("regrade", "backprop"),
    ("forget", "ada"),
    ("selftest", "backprop"),
)


@pytest.mark.parametrize("words", TEACHERS, ids=" ".join)
def test_a_teacher_s_command_in_a_student_s_install_names_the_extra(
    words, course, monkeypatch, capsys
):
    for name in ("nbgrader", "rich", "nbconvert", "nbformat", "traitlets"):
        for module in [name, *(each for each in sys.modules if each.startswith(f"{name}."))]:
            monkeypatch.setitem(sys.modules, module, None)
    for module in [each for each in sys.modules if each.startswith(("kit.course", "kit.cli."))]:
        monkeypatch.delitem(sys.modules, module)
    monkeypatch.chdir(course)

    with pytest.raises(SystemExit) as ended:
        main(list(words))

    told = capsys.readouterr().err
    assert ended.value.code == 2
    assert "pip install 'backprop-kit[grade]'" in told
    assert len(told.splitlines()) == 1


@pytest.mark.parametrize(
    ("name", "extra"), [("rich.table", "grade"), ("pytest", "test"), ("matplotlib", "plots")]
)
def test_each_extra_is_known_by_what_it_brings(name, extra):
    error = ModuleNotFoundError("no", name=name)

    assert f"backprop-kit[{extra}]" in missing_extra(error)


def test_another_error_is_not_about_an_extra():
    assert missing_extra(ModuleNotFoundError("no", name="utils")) == ""
    assert missing_extra(ValueError("no")) == ""

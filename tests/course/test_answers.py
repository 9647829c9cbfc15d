"""An answer of a student is shown to the human who grades it, and can do nothing there."""

import json
import os

import pytest
from nbconvert.filters.markdown_mistune import markdown2html_mistune

from kit.course.answers import LONGEST, read_answers

ASKED = {"essay": ("markdown", "YOUR ANSWER HERE"), "code": ("code", "# YOUR CODE HERE")}
BLANK = {"essay": "YOUR ANSWER HERE", "code": "# YOUR CODE HERE"}


@pytest.fixture
def answers(tmp_path):
    """Read the answers of a notebook with these cells, each a name and a text."""

    def read(*cells, **more):
        made = [
            {"metadata": {"nbgrader": {"grade_id": name}}, "source": text} for name, text in cells
        ]
        notebook = {"cells": made, **more}
        (tmp_path / "small.ipynb").write_text(json.dumps(notebook), encoding="utf-8")
        return read_answers(tmp_path, "small.ipynb", ASKED)

    return read


def test_an_answer_is_the_text_of_the_first_cell_of_its_name(answers):
    came = answers(
        ("essay", ["Because ", "of it."]), ("essay", "no"), ("other", "x"), ("code", "1")
    )

    assert came == {"essay": "Because of it.", "code": "1"}


def test_what_is_not_answered_stays_as_released(answers, tmp_path):
    assert answers() == BLANK
    assert answers(("essay", "YOUR ANSWER HERE")) == BLANK
    assert read_answers(tmp_path, "nowhere.ipynb", ASKED) == BLANK


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b'{"cells": [',
        b"[1]",
        b'{"cells": 3}',
        b"[" * 100_000,
        b"\xff\xfe",
        b"x" * (LONGEST + 1),
    ],
)
def test_a_notebook_that_cannot_be_read_is_said_and_no_zero(content, tmp_path):
    (tmp_path / "small.ipynb").write_bytes(content)

    came = read_answers(tmp_path, "small.ipynb", ASKED)

    assert came["essay"].startswith("# The notebook that was handed in cannot be read")


def test_a_link_or_a_pipe_in_the_place_of_a_notebook_is_not_read(tmp_path, answers):
    answers(("essay", "of another"))
    (tmp_path / "link.ipynb").symlink_to("small.ipynb")
    os.mkfifo(tmp_path / "pipe.ipynb")

    for name in ("link.ipynb", "pipe.ipynb"):
        assert "cannot be read" in read_answers(tmp_path, name, ASKED)["essay"]


def test_cells_of_any_shape_are_passed_by(tmp_path):
    odd = [None, 3, "x", {}, {"metadata": 3, "source": ""}, {"source": [3], "metadata": {}}]
    (tmp_path / "small.ipynb").write_text(json.dumps({"cells": odd}), encoding="utf-8")

    assert read_answers(tmp_path, "small.ipynb", ASKED) == BLANK


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[a](javascript:alert(1)) ![b](javascript:alert(1))",
        "[a][b]\n\n[b]: javascript:alert(1)",
        "[a]\n\n[a]: java&#115;cript:alert(1)",
        "<javascript:alert(1)>",
        "![x](http://example.org/seen.png)",
    ],
)
def test_no_page_of_an_answer_holds_a_tag_or_a_link_of_a_student(answers, text):
    page = markdown2html_mistune(answers(("essay", text))["essay"])

    # An address in the text becomes a link to it: it has to be clicked, and runs nothing here.
    page = page.replace('href="http://', "")
    assert not any(it in page for it in ("<script", "<img", "href=", '="java')), page


@pytest.mark.parametrize(
    "text", [r"$\href{javascript:alert(1)}{x}$", r"\require{html}", r"\def\a1"]
)
def test_tex_that_makes_links_is_taken_apart_and_formulas_stay(answers, text):
    came = answers(("essay", rf"{text} $\frac{{a}}{{b}} \left( x \newline$"))["essay"]

    assert not any(it in came for it in (r"\href", r"\require", r"\def"))
    assert r"$\frac{a}{b} \left( x \newline$" in came


def test_an_answer_is_text_that_can_be_written(answers):
    came = answers(("code", "print('\ud800\x1b[31m')\n"), ("essay", "a\x00b"))

    assert came["code"] == "print('  [31m')\n"
    assert came["essay"] == "a b"


def test_a_notebook_further_down_is_found_where_it_is_the_only_one(answers, tmp_path):
    answers(("essay", "Because."))
    folder = tmp_path / "handed in"
    (folder / "a" / "b").mkdir(parents=True)
    (folder / "link").symlink_to(tmp_path)

    assert read_answers(folder, "small.ipynb", ASKED) == BLANK
    (tmp_path / "small.ipynb").rename(folder / "a" / "b" / "small.ipynb")
    assert read_answers(folder, "small.ipynb", ASKED)["essay"] == "Because."
    (folder / "a" / "small.ipynb").write_text("{}", encoding="utf-8")
    assert "it is there 2 times" in read_answers(folder, "small.ipynb", ASKED)["essay"]


def test_a_notebook_that_may_lie_in_an_archive_is_no_zero(tmp_path):
    (tmp_path / "work.ZIP").touch()

    assert "it may lie in work.ZIP" in read_answers(tmp_path, "small.ipynb", ASKED)["essay"]

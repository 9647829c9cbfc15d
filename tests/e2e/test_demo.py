"""`kit demo`: a small class, graded through nbgrader from hand-in to feedback."""

import html
import re
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
TOTALS = {"ada": 100, "björk": 100, "dara": 0, "kofi": 55, "ivan": 65, "o'neill, lena": 0}


@pytest.fixture(scope="module")
def demo(run_python, tmp_path_factory):
    """What the command said, and the course that it made."""
    course = tmp_path_factory.mktemp("demo") / "course"
    return run_python("-m", "kit", "demo", course, cwd=ROOT), course


def page(course, student):
    (path,) = (course / "feedback" / student).rglob("*.html")
    return html.unescape(re.sub(r"<[^>]*>", "", path.read_text(encoding="utf-8")))


def test_the_demo_grades_a_class_of_twelve(demo):
    done, course = demo

    assert (done.returncode, done.stderr) == (0, "")
    handed_in = {path.name for path in (course / "submitted").iterdir()}
    rows = re.findall(r"^(\S.*?)((?: +[\d.]+){7})$", done.stdout, re.MULTILINE)
    totals = {name: float(numbers.split()[-1]) for name, numbers in rows}
    assert set(totals) == handed_in
    assert len(totals) == 12
    assert {name: totals[name] for name in TOTALS} == TOTALS


def test_the_demo_leaves_a_gradebook_that_says_the_same(demo, total):
    _, course = demo

    assert {name: total(course, name) for name in TOTALS} == TOTALS


def test_the_demo_says_where_to_look(demo):
    done, course = demo

    assert f"gradebook  {course / 'gradebook.db'}" in done.stdout
    (told,) = re.findall(r"such as (.*\.html)", done.stdout)
    assert Path(told).is_file()


def test_every_student_gets_a_page_with_their_own_code(demo):
    _, course = demo

    for student in TOTALS:
        text = page(course, student)
        for name in ("activations.py", "layers.py"):
            source = (course / "submitted" / student / "backprop" / name).read_text(
                encoding="utf-8"
            )
            line = next(line for line in source.splitlines() if "return" in line or "raise" in line)
            assert line.strip() in text, (student, name)


def test_no_page_shows_a_hidden_test(demo):
    _, course = demo
    hidden = "".join(path.read_text() for path in (ROOT / "tests/hidden/backprop").glob("*.py"))
    lines = {line.strip() for line in hidden.splitlines()}
    solution = "".join(path.read_text() for path in (ROOT / "solutions/backprop").glob("*.py"))
    telling = [line for line in lines if len(line) > 30 and line not in solution]
    assert len(telling) > 100

    for student in TOTALS:
        text = page(course, student)
        assert [line for line in telling if line in text] == []
        assert "Smallest input that shows it" not in text

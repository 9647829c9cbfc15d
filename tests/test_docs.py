"""What the docs say is there, and what is there is in the docs."""

import dataclasses
import re
import tomllib
from pathlib import Path

import numpy as np
import pytest

from kit import hookspecs
from kit.bench import Bench
from kit.cli import kit
from kit.grading.limits import Limits
from kit.grading.verdicts import KINDS
from kit.manifest import Exercise
from kit.testing import assert_backward_fits_forward, away_from_kinks
from kit.testing.parts import Student

ROOT = Path(__file__).resolve().parents[1]
PAGES = {path.name: path.read_text(encoding="utf-8") for path in (ROOT / "docs").glob("*.md")}
README = (ROOT / "README.md").read_text(encoding="utf-8")
ASSIGNMENT_README = (ROOT / "solutions/backprop/README.md").read_text(encoding="utf-8")


def blocks(text, language):
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("hook", [name for name in vars(hookspecs) if name.startswith("kit_")])
def test_every_hook_is_documented(hook):
    assert f"`{hook}()`" in PAGES["plugins.md"]


@pytest.mark.parametrize("command", sorted(kit.commands))
def test_every_command_is_documented(command):
    assert f"kit {command}" in README + "".join(PAGES.values())


def test_every_command_that_is_documented_is_there():
    written = set(re.findall(r"\bkit ([a-z]+) ", "".join(blocks(README, "sh"))))

    assert written <= set(kit.commands)
    assert {"train", "build", "grade", "evaluate"} <= written


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_check_is_documented(kind):
    assert f"`{kind}`" in PAGES["instructors.md"]


def test_the_limits_in_the_docs_are_the_defaults():
    tables = map(tomllib.loads, blocks(PAGES["instructors.md"], "toml"))
    (limits,) = [table["limits"] for table in tables if "limits" in table]

    assert limits == dataclasses.asdict(Limits())


def test_the_plugin_in_the_readme_is_right():
    (source,) = blocks(README, "python")
    exercise = Exercise("leaky", "Leaky", {"activation:leaky_relu": "leaky.py:LeakyReLU"})
    leaky = Student(Bench({"leaky.py": source}), exercise).make("activation:leaky_relu")
    rng = np.random.default_rng(0)

    x, grad = away_from_kinks(rng, (4, 3)), rng.standard_normal((4, 3))

    assert np.allclose(leaky.forward(x), np.where(x > 0, x, 0.01 * x))
    assert_backward_fits_forward(leaky, x, grad, asked="leaky", usually="the README is wrong")
    assert len([line for line in source.splitlines() if line.strip()]) <= 12


def test_ci_runs_the_test_command_of_the_readme():
    commands = [line for block in blocks(README, "sh") for line in block.splitlines()]
    (tests,) = [line for line in commands if line.endswith(".venv/bin/pytest")]

    assert f"\n{tests}\n" in (ROOT / ".ci/run").read_text(encoding="utf-8")


@pytest.mark.parametrize("page", ["README.md", *(f"docs/{name}" for name in PAGES)])
def test_every_link_to_a_file_leads_somewhere(page):
    path = ROOT / page
    links = re.findall(r"\]\((?!https?:)([^)#]+)\)", path.read_text(encoding="utf-8"))

    missing = [link for link in links if not (path.parent / link).exists()]

    assert missing == []


def test_the_readme_of_the_assignment_fits_on_two_screens():
    assert len(ASSIGNMENT_README.splitlines()) <= 80


def test_nothing_that_is_committed_names_a_registry_or_pins_by_address():
    constraints = (ROOT / "constraints.txt").read_text(encoding="utf-8")

    assert "://" not in constraints
    assert all(re.match(r"[a-z0-9_.-]+==", line) for line in constraints.split("\n") if line)

"""A third party's package, built and unpacked as an installer would, beside six broken ones."""

import os
import shutil
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "kit-gelu"
BROKEN = sorted((ROOT / "tests" / "broken_plugins").glob("*.py"))

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def site(tmp_path_factory, run_python):
    """A folder of installed packages: kit-gelu from its wheel, and what others got wrong."""
    work = tmp_path_factory.mktemp("third-party")
    project = shutil.copytree(EXAMPLE, work / "kit-gelu")
    # Not pip: an environment need not have it, and a wheel of pure Python is only unpacked.
    built = run_python("-m", "hatchling", "build", "--target", "wheel", cwd=project)
    assert built.returncode == 0, built.stderr
    (wheel,) = (project / "dist").glob("*.whl")
    zipfile.ZipFile(wheel).extractall(work / "site")
    for path in BROKEN:
        write_distribution(work / "site", path)
    return work / "site"


def write_distribution(site, module):
    shutil.copy(module, site)
    metadata = site / f"{module.stem}-0.1.dist-info"
    metadata.mkdir()
    project = module.stem.replace("_", "-")
    (metadata / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {project}\nVersion: 0.1\n")
    (metadata / "entry_points.txt").write_text(f"[kit]\nany = {module.stem}\n")


@pytest.fixture
def kit(site, run_python, tmp_path):
    """Run the command where these packages are installed."""
    path = os.pathsep.join([str(ROOT), str(site)])
    return lambda *arguments: run_python("-m", "kit", *arguments, cwd=tmp_path, PYTHONPATH=path)


def test_the_package_is_listed_and_each_broken_one_is_told_in_one_line(kit):
    result = kit("plugins")

    assert result.returncode == 0
    assert any(
        line.split() == ["kit-gelu", "0.1", "kit_gelu", "activation:gelu"]
        for line in result.stdout.splitlines()
    )
    told = [line.split(": ") for line in result.stderr.splitlines()]
    assert [line[:3] for line in told] == [
        ["kit", "left out kit-exits 0.1", "SystemExit"],
        ["kit", "left out kit-missing-import 0.1", "ModuleNotFoundError"],
        ["kit", "left out kit-no-marker 0.1", "PluginError"],
        ["kit", "left out kit-not-a-class 0.1", "PluginError"],
        ["kit", "left out kit-typo 0.1", "PluginError"],
        ["kit", "left out kit-wrong-signature 0.1", "PluginError"],
    ]


def test_a_students_own_layers_train_with_its_activation(kit, tmp_path):
    solutions = ROOT / "solutions" / "backprop"

    result = kit("train", "--activation", "gelu", "--plugins", solutions)

    assert result.returncode == 0, result.stderr
    assert result.stderr == ""
    assert "Neural_layer(2, 16) -> GELU -> Neural_layer(16, 1) -> Sigmoid" in result.stdout
    accuracy = float(result.stdout.split("% on 1000 held-out")[0].split()[-1])
    assert accuracy >= 95.0
    assert (tmp_path / "training.png").exists()


def test_show_tells_where_it_comes_from(kit, site):
    result = kit("show", "activation", "gelu")

    assert result.returncode == 0
    assert "from   kit-gelu 0.1\n" in result.stdout
    assert str(site / "kit_gelu.py") in result.stdout


def test_a_name_it_does_not_have_is_told_with_the_plugins_that_were_left_out(kit):
    result = kit("show", "activation", "gleu")

    assert result.returncode == 2
    assert result.stderr.startswith(
        "kit: no activation is called 'gleu'; did you mean 'gelu'?; left out: kit-exits 0.1"
    )


def test_its_own_tests_pass(site, run_python):
    project = site.parent / "kit-gelu"
    path = os.pathsep.join([str(ROOT), str(project)])

    result = run_python(
        *("-m", "pytest", "-q", "-p", "no:cacheprovider", "--doctest-modules"),
        cwd=project,
        PYTHONPATH=path,
    )

    assert result.returncode == 0, result.stdout
    assert "6 passed" in result.stdout

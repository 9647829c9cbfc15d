"""Plugins: found in a fixed order, loaded each on its own, and asked for by name."""

import json
import os
import pickle
import sys
import traceback
from pathlib import Path

import pytest

import kit
from kit.plugins import Registry, Source, find, load_source, tables

ROOT = Path(__file__).parents[1]
SOLUTIONS = ROOT / "solutions" / "backprop"
BROKEN = sorted((ROOT / "tests" / "broken_plugins").glob("*.py"))

PLUGIN = """
import kit

class {name}:
    def forward(self, x):
        return x
    def backward(self, grad, x, y):
        return grad

@kit.hookimpl
def kit_activations():
    return {{"{key}": {name}}}
"""
RELU = PLUGIN.format(name="ReLU", key="relu")
GELU = PLUGIN.format(name="GELU", key="gelu")


@pytest.fixture(autouse=True)
def nothing_installed(monkeypatch):
    monkeypatch.setenv("KIT_PLUGINS", "")


@pytest.fixture
def plugin_file(tmp_path):
    """Write a plugin's file and return its source."""

    def write(text, name="plugin.py"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return Source("local", "", str(path))

    return write


@pytest.fixture
def distribution(tmp_path, monkeypatch):
    """Write a distribution to disk, as an installer would, and put it on the path."""
    site = tmp_path / "site"
    monkeypatch.syspath_prepend(site)
    monkeypatch.delenv("KIT_PLUGINS")

    def write(project, text, *, site=site, entry_points=None, version="0.1"):
        module = project.replace("-", "_")
        metadata = site / f"{module}-{version}.dist-info"
        metadata.mkdir(parents=True)
        (site / f"{module}.py").write_text(text)
        (metadata / "METADATA").write_text(f"Name: {project}\nVersion: {version}\n")
        (metadata / "entry_points.txt").write_text(entry_points or f"[kit]\nany = {module}\n")
        monkeypatch.delitem(sys.modules, module, raising=False)
        return Source(project, version, module)

    write.site = site
    return write


def third_party(sources):
    """Leave out what this test's environment may really have installed."""
    return [source for source in sources if source.project.startswith("kit-test")]


def test_a_registry_starts_with_what_comes_with_the_kit():
    registry = Registry()

    assert registry.get("optimizer", "sgd") is kit.SGD
    assert "moons" in registry.names("dataset")
    assert {str(source) for source in registry.sources} == {f"backprop-kit {kit.__version__}"}


def test_the_solutions_are_a_plugin_like_any_other():
    registry = Registry(find([SOLUTIONS]))

    assert registry.problems == []
    assert registry.names("activation") == ["relu", "sigmoid"]
    assert registry.get("layer", "dense") is registry.get("layer", "neural_layer")


def test_a_broken_plugin_leaves_the_others_alone(plugin_file):
    broken = plugin_file("import does_not_exist", "broken.py")
    good = plugin_file(RELU, "good.py")

    registry = Registry([broken, good])

    assert registry.get("activation", "relu").__name__ == "ReLU"
    assert [str(problem) for problem in registry.problems] == [
        f"{broken.target}: ModuleNotFoundError: No module named 'does_not_exist' (line 1)"
    ]


def test_a_plugin_that_fails_half_way_leaves_nothing_behind(plugin_file):
    half = RELU + "\n@kit.hookimpl\ndef kit_losses():\n    return {'bce': 1 / 0}\n"

    registry = Registry([plugin_file(half)])

    assert registry.names("activation") == []
    assert len(registry.problems) == 1


HOOK = "import kit\n@kit.hookimpl\ndef kit_activations():\n    return "


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("def kit_activations(: pass", "SyntaxError: invalid syntax (plugin.py, line 1)"),
        ("x = 1", "PluginError: no function is marked with @kit.hookimpl; there are: kit_activ"),
        (
            "import kit\n@kit.hookimpl\ndef kit_activation():\n    return {}",
            "PluginError: no hook is called kit_activation; did you mean 'kit_activations'?",
        ),
        (
            "import kit\n@kit.hookimpl\ndef kit_losses(registry):\n    return {}",
            "PluginError: a hook takes no argument: Argument(s) {'registry'}",
        ),
        (HOOK + "[1]", "PluginError: kit_activations must return a dict from names to classes"),
        (HOOK + "None", "must return a dict from names to classes, not None"),
        (HOOK + "{3: int}", "PluginError: kit_activations: a name must be a word, not 3"),
        (HOOK + "{' ': int}", "a name must be a word, not ' '"),
        (HOOK + "{'a/b': int}", "the name 'a/b' must not contain '/' or ':'"),
        (HOOK + "{'lin': 'lin'}", "PluginError: activation 'lin' must be a class, not 'lin'"),
        (HOOK + "{'lin': len}", "activation 'lin' must be a class, not <built-in function len>"),
        (HOOK + "{'int': int}", "activation 'int': class int has no method forward; its"),
        (HOOK + "{'relu': ReLU}", "NameError: name 'ReLU' is not defined (line 4)"),
        (
            "import kit\n@kit.hookimpl\ndef kit_datasets():\n    return {'mine': 3}",
            "PluginError: dataset 'mine' must be a function, not 3",
        ),
        ("exit(3)", "SystemExit: 3 (line 1)"),
        ("raise AssertionError", "AssertionError (line 1)"),
        (
            "class Odd(Exception):\n    def __str__(self):\n        return 1 / 0\nraise Odd",
            "Odd: its message cannot be read (line 4)",
        ),
    ],
)
def test_what_is_wrong_with_a_plugin_is_told_in_one_line(plugin_file, text, message):
    registry = Registry([plugin_file(text)])

    (problem,) = registry.problems
    assert message in str(problem)
    assert "\n" not in str(problem)


def test_a_file_that_is_not_there_or_not_text_is_a_problem(plugin_file, tmp_path):
    binary = plugin_file("")
    Path(binary.target).write_bytes(b"\xff\xfe\x00")

    registry = Registry([Source("local", "", str(tmp_path / "gone.py")), binary])

    assert [type(problem.error).__name__ for problem in registry.problems] == [
        "FileNotFoundError",
        "SyntaxError",
    ]


def test_strict_stops_at_the_first_problem(plugin_file):
    with pytest.raises(kit.PluginError, match="SystemExit: 3"):
        Registry([plugin_file("exit(3)")], strict=True)


def test_a_ready_made_variant_of_a_class_can_be_a_part(plugin_file):
    text = RELU.replace('": ReLU', '": functools.partial(ReLU)').replace(
        "import kit", "import functools, kit"
    )

    registry = Registry([plugin_file(text)])

    assert type(registry.get("activation", "relu")()).__name__ == "ReLU"


def test_an_unknown_name_gets_a_suggestion_and_what_was_left_out(plugin_file):
    broken, good = plugin_file("1 / 0", "broken.py"), plugin_file(GELU, "good.py")
    registry = Registry([broken, good])

    with pytest.raises(kit.UnknownNameError) as caught:
        registry.get("activation", "gleu")

    assert str(caught.value) == (
        "no activation is called 'gleu'; did you mean 'gelu'?; "
        f"left out: {broken.target}: ZeroDivisionError: division by zero (line 1)"
    )
    assert isinstance(caught.value, LookupError)


@pytest.mark.parametrize(
    ("kind", "name", "message"),
    [
        ("activation", "swish", "no activation is called 'swish'; there are none"),
        ("optimizer", "adam", "no optimizer is called 'adam'; there are: sgd"),
        ("activations", "relu", "no kind is called 'activations'; did you mean 'activation'?"),
    ],
)
def test_an_unknown_name_without_a_neighbour_gets_what_there_is(kind, name, message):
    with pytest.raises(kit.UnknownNameError) as caught:
        Registry().get(kind, name)

    assert str(caught.value) == message


def test_a_name_that_two_plugins_claim_is_an_error_only_when_asked_for(distribution):
    sources = [distribution("kit-test-a", GELU), distribution("kit-test-b", GELU)]

    registry = Registry(sources)

    assert registry.problems == []
    with pytest.raises(kit.ConflictError) as caught:
        registry.get("activation", "gelu")
    assert str(caught.value) == (
        "activation 'gelu' comes from 2 plugins: say kit-test-a/gelu or kit-test-b/gelu"
    )


def test_a_name_with_its_distribution_resolves_a_conflict(distribution):
    registry = Registry([distribution("kit-test-a", GELU), distribution("kit-test-b", GELU)])

    assert registry.get("activation", "kit-test-a/gelu").__module__ == "kit_test_a"
    assert registry.get("activation", "Kit_Test.B/gelu").__module__ == "kit_test_b"
    with pytest.raises(kit.UnknownNameError):
        registry.get("activation", "kit-test-c/gelu")


def test_a_file_named_by_its_path_comes_before_what_is_installed(distribution, plugin_file):
    installed, mine = distribution("kit-test-a", RELU), plugin_file(RELU)

    registry = Registry([installed, mine])

    assert registry.part("activation", "relu").source == mine
    assert registry.part("activation", "kit-test-a/relu").source == installed


def test_two_files_that_claim_one_name_are_a_conflict_that_names_both(plugin_file):
    first, second = plugin_file(RELU, "a.py"), plugin_file(RELU, "b.py")

    with pytest.raises(kit.ConflictError) as caught:
        Registry([first, second]).get("activation", "relu")

    assert str(caught.value) == (
        f"activation 'relu' comes from 2 plugins: load one of {first.target}, {second.target}"
    )


@pytest.mark.parametrize(("hook", "name"), [("kit_optimizers", "sgd"), ("kit_datasets", "moons")])
def test_a_built_in_name_is_reserved(plugin_file, hook, name):
    text = RELU.replace("kit_activations", hook).replace('"relu"', f'"{name}"')
    text = text.replace("def forward(self, x)", "def update(self, param, grad, state)")

    registry = Registry([plugin_file(text)])

    (problem,) = registry.problems
    assert f"{name!r} is built in; choose another name" in str(problem)
    assert registry.part(hook[4:-1], name).source.project == "backprop-kit"


def test_the_same_source_twice_is_no_conflict_with_itself(plugin_file):
    source = plugin_file(RELU)

    registry = Registry([source, source])

    assert registry.get("activation", "relu").__name__ == "ReLU"


def test_a_class_can_be_named_without_any_plugin(plugin_file, distribution):
    path = plugin_file(RELU.replace("@kit.hookimpl", "")).target
    distribution("kit-test-a", GELU)

    registry = Registry()

    assert registry.get("activation", f"{path}:ReLU").__name__ == "ReLU"
    assert registry.get("activation", "kit_test_a:GELU").__name__ == "GELU"


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("json:loads", "activation 'json:loads' must be a class"),
        ("json:Nothing", "has no attribute 'Nothing'"),
        ("does_not_exist:ReLU", "No module named 'does_not_exist'"),
    ],
)
def test_a_class_that_cannot_be_taken_directly_is_told(name, message):
    with pytest.raises(kit.PluginError, match=message):
        Registry().get("activation", name)


def test_an_overlay_takes_what_an_exercise_owns_from_the_other_and_nothing_else(plugin_file):
    wrong = RELU + "\nclass Sigmoid(ReLU): pass\n"
    wrong = wrong.replace('{"relu": ReLU}', '{"relu": ReLU, "sigmoid": Sigmoid}')
    reference, student = Registry(find([SOLUTIONS])), Registry([plugin_file(wrong)])

    mixed = reference.overlay(student, {("activation", "relu")})

    assert mixed.get("activation", "relu") is student.get("activation", "relu")
    assert mixed.get("activation", "sigmoid") is reference.get("activation", "sigmoid")
    assert mixed.get("layer", "neural_layer") is reference.get("layer", "neural_layer")
    assert reference.get("activation", "relu") is not student.get("activation", "relu")


def test_an_overlay_never_falls_back_on_the_reference_for_what_the_student_owns(plugin_file):
    student = Registry([plugin_file("1 / 0")])

    mixed = Registry(find([SOLUTIONS])).overlay(student, {("activation", "relu")})

    with pytest.raises(kit.UnknownNameError, match="ZeroDivisionError"):
        mixed.get("activation", "relu")


def test_installed_plugins_are_found_in_an_order_that_is_not_the_file_systems(distribution):
    projects = ["kit-test-c", "kit-test-a", "kit-test-b"]
    sources = {project: distribution(project, GELU) for project in projects}

    found = third_party(find())

    assert found == [sources[project] for project in sorted(projects)]


def test_finding_a_plugin_does_not_import_it(distribution):
    distribution("kit-test-a", "raise SystemExit")

    find()

    assert "kit_test_a" not in sys.modules


def test_of_two_versions_on_the_path_the_first_counts_as_it_does_for_import(
    distribution, tmp_path, monkeypatch
):
    distribution("kit-test-a", GELU, version="2.0", site=tmp_path / "later")
    monkeypatch.setattr(sys, "path", [*sys.path, str(tmp_path / "later")])
    first = distribution("kit-test-a", GELU)

    assert third_party(find()) == [first]


def test_entry_points_of_other_groups_are_not_ours(distribution):
    distribution("kit-test-a", GELU, entry_points="[console_scripts]\nkit-a = kit_test_a:main\n")

    assert third_party(find()) == []


def test_a_distribution_without_a_name_does_not_stop_the_search(distribution):
    named = distribution("kit-test-a", GELU)
    nameless = distribution.site / "nameless-1.dist-info"
    nameless.mkdir()
    (nameless / "entry_points.txt").write_text("[kit]\nany = does_not_exist\n")

    found = find()

    assert named in found
    assert Source("unknown", "", "does_not_exist") in found


@pytest.mark.parametrize(
    ("entry_points", "message"),
    [
        ("[kit]\nno equals sign\n", "nothing to load"),
        ("[kit]\nany = kit_test_a:GELU\n", "the entry point must name a module"),
    ],
)
def test_metadata_that_is_broken_is_a_broken_plugin(distribution, entry_points, message):
    distribution("kit-test-a", GELU, entry_points=entry_points)

    registry = Registry(third_party(find()))

    (problem,) = registry.problems
    assert message in str(problem)


def test_the_variable_can_switch_all_installed_plugins_off_but_not_files(
    distribution, plugin_file, monkeypatch
):
    distribution("kit-test-a", GELU)
    mine = plugin_file(RELU)
    monkeypatch.setenv("KIT_PLUGINS", "")

    assert find([mine.target]) == [mine]


def test_the_variable_can_name_the_distributions_that_count(distribution, monkeypatch):
    distribution("kit-test-a", GELU)
    wanted = distribution("kit-test-b", GELU)
    monkeypatch.setenv("KIT_PLUGINS", "Kit_Test_B, kit-test-gone")

    registry = Registry(find())

    assert wanted in registry.sources
    assert [str(problem) for problem in registry.problems] == [
        "kit-test-gone: PluginError: nothing to load: it is not installed, or its entry points are broken"
    ]


def test_a_folder_gives_its_plugins_and_neither_its_tests_nor_its_scripts(plugin_file, tmp_path):
    for name in ("b.py", "a.py", "test_a.py", "conftest.py"):
        plugin_file(RELU, name)
    plugin_file("raise SystemExit", "script.py")

    found = find([tmp_path])

    assert [Path(source.target).name for source in found] == ["a.py", "b.py"]


def test_an_assignments_folder_gives_the_files_of_its_manifest_even_those_without_a_hook(
    plugin_file, tmp_path
):
    manifest = (SOLUTIONS / "assignment.toml").read_text()
    (tmp_path / "assignment.toml").write_text(manifest)
    for name in ("activations.py", "losses.py", "layers.py", "more.py"):
        plugin_file("x = 1" if name == "losses.py" else RELU, name)

    registry = Registry(find([tmp_path]))

    names = [Path(source.target).name for source in registry.sources if source.is_file]
    assert names == ["activations.py", "layers.py"]
    assert [Path(problem.source.target).name for problem in registry.problems] == ["losses.py"]


def test_a_file_named_in_two_ways_is_one_source(plugin_file, tmp_path):
    source = plugin_file(RELU)

    assert find([source.target, tmp_path]) == [source]


def test_a_path_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(kit.UsageError, match="no file or folder is called"):
        find([tmp_path / "gone"])


def test_two_files_of_one_name_do_not_overwrite_each_other(plugin_file):
    first, second = plugin_file("x = 1", "a/same.py"), plugin_file("x = 2", "b/same.py")

    modules = [first.load(), second.load()]

    assert [module.x for module in modules] == [1, 2]
    assert all(sys.modules[module.__name__] is module for module in modules)


def test_a_loaded_class_can_be_a_dataclass_and_can_be_pickled():
    text = (
        "from __future__ import annotations\nfrom dataclasses import dataclass\n"
        "@dataclass\nclass Point:\n    x: int\n"
    )

    point = load_source(text, "point.py").Point(3)

    assert pickle.loads(pickle.dumps(point)) == point


def test_a_traceback_shows_the_line_of_a_source_that_is_on_no_disk():
    module = load_source("def fail():\n    return 1 / 0  # here\n", "nowhere/to/be/found.py")

    try:
        module.fail()
    except ZeroDivisionError:
        shown = traceback.format_exc()

    assert "return 1 / 0  # here" in shown


def test_the_kits_own_future_imports_do_not_reach_a_plugin():
    module = load_source("def f(x: 1 + 1): pass\n", "future.py")

    assert module.f.__annotations__ == {"x": 2}


def test_a_source_that_fails_leaves_no_module_behind():
    before = set(sys.modules)

    with pytest.raises(ZeroDivisionError):
        load_source("1 / 0", "failing.py")

    assert set(sys.modules) == before


def test_tables_of_a_module_are_by_kind_and_name():
    module = load_source(RELU, "tables.py")

    assert tables(module) == {("activation", "relu"): module.ReLU}


@pytest.mark.parametrize("command", [[], ["--json"]])
def test_six_broken_distributions_at_once_never_stop_the_listing(
    distribution, run_python, tmp_path, command
):
    for path in BROKEN:
        distribution(path.stem.replace("_", "-"), path.read_text())
    distribution("kit-test-gelu", GELU)

    path = os.pathsep.join([str(ROOT), str(distribution.site)])
    result = run_python("-m", "kit", "plugins", *command, cwd=tmp_path, PYTHONPATH=path)

    assert result.returncode == 0
    if command:
        listing = {entry["distribution"]: entry for entry in json.loads(result.stdout)}
        problems = [listing[path.stem.replace("_", "-")]["problem"] for path in BROKEN]
        assert all(problems)
        assert listing["kit-test-gelu"]["parts"] == [
            {"kind": "activation", "name": "gelu", "state": "ok"}
        ]
    else:
        lines = result.stderr.splitlines()
        assert len(BROKEN) == 6
        assert [line.split(":")[1] for line in lines] == [
            f" left out {path.stem.replace('_', '-')} 0.1" for path in BROKEN
        ]
        assert "kit-test-gelu  0.1      kit_test_gelu   activation:gelu" in result.stdout

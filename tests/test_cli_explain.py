"""`kit explain`: the longer note on what a message names."""

import pytest

from kit.cli import main
from kit.testing.diagnosis.catalogue import misconceptions


@pytest.fixture
def explain(capsys):
    def run(*arguments):
        with pytest.raises(SystemExit) as ended:
            main(["explain", *arguments])
        return ended.value.code, *capsys.readouterr()

    return run


@pytest.mark.parametrize("name", sorted(misconceptions()))
def test_every_misconception_has_a_note_and_a_question(explain, name):
    code, out, err = explain(name)

    assert (code, err) == (0, "")
    assert out.startswith(f"{name}: ")
    assert out.splitlines()[-1].startswith("Ask yourself: ")


@pytest.mark.parametrize(
    ("check", "about"),
    [
        ("relu.backward", "relu.backward"),
        ("test_relu.py::test_backward_leaves_x_and_y_alone", "relu.backward"),
        ("test_layer_forward.py::test_forward_leaves_its_input_alone", "layer_forward.forward"),
        ("test_activations.py::test_relu_backward_is_the_gradient", "relu.backward"),
        ("test_layer_backward_gives_the_gradient_of_the_bias", "layer.backward"),
        ("test_layers.py::test_layer_start_values_break_the_symmetry", "layer.__init__"),
        ("test_layers.py::test_layer_bias_starts_near_zero", "layer.__init__"),
        ("test_accuracy.py::test_the_network_of_your_parts_learns_xor", "accuracy"),
        ("test_the_network_of_your_parts_learns_xor", "accuracy"),
    ],
)
def test_a_check_or_a_method_is_explained_too(explain, check, about):
    code, out, _ = explain(check)

    assert code == 0
    assert out.startswith(f"{about}\n\n")


def test_a_part_is_explained_method_by_method(explain):
    code, out, _ = explain("relu")

    assert code == 0
    assert out.startswith("relu.forward\n\n")
    assert "\nrelu.backward\n\n" in out


def test_without_a_name_all_misconceptions_are_listed(explain):
    code, out, _ = explain()

    names = [line for line in out.splitlines() if not line.startswith(" ")]
    assert (code, names) == (0, list(misconceptions()))


def test_a_misspelt_name_gets_a_suggestion(explain):
    code, out, err = explain("sigmoid-twise")

    assert (code, out) == (2, "")
    assert "did you mean sigmoid-twice" in err

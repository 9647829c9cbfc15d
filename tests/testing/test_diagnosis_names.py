"""Every misconception of the catalogue is recognised, in more than one spelling."""

from pathlib import Path
from textwrap import indent

import pytest

from kit.bench import Bench
from kit.manifest import read_manifest
from kit.testing.diagnosis import choose, diagnose
from kit.testing.parts import Student

ROOT = Path(__file__).resolve().parents[2]
SOLUTION = ROOT / "solutions" / "backprop"
MANIFEST = read_manifest(SOLUTION)
HEADS = {
    "activation": ("self, x", "self, grad, x, y"),
    "loss": ("self, y_true, y_pred", "self, y_true, y_pred"),
    "layer": ("self, x", "self, grad, x"),
}
RIGHT = {
    "relu": ("return np.maximum(x, 0.0)", "return grad * (x > 0)", ""),
    "sigmoid": ("return 1 / (1 + np.exp(-x))", "return grad * y * (1 - y)", ""),
    "bce": (
        (
            "p = np.clip(y_pred, 1e-7, 1 - 1e-7)\n"
            "return -np.mean(y_true * np.log(p) + (1 - y_true) * np.log(1 - p))"
        ),
        "p = np.clip(y_pred, 1e-7, 1 - 1e-7)\nreturn (p - y_true) / (p * (1 - p)) / len(p)",
        "",
    ),
    "layer_forward": (
        "return x @ self.weights + self.bias",
        "return grad @ self.weights.T, {'weights': x.T @ grad, 'bias': grad.sum(0, keepdims=True)}",
        (
            "rng = rng or np.random.default_rng()\n"
            "self.weights = rng.normal(size=(n, m))\nself.bias = np.zeros((1, m))"
        ),
    ),
}
RIGHT["layer_backward"] = RIGHT["layer_forward"]


def findings(exercise, forward="", backward="", start="", top=""):
    """Diagnose a part with these bodies of methods; what is not given is right."""
    entry = MANIFEST.exercise(exercise)
    [place] = entry.owns.values()
    sources = {place.partition(":")[0]: source(exercise, forward, backward, start, top)}
    return diagnose(Student(Bench(sources), entry), entry, sources)


def source(exercise, forward="", backward="", start="", top=""):
    """Return the text of a part with these bodies of methods; what is not given is right."""
    [(part, place)] = MANIFEST.exercise(exercise).owns.items()
    given = zip((forward, backward, start), RIGHT[exercise], strict=True)
    bodies = [own or right for own, right in given]
    heads = [*HEADS[part.partition(":")[0]], "self, n, m, rng=None"]
    text = f"import math, random\nimport numpy as np\n{top}\nclass {place.partition(':')[2]}:\n"
    text += "    parameters = ('weights', 'bias')\n"
    for method, head, body in zip(("forward", "backward", "__init__"), heads, bodies, strict=True):
        text += f"    def {method}({head}):\n{indent(body, ' ' * 8)}\n" if body else ""
    return text


CLIP = "p = np.clip(y_pred, 1e-12, 1 - 1e-12)\n"
TERMS = "y_true * np.log(p) + (1 - y_true) * np.log(1 - p)"
DX, DW, DB = "grad @ self.weights.T", "x.T @ grad", "grad.sum(axis=0, keepdims=True)"


def gradients(dx=DX, dw=DW, db=DB):
    return f"return {dx}, {{'weights': {dw}, 'bias': {db}}}"


RNG = "rng = rng or np.random.default_rng()\n"
ZERO_BIAS = "\nself.bias = np.zeros((1, m))"
LOOP = "y = np.zeros(x.shape)\nfor i in range(5):\n    y[i] = np.maximum(x[i], 0)\nreturn y"

# by exercise and method: the name, and bodies of the method that deserve it
FORWARD = {
    "relu": {
        "no-plain-array": [
            "return np.matrix(np.maximum(x, 0))",
            "return np.ma.masked_less(x, 0)",
        ],
        "max-along-an-axis": [
            "return np.max(x, 0)",
            "return x.max(axis=1)",
            "return np.amax(x, 1)",
        ],
        "python-max-on-arrays": [
            "return np.array([row if row > 0 else 0 for row in x])",
            "return np.array([max(row, 0) for row in x])",
            "return max(0, x)",
            "return x if x > 0 else 0",
            "if x > 0:\n    return x\nreturn 0 * x",
        ],
        "input-overwritten": [
            "x[x < 0] = 0\nreturn x",
            "np.maximum(x, 0, out=x)\nreturn x.copy()",
            "x *= x > 0\nreturn x",
        ],
        "fixed-batch-size": [LOOP, "return np.maximum(x.reshape(2, 3), 0)"],
        "truncated-to-integers": [
            "return np.maximum(x, 0).astype(int)",
            "return np.maximum(x, 0).astype(int).astype(float)",
            "return np.maximum(x, 0) // 1",
        ],
        "random-answer": ["return np.maximum(x, 0) * (np.random.random(x.shape) > 0.5)"],
        "stale-cache": ["self.y = getattr(self, 'y', np.maximum(x, 0))\nreturn self.y"],
        "leaky-slope": ["return np.maximum(0.01 * x, x)"],
        "wrong-threshold": ["return x * (x > 0.2)"],
        "capped": ["return np.clip(x, 0, 6)", "return np.clip(x, 0, 50)"],
        "nothing-returned": ["np.maximum(x, 0)"],
    },
    "sigmoid": {
        "shifted-by-the-largest": [
            "e = np.exp(x - x.max())\nreturn e / (1 + e)",
            "return 1 / (1 + np.exp(x.max(axis=1, keepdims=True) - x))",
        ],
        "lost-minus": ["return 1 / (1 + np.exp(x))", "return np.exp(-x) / (1 + np.exp(-x))"],
        "precedence": ["return 1 / 1 + np.exp(-x)"],
        "math-on-arrays": [
            "return 1 / (1 + math.exp(-x))",
            "return 1 / (1 + np.exp(-float(x)))",
            "return np.array([1 / (1 + math.exp(-row)) for row in x])",
        ],
        "overflow-to-nan": [
            "return np.exp(x) / (1 + np.exp(x))",
            "return np.exp(x) / (np.exp(x) + np.exp(0 * x))",
            "e = np.exp(x)\nreturn e * (1 / (1 + e))",
        ],
        "tanh-for-sigmoid": ["return np.tanh(x)"],
    },
    "bce": {
        "one-logarithm-for-both": [
            CLIP + "return -np.mean(y_true * np.log(p) + (1 - y_true) * np.log(p))",
            CLIP + "return -np.mean(np.log(1 - p))",
        ],
        "sigmoid-twice": [
            "z = y_pred\nreturn np.mean(np.maximum(z, 0) - z * y_true + np.log1p(np.exp(-np.abs(z))))",
            "p = 1 / (1 + np.exp(-y_pred))\n" + f"return -np.mean({TERMS})",
        ],
        "more-than-one-answer": [
            CLIP + f"return -({TERMS}), self.backward(y_true, y_pred)",
            CLIP + f"return -np.mean({TERMS}), p",
        ],
        "sum-for-mean": [
            CLIP + f"return -np.sum({TERMS})",
            (
                "p = y_pred + 1e-9\nreturn -(y_true * np.log(p) + (1 - y_true)"
                " * np.log(1 - y_pred + 1e-9)).sum()"
            ),
        ],
        "sign-of-the-loss": [CLIP + f"return np.mean({TERMS})"],
        "one-term-of-two": [
            CLIP + "return -np.mean(y_true * np.log(p))",
            CLIP + "return -np.mean((1 - y_true) * np.log(1 - p))",
        ],
        "arguments-swapped": [
            "y_true, y_pred = y_pred, y_true\n" + CLIP + f"return -np.mean({TERMS})",
            "p, y_true = y_true, y_pred\n" + f"return -np.mean({TERMS})",
        ],
        "log-of-zero": [
            f"p = y_pred\nreturn -np.mean({TERMS})",
            "return -np.where(y_true == 1, np.log(y_pred), np.log(1 - y_pred)).mean()",
            f"p = np.clip(y_pred, 0, 1)\nreturn float(-np.mean({TERMS}))",
        ],
        "clip-too-wide": [
            f"p = np.clip(y_pred, 0.1, 0.9)\nreturn -np.mean({TERMS})",
            f"p = np.clip(y_pred, 0.01, 0.99)\nreturn -np.mean({TERMS})",
        ],
        "silent-broadcasting": [
            CLIP + "y_true = y_true.ravel()\n" + f"return -np.mean({TERMS})",
            CLIP + "p = p[:, 0]\n" + f"return -np.mean({TERMS})",
        ],
        "one-loss-a-sample": [
            CLIP + f"return -({TERMS})",
            CLIP + f"return -np.mean({TERMS}, axis=1)",
            CLIP + f"return (-({TERMS})).ravel()",
        ],
        "squared-error": ["return np.mean((y_true - y_pred) ** 2)"],
    },
    "layer_forward": {
        "bias-left-out": ["return x @ self.weights", "return np.dot(x, self.weights)"],
        "activation-inside": ["return np.maximum(x @ self.weights + self.bias, 0)"],
    },
}
BACKWARD = {
    "relu": {
        "incoming-gradient-forgotten": [
            "return (x > 0).astype(float)",
            "return np.where(x > 0, 1.0, 0.0)",
            "return y > 0",
        ],
        "gradient-unchanged": ["return grad", "return grad * np.ones_like(x)", "return 1 * grad"],
        "mask-from-the-gradient": ["return grad * (grad > 0)", "return np.maximum(grad, 0)"],
        "output-for-slope": ["return grad * y", "return grad * np.maximum(x, 0)"],
        "input-overwritten": [
            "x[x > 0] = 1\nx[x <= 0] = 0\nreturn grad * x",
            "return np.multiply(grad, x > 0, out=x)",
        ],
        "stale-cache": [
            "if not hasattr(self, 'mask'):\n    self.mask = x > 0\nreturn grad * self.mask"
        ],
        "nan-at-zero": [
            "return grad * np.where(x > 0, 1.0, np.where(x < 0, 0.0, np.nan))",
            "return grad * (y / x)",
        ],
        "one-mask-for-the-batch": [
            "return grad * (x.mean(0) > 0)",
            "return grad * (x.mean() > 0)",
            "return grad * (x > 0).all(axis=0)",
            "return grad * (x.sum(axis=1, keepdims=True) > 0)",
        ],
        "divided-by-batch-size": [
            "return grad * (x > 0) / len(x)",
            "return np.where(x > 0, grad, 0) / x.shape[0]",
        ],
        "gradients-accumulated": [
            (
                "self.dx = grad * (x > 0) + (self.dx if np.shape(getattr(self, 'dx', 0))"
                " == x.shape else 0)\nreturn self.dx"
            )
        ],
        "gradient-negated": ["return -grad * (x > 0)"],
        "always-one": ["return np.ones_like(x)"],
        "leaky-slope": ["return np.where(x > 0, grad, 0.01 * grad)"],
    },
    "sigmoid": {
        "slope-at-the-gradient": [
            "return grad * (1 - grad)",
            "return grad * grad * (1 - grad)",
        ],
        "incoming-gradient-forgotten": [
            "return y * (1 - y)",
            "s = self.forward(x)\nreturn s - s**2",
        ],
        "formula-of-the-output-applied-to-the-input": [
            "return grad * x * (1 - x)",
            "return grad * (x - x**2)",
            "return x * (1 - x) * grad",
        ],
        "sigmoid-twice": [
            "s = self.forward(y)\nreturn grad * s * (1 - s)",
            "return grad * self.forward(y) * (1 - self.forward(y))",
        ],
        "matrix-product-for-elementwise": [
            "return grad @ (y * (1 - y)).T",
            "return np.dot(grad.T, y * (1 - y))",
            "return grad @ (y * (1 - y))",
        ],
        "output-overwritten": ["y *= 1 - y\nreturn grad * y"],
        "slope-of-another-function": ["return grad * (1 - y * y)"],
        "arguments-swapped": ["grad, y = y, grad\nreturn grad * y * (1 - y)"],
    },
    "bce": {
        "one-term-not-averaged": [
            CLIP + "return (1 - y_true) / (1 - p) - y_true / p / len(p)",
            CLIP + "return -(y_true / p - (1 - y_true) / (1 - p) / len(p))",
        ],
        "sigmoid-twice": [
            "return (1 / (1 + np.exp(-y_pred)) - y_true) / len(y_true)",
        ],
        "gradient-not-averaged": [
            CLIP + "return (p - y_true) / (p * (1 - p))",
            CLIP + "return -y_true / p + (1 - y_true) / (1 - p)",
        ],
        "arguments-swapped": [
            "y_true, y_pred = y_pred, y_true\n"
            + CLIP
            + "return (p - y_true) / (p * (1 - p)) / len(p)"
        ],
        "clip-only-in-the-loss": [
            "return (y_pred - y_true) / (y_pred * (1 - y_pred)) / len(y_pred)",
            "return (-y_true / y_pred + (1 - y_true) / (1 - y_pred)) / len(y_pred)",
        ],
        "clip-too-wide": [
            "p = np.clip(y_pred, 0.1, 0.9)\nreturn (p - y_true) / (p * (1 - p)) / len(p)"
        ],
        "fused-gradient": ["return y_pred - y_true", "return (y_pred - y_true) / len(y_true)"],
        "silent-broadcasting": [
            CLIP + "y = y_true.ravel()\nreturn (p - y) / (p * (1 - p)) / len(y)",
            CLIP + "y = y_true.flatten()\nreturn ((p - y) / (p * (1 - p))).mean(1, keepdims=True)",
        ],
    },
    "layer_backward": {
        "activation-inside": [
            "z = x @ self.weights + self.bias\ngrad = grad * (z > 0)\n" + gradients(),
            "s = np.tanh(x @ self.weights + self.bias)\ngrad = grad * (1 - s * s)\n" + gradients(),
        ],
        "no-plain-array": [gradients(dw="np.matrix(x.T) * np.matrix(grad)")],
        "weights-gradient-averaged": [
            gradients(dw="x.T @ grad / len(x)"),
            gradients(dw="np.mean(x[:, :, None] * grad[:, None, :], axis=0)"),
        ],
        "bias-gradient-averaged": [
            gradients(db="grad.mean(0, keepdims=True)"),
            gradients(db="grad.sum(0, keepdims=True) / x.shape[0]"),
        ],
        "bias-gradient-summed-over-everything": [
            gradients(db="grad.sum()"),
            gradients(db="np.array([[grad.sum()]])"),
            gradients(db="np.full_like(self.bias, grad.sum())"),
        ],
        "bias-gradient-over-the-wrong-axis": [
            gradients(db="grad.sum(1)"),
            gradients(db="grad.sum(axis=1, keepdims=True)"),
        ],
        "weights-gradient-transposed": [gradients(dw="grad.T @ x"), gradients(dw="(x.T @ grad).T")],
        "reshape-for-transpose": [
            gradients(dx="grad @ self.weights.reshape(grad.shape[1], -1)"),
            gradients(dw="(grad.T @ x).reshape(self.weights.shape)"),
        ],
        "input-times-input-gradient": [gradients(dx="(grad @ self.weights.T) * x")],
        "update-inside-backward": [
            "dw = x.T @ grad\nself.weights -= 0.1 * dw\n" + gradients(dw="dw"),
            "dw = x.T @ grad / len(x)\nself.weights = self.weights - 0.01 * dw\n" + gradients(),
            "out = " + gradients()[7:] + "\nself.bias -= 0.5 * out[1]['bias']\nreturn out",
        ],
        "gradients-accumulated": [
            "self.dw = getattr(self, 'dw', 0) + x.T @ grad\n" + gradients(dw="self.dw"),
            "if not hasattr(self, 'db'):\n    self.db = np.zeros_like(self.bias)\n"
            "self.db += grad.sum(0, keepdims=True)\n" + gradients(db="self.db.copy()"),
        ],
        "stale-cache": [
            "self.x = getattr(self, 'x', x)\n" + gradients(dw="self.x.T @ grad"),
            "if not hasattr(self, 'wt'):\n    self.wt = self.weights.T.copy()\n"
            + gradients(dx="grad @ self.wt"),
        ],
        "bias-left-out": [f"return {DX}, {{'weights': {DW}}}", gradients(db="None")],
        "weights-left-out-of-the-chain": [gradients(dx="grad.sum(1, keepdims=True)")],
        "arguments-swapped": ["grad, x = x, grad\n" + gradients()],
    },
}
START = {
    "layer_forward": {
        "zero-start": [
            "self.weights = np.zeros((n, m))" + ZERO_BIAS,
            "self.weights = 0.0 * np.ones((n, m))" + ZERO_BIAS,
        ],
        "twin-neurons": [
            "self.weights = np.full((n, m), 0.5)" + ZERO_BIAS,
            RNG + "self.weights = np.tile(rng.normal(size=(n, 1)), m)" + ZERO_BIAS,
            RNG + "self.weights = np.ones((n, m)) * rng.normal()" + ZERO_BIAS,
        ],
        "own-seed": [
            "self.weights = np.random.default_rng(0).normal(size=(n, m))" + ZERO_BIAS,
            "np.random.seed(7)\nself.weights = np.random.rand(n, m) - 0.5" + ZERO_BIAS,
            "r = np.random.RandomState(42)\nself.weights = r.randn(n, m) / np.sqrt(n)" + ZERO_BIAS,
            "rng = np.random.default_rng(1)\nself.weights = rng.uniform(-1, 1, (m, n)).T"
            + ZERO_BIAS,
        ],
        "rng-ignored": [
            "self.weights = np.random.randn(n, m)" + ZERO_BIAS,
            "self.weights = np.random.default_rng().normal(size=(n, m))" + ZERO_BIAS,
            "self.weights = np.array([[random.gauss(0, 1) for _ in range(m)] for _ in range(n)])"
            + ZERO_BIAS,
        ],
        "weights-turned": [
            RNG + "self.weights = rng.normal(size=(m, n))" + ZERO_BIAS,
        ],
    },
}


def variants(table):
    return [
        pytest.param(exercise, body, name, id=f"{exercise}-{name}-{number}")
        for exercise, names in table.items()
        for name, bodies in names.items()
        for number, body in enumerate(bodies)
    ]


def named(found):
    return {name for finding in found for name in finding.misconceptions}


@pytest.mark.parametrize(("exercise", "body", "name"), variants(FORWARD))
def test_a_wrong_forward_is_named(exercise, body, name):
    assert named(findings(exercise, forward=body)) == {name}


@pytest.mark.parametrize(("exercise", "body", "name"), variants(BACKWARD))
def test_a_wrong_backward_is_named(exercise, body, name):
    assert named(findings(exercise, backward=body)) == {name}


@pytest.mark.parametrize(("exercise", "body", "name"), variants(START))
def test_a_wrong_start_is_named(exercise, body, name):
    assert named(findings(exercise, start=body)) == {name}


def test_a_mask_that_all_objects_share_is_named():
    forward = "ReLU.mask = x > 0\nreturn np.maximum(x, 0)"

    assert named(findings("relu", forward, "return grad * ReLU.mask")) == {"shared-between-objects"}


@pytest.mark.parametrize("exercise", RIGHT)
def test_what_is_right_is_left_in_peace(exercise):
    assert findings(exercise) == []


@pytest.mark.parametrize(
    ("exercise", "old", "new", "words"),
    [
        ("relu", "backward(self, grad, x, y)", "backward(self, grad)", "backward gets grad, x and y; yours takes grad alone"),
        ("relu", "forward(self, x)", "forward(x)", "forward gets x; yours takes x, and no `self` before"),
        ("sigmoid", "forward(self, x)", "forward(self)", "forward gets x; yours takes nothing"),
        ("bce", "backward(self, y_true, y_pred)", "backward(self)", "backward gets y_true and y_pred; yours takes nothing"),
        ("layer_backward", "backward(self, grad, x)", "backward(self, grad, x, rate)", "backward gets grad and x; yours takes grad, x and rate"),
        ("layer_forward", "self, n, m, rng=None", "self, n, m, rng", "__init__ gets num_of_features and num_of_neurons; yours takes n, m and rng"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("with_sources", [True, False])
def test_other_arguments_are_told_beside_those_of_the_contract(
    exercise, old, new, words, with_sources
):
    found = [
        finding
        for finding in found_after(exercise, old, new, with_sources=with_sources)
        if finding.misconceptions == ("other-arguments",)
    ]

    gets, _, _ = words.partition("; yours takes ")
    assert found
    assert all(finding.came.startswith(f"{gets}; yours takes ") for finding in found)
    assert not with_sources or {finding.came for finding in found} == {words}


def found_after(exercise, old, new, *, with_sources=True):
    """Diagnose a right part after some of its text was replaced."""
    entry = MANIFEST.exercise(exercise)
    [place] = entry.owns.values()
    file = place.partition(":")[0]
    text = source(exercise)
    assert old in text
    changed = {file: text.replace(old, new)}
    return diagnose(Student(Bench(changed), entry), entry, changed if with_sources else {})


@pytest.mark.parametrize("exercise", ["layer_forward", "layer_backward"])
@pytest.mark.parametrize(
    ("own", "words"),
    [
        ("biases", "there is no attribute `bias`; yours is called `biases`"),
        ("b", "there is no attribute `bias`; yours is called `b`"),
        ("shift", "there is no attribute `bias`; yours is called `shift`"),
    ],
)
def test_a_missing_attribute_is_told_with_the_one_that_stands_in_its_place(exercise, own, words):
    found = found_after(exercise, "bias", own)

    assert [finding.came for finding in found] == [words]
    assert named(found) == {"attribute-missing"}


def test_a_layer_without_parameters_that_draws_elsewhere_is_told_both():
    entry = MANIFEST.exercise("layer_forward")
    text = source("layer_forward").replace("    parameters = ('weights', 'bias')\n", "")
    text = text.replace("rng.normal(size=(n, m))", "np.random.randn(n, m)")

    found = diagnose(Student(Bench({"layers.py": text}), entry), entry)

    assert [finding.misconception for finding in found] == ["attribute-missing", "rng-ignored"]
    assert choose(found, "shape", "").misconception == "attribute-missing"
    assert choose(found, "start", "").misconception == "rng-ignored"


def test_a_logarithm_of_zero_is_named_beside_another_mistake():
    terms = (
        TERMS.replace("np.log", "np.log10").replace("(p)", "(y_pred)").replace("- p)", "- y_pred)")
    )
    backward = "return ((1 - y_true) / (1 - y_pred) - y_true / y_pred) / len(y_true)"

    found = findings("bce", f"return -np.mean({terms})", backward)

    assert named(found) == {"other-logarithm", "log-of-zero"}
    assert {finding.method[-8:] for finding in found if finding.kinds == ("stability",)} == {
        ".forward", "backward",
    }  # fmt: skip


def test_what_several_numbers_show_is_shown_with_several():
    [found, *_] = findings("sigmoid", "e = np.exp(x - x.max())\nreturn e / (1 + e)")

    assert found.given == "x = [[1.67, 0.33]]"


def test_who_divides_by_n_in_the_layer_is_told_of_the_loss_as_well():
    [in_layer] = findings("layer_backward", backward=gradients(dw=DW + " / len(x)"))
    [in_loss] = findings("bce", backward=CLIP + "return (p - y_true) / (p * (1 - p))")

    assert "If not your loss: the two belong together" in in_layer.text
    assert "If your layers do, the two belong together" in in_loss.text

"""Bench: builds a student's parts from text, calls them, and lets plain values out only."""

from itertools import pairwise
from pathlib import Path
from textwrap import dedent

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from kit.bench import Bench
from kit.errors import PartError
from kit.raised import TEXT_LIMIT
from kit.values import DEPTH_LIMIT, Handle, Opaque, Seed, plain

SOLUTIONS = Path(__file__).parents[1] / "solutions" / "backprop"
RELU = ("activation:relu", "activations.py:ReLU")
NUMBERS = "?bhilqBHILQefdFD"


def bench_of(text, **others):
    """A bench whose `activations.py` has this text, with NumPy and the kit imported."""
    header = "import numpy as np\nimport kit\n"
    files = {"activations": text, **others}
    return Bench({f"{name}.py": header + dedent(code) for name, code in files.items()})


def result_of(expression, *arguments):
    """What comes out of a student's method that returns this expression."""
    bench = bench_of(f"""
        class ReLU:
            def forward(self, *arguments):
                return {expression}
    """)
    return bench.call(bench.make(*RELU, ()), "forward", arguments)[0]


def failure(action, *arguments):
    with pytest.raises(PartError) as caught:
        action(*arguments)
    return caught.value


# What a part is made of


def test_a_part_is_made_by_the_table_of_its_file():
    bench = bench_of("""
        class Mine:
            name = "mine"
        Mine.forward = Mine.backward = lambda self: None

        @kit.hookimpl
        def kit_activations():
            return {"relu": Mine}
    """)

    part = bench.make("activation:relu", "activations.py:ReLU", ())

    assert bench.get(part, "name") == "mine"


@pytest.mark.parametrize(
    "table",
    [
        "{'sigmoid': ReLU}",
        "{'relu': ReLU, 'sigmoid': Sigmoid}",
        "exit()",
        "7",
        "{'relu': 7}",
        "{'relu': ReLU, 3: ReLU}",
    ],
)
def test_a_table_that_fails_or_lacks_a_part_does_not_cost_a_class_that_is_there(table):
    bench = bench_of(f"""
        class ReLU:
            name = "found by its class"
            def forward(self): pass
            def backward(self): pass

        @kit.hookimpl
        def kit_activations():
            return {table}
    """)

    part = bench.make(*RELU, ())

    assert bench.get(part, "name") == "found by its class"


def test_a_file_without_any_table_is_read_by_its_class():
    bench = bench_of("class ReLU: name = 'no table'")

    assert bench.get(bench.make(*RELU, ()), "name") == "no table"


def test_the_table_of_a_file_is_asked_for_once(tmp_path):
    log = tmp_path / "log"
    bench = bench_of(f"""
        class ReLU:
            def forward(self): pass
            def backward(self): pass
        Sigmoid = type("Sigmoid", (ReLU,), {{}})

        @kit.hookimpl
        def kit_activations():
            with open({str(log)!r}, "a") as log:
                log.write("x")
            return {{"relu": ReLU}}
    """)

    for _ in range(2):
        bench.make(*RELU, ())
        bench.make("activation:sigmoid", "activations.py:Sigmoid", ())

    assert log.read_text() == "x"


def test_a_class_that_is_not_there_is_named():
    error = failure(bench_of("class Relu: pass").make, *RELU, ())

    assert error.name == "AttributeError"
    assert "ReLU" in error.text


def test_arguments_and_generators_reach_the_factory():
    bench = bench_of("""
        class ReLU:
            def __init__(self, width, rng):
                self.drawn = rng.standard_normal(width)
    """)

    part = bench.make(*RELU, (3, bench.generator(5)))

    np.testing.assert_array_equal(
        bench.get(part, "drawn"), np.random.default_rng(5).standard_normal(3)
    )


def test_a_seed_reaches_each_factory_as_dice_that_nobody_has_thrown():
    bench = bench_of("""
        class ReLU:
            def __init__(self, width, rng):
                self.drawn = rng.standard_normal(width)
    """)

    for seed in (5, 5, 6):
        np.testing.assert_array_equal(
            bench.get(bench.make(*RELU, (3, Seed(seed))), "drawn"),
            np.random.default_rng(seed).standard_normal(3),
        )


def test_a_bare_part_has_not_seen_its_init():
    bench = bench_of("""
        class ReLU:
            color = "none"
            def __init__(self):
                raise ValueError
    """)

    part = bench.bare(*RELU)

    assert bench.get(part, "color") == "none"


def test_two_parts_of_one_class_are_two_objects():
    bench = bench_of("class ReLU: color = 'none'")
    first, second = bench.make(*RELU, ()), bench.make(*RELU, ())

    bench.get(first, "color", {"color": "red"})

    assert (bench.get(first, "color"), bench.get(second, "color")) == ("red", "none")


def test_what_is_set_is_there_when_the_part_is_asked_and_stays():
    bench = bench_of("""
        class ReLU:
            def forward(self, x):
                self.weights = self.weights + 1
                return self.weights * x + self.bias
    """)
    part = bench.make(*RELU, ())

    first, _ = bench.call(part, "forward", [10], {"weights": 1, "bias": 2})
    second, _ = bench.call(part, "forward", [10])
    third, _ = bench.call(part, "forward", [10], {"bias": 0})

    assert (first, second, third) == (22, 32, 40)
    assert bench.get(part, "weights", {"weights": 7, "bias": 8}) == 7
    assert bench.get(part, "bias") == 8


# What goes wrong in a file


def test_a_file_is_loaded_by_itself():
    bench = bench_of("class ReLU: name = 'fine'", losses="def broken(:")

    assert bench.get(bench.make(*RELU, ()), "name") == "fine"
    assert failure(bench.make, "loss:bce", "losses.py:Loss", ()).name == "SyntaxError"


def test_a_file_cannot_import_its_neighbour():
    bench = bench_of("import losses", losses="x = 1")

    error = failure(bench.make, *RELU, ())

    assert (error.name, error.file, error.line) == ("ModuleNotFoundError", "activations.py", 3)


def test_a_file_that_is_missing_was_not_handed_in():
    error = failure(Bench({}).make, *RELU, ())

    assert str(error) == "activations.py was not handed in"


def test_a_syntax_error_is_told_with_file_and_line():
    error = failure(bench_of("x = 1\ny = (").make, *RELU, ())

    assert (error.name, error.file, error.line) == ("SyntaxError", "activations.py", 4)
    assert "'(' was never closed" in error.text


@pytest.mark.parametrize(
    ("code", "name", "text"),
    [
        ("raise SystemExit('bye')", "SystemExit", "bye"),
        ("import sys; sys.exit(3)", "SystemExit", "3"),
        ("class Strange(BaseException): pass\nraise Strange('odd')", "Strange", "odd"),
        ("class Mute(Exception):\n  def __str__(self): exit()\nraise Mute", "Mute", "(its message"),
        ("def f(): f()\nf()", "RecursionError", "maximum recursion depth exceeded"),
        ("raise kit.errors.KitError('as if it were ours')", "KitError", "as if it were ours"),
    ],
)
def test_whatever_a_file_raises_while_it_is_loaded_is_a_part_error(code, name, text):
    bench = bench_of(code)

    error = failure(bench.make, *RELU, ())

    assert error.name == name
    assert error.text.startswith(f"activations.py cannot be loaded: {name} in line ")
    assert f": {text}" in error.text


def test_an_error_at_import_is_told_as_one_sentence():
    error = failure(Bench({"activations.py": "get_ipython()"}).make, *RELU, ())

    assert str(error) == (
        "activations.py cannot be loaded: NameError in line 1: name 'get_ipython' is not defined"
    )


CLASS = (
    "class {}:\n  def forward(self, x): return x\n  def backward(self, grad, x, y): return grad\n"
)
FAILING = "@kit.hookimpl\ndef kit_activations(): return {'relu': ReLU}\n"


@pytest.mark.parametrize("table", ["", FAILING, FAILING.replace("ReLU", "7")])
@pytest.mark.parametrize(
    ("code", "hint"),
    [
        (CLASS.format("Relu"), "; did you mean Relu?"),
        (CLASS.format("RELU"), "; did you mean RELU?"),
        (CLASS.format("Re_LU"), "; did you mean Re_LU?"),
        ("def relu(x): return x\n", "; relu is a function, and a class is asked for"),
        (CLASS.format("Tanh") + CLASS.format("Softmax"), "; its classes: Softmax, Tanh"),
        ("from collections import OrderedDict as Relu\n", "; it has no class at all"),
        ("ReLU = 7\n", "; it has no class at all"),
    ],
)
def test_a_class_that_is_missing_is_told_with_the_one_that_was_meant(code, hint, table):
    error = failure(bench_of(f"import kit\n{code}{table}").make, *RELU, ())

    assert str(error) == f"activations.py has no class ReLU{hint}"


def test_a_class_that_is_in_another_file_is_told_with_that_file():
    error = failure(bench_of("x = 1", layers=CLASS.format("ReLU")).make, *RELU, ())

    assert str(error) == (
        "activations.py has no class ReLU; it is in layers.py, and is looked for here only"
    )


@pytest.mark.parametrize(
    ("method", "hint"),
    [
        ("def forwrad(self, x): return x", "; did you mean forwrad?"),
        ("def Forward(self, x): return x", "; did you mean Forward?"),
        ("def forward_pass(self, x): return x", "; did you mean forward_pass?"),
        ("def __call__(self, x): return x", "; did you mean __call__?"),
        ("def compute(self, x): return x", "; its methods: backward, compute"),
        ("forward = None", "; its methods: backward"),
    ],
)
def test_a_method_that_is_missing_is_told_with_the_one_that_was_meant(method, hint):
    bench = bench_of(f"class ReLU:\n  {method}\n  def backward(self, grad, x, y): return grad")

    relu = bench.make(*RELU, ())

    assert str(failure(bench.call, relu, "forward", [1.0])) == (
        f"class ReLU has no method forward{hint}"
    )
    assert bench.call(relu, "backward", [2.0, 1.0, 1.0])[0] == 2.0
    assert "has no method forward" in str(failure(bench.examine, *RELU, True))


@pytest.mark.parametrize(
    "code",
    [
        "def __init__(self): self.forward = self.backward = lambda *given: 7",
        "def __init__(self): setattr(self, 'forward', max); setattr(self, 'backward', max)",
        "def __getattr__(self, name): return lambda *given: 7",
    ],
)
def test_methods_may_be_set_on_the_object(code):
    table = "\n@kit.hookimpl\ndef kit_activations(): return {'relu': ReLU}"
    bench = bench_of(f"class ReLU:\n  {code}{table}")

    bench.examine(*RELU, True)

    assert bench.call(bench.make(*RELU, ()), "forward", [3, 7])[0] == 7


@pytest.mark.parametrize(
    "code",
    [
        "def forward(self, inputs, training): return inputs + training",
        "def forward(self, inputs, training=False): return inputs + training",
        "def forward(self, inputs, *, training): return inputs + training",
        "def __init__(self): self.forward = lambda x, training: x + training",
    ],
)
def test_a_forward_that_declares_training_is_told_that_it_is_training(code):
    bench = bench_of(f"class ReLU:\n  {code}")

    relu = bench.make(*RELU, ())

    assert bench.call(relu, "forward", [1.0])[0] == 2.0
    assert next(iter(bench.answers([["call", relu, "forward", [3.0]]])))[0] == 4.0


def test_a_file_that_fails_is_loaded_once_and_fails_again_with_the_same_words(tmp_path):
    bench = bench_of(f"open({str(tmp_path / 'log')!r}, 'a').write('x'); raise OSError('no')")

    first, second = failure(bench.make, *RELU, ()), failure(bench.bare, *RELU)

    assert (tmp_path / "log").read_text() == "x"
    assert str(first) == str(second)


def test_an_interrupt_by_the_user_is_not_swallowed():
    bench = bench_of("raise KeyboardInterrupt")

    with pytest.raises(KeyboardInterrupt):
        bench.make(*RELU, ())


# What goes wrong in a call


def test_an_error_names_the_last_line_of_the_students_own_file():
    bench = bench_of("""
        class ReLU:
            def forward(self, x):
                return self.helper(x)

            def helper(self, x):
                return x @ np.ones((7, 7))
    """)

    error = failure(bench.call, bench.make(*RELU, ()), "forward", [np.ones((2, 3))])

    assert (error.name, error.file, error.line) == ("ValueError", "activations.py", 9)
    assert "matmul" in error.text


def test_a_long_message_is_clipped():
    bench = bench_of("class ReLU:\n  def forward(self): raise ValueError('x' * 10**6)")

    error = failure(bench.call, bench.make(*RELU, ()), "forward", [])

    assert error.text == "x" * TEXT_LIMIT


def test_an_attribute_that_is_missing_is_an_error_of_the_part():
    bench = bench_of("class ReLU: pass")

    error = failure(bench.get, bench.make(*RELU, ()), "weights")

    assert "weights" in str(error)


def test_a_property_that_raises_is_an_error_of_the_part():
    bench = bench_of("""
        class ReLU:
            @property
            def weights(self):
                raise SystemExit("no")
            @weights.setter
            def weights(self, value):
                raise SystemExit("never")
    """)
    part = bench.make(*RELU, ())

    assert failure(bench.get, part, "weights").text == "no"
    assert failure(bench.get, part, "weights", {"weights": 1}).text == "never"
    assert failure(bench.call, part, "forward", [], {"weights": 1}).text == "never"


def test_a_value_that_breaks_while_it_is_copied_is_an_error_of_the_part():
    bench = bench_of("""
        class Key:
            def __str__(self):
                raise SystemExit("no text")

        class ReLU:
            def forward(self):
                return {Key(): 1}
    """)

    assert failure(bench.call, bench.make(*RELU, ()), "forward", []).text == "no text"


def test_warnings_and_floating_point_settings_of_a_students_file_do_not_matter():
    before = np.geterr()
    bench = bench_of("""
        import warnings
        warnings.warn("while loading")
        warnings.simplefilter("error")
        np.seterr(all="raise")

        class ReLU:
            def forward(self, x):
                np.seterr(all="raise")
                warnings.warn("in a call")
                return x

            def backward(self, x):
                return 1 / (1 + np.exp(-x))
    """)
    part, x = bench.make(*RELU, ()), np.array([-1000.0, 0.0])

    bench.call(part, "forward", [x])
    answer, _ = bench.call(part, "backward", [x])

    np.testing.assert_array_equal(answer, [0.0, 0.5])
    assert np.geterr() == before


# What comes out


def test_arguments_are_seen_as_they_are_after_the_call():
    bench = bench_of("""
        class ReLU:
            def forward(self, x, y):
                x[x < 0] = 0
                return x + y
    """)

    result, (x, y) = bench.call(
        bench.make(*RELU, ()), "forward", [np.array([-1.0, 2.0]), np.ones(2)]
    )

    np.testing.assert_array_equal(result, [1.0, 3.0])
    np.testing.assert_array_equal(x, [0.0, 2.0])
    np.testing.assert_array_equal(y, [1.0, 1.0])


def test_a_result_cannot_be_written_to_and_is_nobody_elses_array():
    bench = bench_of("""
        class ReLU:
            def __init__(self):
                self.kept = np.zeros(2)
            def forward(self):
                self.kept += 1
                return self.kept
    """)
    part = bench.make(*RELU, ())

    first, _ = bench.call(part, "forward", [])
    second, _ = bench.call(part, "forward", [])

    np.testing.assert_array_equal(first, [1.0, 1.0])
    np.testing.assert_array_equal(second, [2.0, 2.0])
    with pytest.raises(ValueError, match="read-only"):
        first[0] = 7.0


@pytest.mark.parametrize("code", NUMBERS)
def test_a_scalar_of_numpy_keeps_its_dtype(code):
    value = plain(np.dtype(code).type(1))

    assert (type(value), value.shape, value.dtype) == (np.ndarray, (), np.dtype(code))


@pytest.mark.parametrize(
    ("expression", "type_name"),
    [
        ("np.array([None, 1], dtype=object)", "ndarray"),
        ("np.array(['text'])", "ndarray"),
        ("np.array(['2020-01-01'], dtype='M8[D]')", "ndarray"),
        ("np.zeros(2, dtype=[('a', float)])", "ndarray"),
        ("np.zeros(2, dtype=np.longdouble)", "ndarray"),
        ("np.matrix([[1.0]])", "matrix"),
        ("np.ma.masked_array([1.0, 2.0], [True, False])", "MaskedArray"),
        ("np.zeros(2).view(np.recarray)", "recarray"),
        ("type('Own', (np.ndarray,), {})(2)", "Own"),
        ("np.str_('text')", "str_"),
        ("(number for number in [1])", "generator"),
        ("{1, 2}", "set"),
        ("b'bytes'", "bytes"),
        ("1j", "complex"),
        ("type('Number', (float,), {})(1.0)", "Number"),
        ("type('Text', (str,), {})('x')", "Text"),
        ("lambda: 0", "function"),
        ("self", "ReLU"),
        ("type('N' * 200, (), {})()", "N" * 80),
    ],
)
def test_what_is_not_plain_comes_out_as_the_name_of_its_type(expression, type_name):
    assert result_of(expression) == Opaque(type_name)


def test_containers_come_out_as_the_plain_kind_that_they_are_of():
    value = result_of(
        "(__import__('collections').OrderedDict([(1, [2.5])]),"
        "__import__('collections').namedtuple('P', 'a b')(1, None))"
    )

    assert value == ({"1": [2.5]}, (1, None))
    assert [type(item) for item in value] == [dict, tuple]


def test_a_list_that_holds_itself_ends_somewhere():
    bench = bench_of("""
        class ReLU:
            def forward(self):
                endless = []
                endless.append(endless)
                return endless
    """)

    value, _ = bench.call(bench.make(*RELU, ()), "forward", [])

    for _ in range(DEPTH_LIMIT):
        (value,) = value
    assert value == Opaque("list")


PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.tuples(inner, inner)
        | st.dictionaries(st.text(), inner, max_size=3)
    ),
    max_leaves=6,
).filter(lambda value: depth(value) <= DEPTH_LIMIT)


def depth(value):
    items = value.values() if isinstance(value, dict) else value
    return 1 + max(map(depth, items), default=0) if isinstance(value, dict | list | tuple) else 0


@given(PLAIN)
def test_a_plain_value_comes_out_as_it_is(value):
    assert plain(value) == value


@given(arrays.arrays(st.sampled_from(NUMBERS), arrays.array_shapes(min_dims=0, min_side=0)))
def test_an_array_comes_out_equal_contiguous_and_frozen(array):
    for version in (array, array.T, np.asfortranarray(array), array.view(array.dtype)):
        copy = plain(version)

        np.testing.assert_array_equal(copy, version)
        assert copy.dtype == version.dtype
        assert copy.flags.c_contiguous
        assert not copy.flags.writeable
        assert copy.base is None


@pytest.mark.parametrize("code", ["f8", "f4", "i8", "c16"])
def test_an_array_of_the_other_byte_order_comes_out_in_ours(code):
    foreign = np.array([1.0, -2.5]).astype(np.dtype(code).newbyteorder())

    copy = plain(foreign)

    np.testing.assert_array_equal(copy, foreign)
    assert copy.dtype.isnative


# A network of parts


@pytest.fixture
def stack():
    """The reference parts as a network 2 -> 3 -> 1, its loss and its parameters."""
    bench = Bench({path.name: path.read_text() for path in SOLUTIONS.glob("[al]*.py")})
    widths = [2, 3, 1]
    layers = [
        bench.make("layer:neural_layer", "layers.py:Neural_layer", [*pair, bench.generator(seed)])
        for seed, pair in enumerate(pairwise(widths))
    ]
    activations = [
        bench.make(f"activation:{name.lower()}", f"activations.py:{name}", ())
        for name in ("ReLU", "Sigmoid")
    ]
    loss = bench.make("loss:bce", "losses.py:BinaryCrossEntropy", ())
    steps = [step for pair in zip(layers, activations, strict=True) for step in pair]
    names = [("weights", "bias"), ()] * 2
    values = [
        {name: bench.get(step, name) for name in own}
        for step, own in zip(steps, names, strict=True)
    ]
    shapes = [{name: value.shape for name, value in own.items()} for own in values]
    parameters = np.concatenate([value.ravel() for own in values for value in own.values()])
    return bench, bench.network(steps, loss, shapes), loss, parameters


@pytest.fixture
def batch(rng):
    return rng.standard_normal((5, 2)), np.array([[1.0], [0.0], [1.0], [1.0], [0.0]])


def test_the_gradients_of_a_network_are_the_slopes_of_its_loss(stack, batch):
    bench, network, loss, parameters = stack
    x, y = batch

    (slopes,) = bench.gradients([(network, parameters, x, y)])

    assert slopes.shape == parameters.shape == (2 * 3 + 3 + 3 * 1 + 1,)
    for place in range(parameters.size):
        losses = []
        for move in (1e-6, -1e-6):
            moved = parameters.copy()
            moved[place] += move
            y_pred = bench.outputs(network, moved, x)
            losses.append(bench.call(loss, "forward", [y, y_pred])[0])
        assert slopes[place] == pytest.approx((losses[0] - losses[1]) / 2e-6, rel=1e-4, abs=1e-7)


def test_each_question_of_many_is_answered_as_if_it_were_the_only_one(stack, batch):
    bench, network, _, parameters = stack
    x, y = batch
    questions = [
        (network, parameters, x, y),
        (network, parameters + 1.0, x[:3], y[:3]),
        (network, parameters, x, y),
    ]

    answers = bench.gradients(questions)

    for answer, question in zip(answers, questions, strict=True):
        np.testing.assert_array_equal(answer, bench.gradients([question])[0])
    assert (answers[0] == answers[2]).all()
    assert (answers[0] != answers[1]).any()


def test_what_a_network_answers_depends_on_the_parameters_given(stack, rng):
    bench, network, _, parameters = stack
    x = rng.standard_normal((4, 2))

    before = bench.outputs(network, parameters, x)
    parameters[-1] += 40.0  # the bias of the last layer
    after = bench.outputs(network, parameters, x)

    assert before.shape == after.shape == (4, 1)
    assert (before < 0.999).all()
    assert (after > 0.999).all()


def test_parameters_have_the_shapes_that_were_told():
    bench = bench_of(
        """
        class ReLU:
            parameters = ("kernel", "shift")
            def forward(self, x):
                self.seen = (self.kernel, self.shift)
                return x @ self.kernel + self.shift
            def backward(self, grad, x):
                return grad @ self.kernel.T, {"shift": grad.sum(axis=0), "kernel": x.T @ grad}
        """,
        losses="""
        class Sum:
            def forward(self, y, y_pred): return y_pred.sum()
            def backward(self, y, y_pred): return np.ones_like(y_pred)
        """,
    )
    part, loss = bench.make(*RELU, ()), bench.make("loss:sum", "losses.py:Sum", ())
    network = bench.network([part], loss, [{"kernel": (2, 3), "shift": (3,)}])
    x, parameters = np.array([[1.0, 2.0], [3.0, 4.0]]), np.arange(9.0)

    (slopes,) = bench.gradients([(network, parameters, x, np.zeros((2, 3)))])

    kernel, shift = bench.get(part, "seen")
    np.testing.assert_array_equal(kernel, [[0.0, 1.0, 2.0], [3.0, 4.0, 5.0]])
    np.testing.assert_array_equal(shift, [6.0, 7.0, 8.0])
    np.testing.assert_array_equal(slopes, [4.0, 4.0, 4.0, 6.0, 6.0, 6.0, 2.0, 2.0, 2.0])


def test_what_a_part_raises_in_a_network_is_an_error_of_the_part(stack):
    bench, network, _, parameters = stack
    x = np.ones((2, 7))

    for error in (
        failure(bench.outputs, network, parameters, x),
        failure(bench.gradients, [(network, parameters, x, np.ones((2, 1)))]),
    ):
        assert "(2, 7)" in error.text


def test_a_handle_is_a_number_and_nothing_else():
    assert plain(Handle(3)) == Handle(3)
    assert repr(Opaque("generator")) == "<generator>"

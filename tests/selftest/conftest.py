"""A small course with a zoo of its own, in which the self test finds no hole."""

from textwrap import dedent

import pytest

from kit.grading.assignment import Assignment
from kit.harness.submission import read_submission

BACKWARD = "double.py Double.backward"
FILES = {
    "nbgrader_config.py": "",
    "solutions/small/assignment.toml": """
        title = "Small"
        files = ["double.py"]

        [[exercise]]
        name = "double"
        title = "Double"
        owns = { "activation:double" = "double.py:Double" }
    """,
    "solutions/small/double.py": '''
        """Exercise Double, für alle."""


        class Double:
            """Twice as much."""

            def forward(self, x):
                """Return 2x."""
                return 2.0 * x

            def backward(self, grad, x, y):
                """Return dL/dx."""
                return 2.0 * grad
    ''',
    "assignments/small/double.py": """
        class Double:
            def forward(self, x):
                raise NotImplementedError

            def backward(self, grad, x, y):
                raise NotImplementedError
    """,
    "assignments/small/conftest.py": """
        import pytest


        @pytest.fixture
        def double(student):
            return student.make("activation:double")
    """,
    "assignments/small/test_public.py": """
        import numpy as np
        import pytest

        from kit.testing import assert_close

        pytestmark = pytest.mark.exercise("double")


        def test_one_number(double):
            assert_close(double.forward(np.ones((1, 1))), [[2.0]], asked="forward")
    """,
    "tests/hidden/small/test_double.py": """
        import pytest

        from kit.testing.batches import all_sizes, look_alikes
        from kit.testing.closeness import assert_close, assert_unchanged
        from kit.testing.precision import a_little_more, assert_moves, held_by_float32
        from kit.values import InMemory

        pytestmark = pytest.mark.exercise("double")
        SHAPES = [(4, 3), (1, 1), (40, 5)]


        @pytest.fixture
        def double(student):
            return student.make("activation:double")


        @pytest.fixture
        def steps(rng):
            fine = held_by_float32(rng, (4, 3))
            return [fine, a_little_more(fine)]


        @pytest.mark.points(3, kind="value")
        def test_forward_doubles(double, steps, rng):
            for shape in SHAPES:
                x = 9 * rng.standard_normal(shape)
                assert_close(double.forward(InMemory(x, "F")), 2 * x, asked="forward")
            found = [double.forward(x) for x in steps]
            assert_moves(found, [2 * x for x in steps], asked="forward")


        @pytest.mark.points(3, kind="gradient")
        def test_backward_doubles(double, steps, rng):
            for shape in SHAPES:
                x, grad = rng.standard_normal(shape), 9 * rng.standard_normal(shape)
                dx = double.backward(InMemory(grad, "F"), x, double.forward(x))
                assert_close(dx, 2 * grad, asked="backward")
            found = [double.backward(grad, x, double.forward(x)) for grad in steps]
            assert_moves(found, [2 * grad for grad in steps], asked="backward")


        @pytest.mark.points(1, kind="purity")
        def test_forward_leaves_x_alone(double, rng):
            for x in all_sizes(rng, 3):
                assert_close(double.forward(x), 2 * x, asked="forward")
                assert_unchanged(double.echo[0], x, asked="forward", name="x")


        @pytest.mark.points(1, kind="purity")
        def test_backward_leaves_x_and_y_alone(double, rng):
            for x in all_sizes(rng, 3):
                y, grad = double.forward(x), rng.standard_normal(x.shape)
                assert_close(double.backward(grad, x, y), 2 * grad, asked="backward")
                assert_unchanged(double.echo[1], x, asked="backward", name="x")
                assert_unchanged(double.echo[2], y, asked="backward", name="y")


        @pytest.mark.points(1, kind="state")
        def test_every_batch_is_a_new_one(double, rng):
            x = rng.standard_normal((6, 4))
            for batch in look_alikes(rng, x.shape):
                y = double.forward(InMemory(batch, place=1))
                assert_close(y, 2 * batch, asked="forward")
                dx = double.backward(InMemory(batch, place=2), InMemory(x, place=3), InMemory(x, place=4))
                assert_close(dx, 2 * batch, asked="backward")


        @pytest.mark.points(1, kind="state")
        def test_two_objects_share_nothing(student, rng):
            for _ in range(2):
                double, x = student.make("activation:double"), rng.standard_normal((4, 3))
                y = double.forward(x)
                assert_close(y, 2 * x, asked="forward")
                assert_close(double.backward(x, x, y), 2 * x, asked="backward")
    """,
    "tests/zoo/small/equivalent.toml": f"""
        "{BACKWARD}: in place: grad is one larger afterwards" = "grad may be reused"
        "{BACKWARD}: in place: grad is zero afterwards" = "grad may be reused"
        "{BACKWARD}: in place: grad has its largest number halved" = "grad may be reused"
        "{BACKWARD}: in place: grad is halved if it is one sample" = "grad may be reused"
        "{BACKWARD}: memory: x read as it lies in memory" = "x is not needed"
        "{BACKWARD}: memory: y read as it lies in memory" = "y is not needed"
        "{BACKWARD}: near miss: grad changed by 1e-9 of it" = "grad may be reused"
        "{BACKWARD}: single precision: x in float32" = "x is not needed"
        "{BACKWARD}: single precision: y in float32" = "y is not needed"
        "{BACKWARD}: state: x comes from one pile of all objects" = "x is not needed"
        "{BACKWARD}: state: x is that of the first call" = "x is not needed"
        "{BACKWARD}: state: x is that of the first call with its shape" = "x is not needed"
        "{BACKWARD}: state: x is that of the last forward of any object" = "x is not needed"
        "{BACKWARD}: state: y is that of the first call" = "y is not needed"
        "{BACKWARD}: state: y is that of the first call with its shape" = "y is not needed"
    """,
    "tests/zoo/small/checks.toml": """
        [stays]
        "test_double.py::test_two_objects_share_nothing" = "no mutant looks at another object"
    """,
    "tests/zoo/small/wrong/squared/verdict.toml": """
        misconception = "power-for-product"
        exercise = "double"
        note = "x ** 2"
    """,
    "tests/zoo/small/wrong/squared/double.py": """
        class Double:
            def forward(self, x):
                return x**2

            def backward(self, grad, x, y):
                return 2 * grad * x
    """,
    "tests/zoo/small/right/sum/verdict.toml": 'note = "x + x"',
    "tests/zoo/small/right/sum/double.py": """
        class Double:
            def forward(self, x):
                return x + x

            def backward(self, grad, x, y):
                return grad + grad
    """,
    "tests/zoo/small/hostile/leaves/verdict.toml": """
        scores = { double = 0 }
        level = ["L2", "L3"]
    """,
    "tests/zoo/small/hostile/leaves/double.py": "import os\nos._exit(0)\n{{SOLUTION}}",
}


@pytest.fixture(scope="session")
def small_course():
    """Write the small course to a folder; return the folder."""

    def write(folder):
        for name, text in FILES.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(dedent(text).lstrip(), encoding="utf-8")
        return folder

    return write


@pytest.fixture
def small(small_course, tmp_path):
    """The small assignment, in a folder of one test's own."""
    return Assignment.load(small_course(tmp_path / "course"), "small")


@pytest.fixture
def solution(small):
    return read_submission(small.solution, small.manifest, "reference")

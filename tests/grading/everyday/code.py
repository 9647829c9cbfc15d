"""What students use of Python: functions, errors, tests, and a look at their own code.

Sent to a worker as text and imported nowhere: each method of `Everyday` is tried there. What it
needs and a worker cannot import belongs into `kit.harness.offered`. Written as students write.
"""

# ruff: noqa: PGH004 - all rules are off, for students know none
# ruff: noqa
# fmt: off

import contextlib
import functools
import inspect
import io
import itertools
import logging
import math
import operator
import sys
import traceback
import types
import typing
import unittest
import unittest.mock
import warnings
import numpy as np


def add(first: int, second: "int" = 1, *rest: int, key: str = "k", **more: typing.Any) -> int:
    """Add.

    >>> add(1, 2)
    3
    """
    return first + second + len(rest) + len(key) + len(more)


class Everyday:
    def use(self, name):
        """Return the modules that a method has made Python import."""
        before = set(sys.modules)
        getattr(self, name)()
        return sorted(set(sys.modules) - before)

    def functions_of_functions(self):
        @functools.lru_cache(maxsize=None)
        def fibonacci(n):
            return n if n < 2 else fibonacci(n - 1) + fibonacci(n - 2)

        @functools.singledispatch
        def shown(value):
            return str(value)

        shown.register(int, hex)
        print(fibonacci(30), fibonacci.cache_info(), functools.partial(add, 1), functools.reduce(operator.mul, [1, 2]))
        print(shown(7), shown("a"), functools.cached_property(shown), functools.cmp_to_key(add), functools.wraps(add)(shown))
        print(list(itertools.product("ab", repeat=2)), list(itertools.pairwise([1, 2])), list(itertools.batched([1, 2], 1)) if hasattr(itertools, "batched") else "")

    def errors_told(self):
        try:
            try:
                {}["key"]
            except KeyError as error:
                error.add_note("a note")
                raise ValueError("é") from error
        except ValueError as error:
            print(traceback.format_exc(), "".join(traceback.format_exception(error)), traceback.extract_tb(error.__traceback__))
            print("".join(traceback.TracebackException.from_exception(error, capture_locals=True).format()))
            traceback.print_exc()
            traceback.print_stack()
            logging.exception("logged")
        for source in ("1 +", "def f(:", "f'{'", "x = = 1", "\tif:\n", "print 1", "é€ = $"):
            try:
                compile(source, "text", "exec")
            except SyntaxError:
                print(traceback.format_exc())
        for wrong in (lambda: undefined, lambda: "a".no_such, lambda: math.sqroot, lambda: add(), lambda: [][1], lambda: int("é")):  # noqa: F821
            try:
                wrong()
            except Exception:
                print(traceback.format_exc())
        try:
            raise ExceptionGroup("many", [ValueError(1), TypeError(2)])
        except* ValueError as group:
            print(traceback.format_exception(group))
        except* TypeError:
            pass

    def warnings_and_logs(self):
        warnings.warn("careful", stacklevel=2)
        warnings.warn("old", DeprecationWarning)
        print(warnings.formatwarning("m", UserWarning, "one.py", 1))
        logging.basicConfig(level=logging.DEBUG, format="%(asctime)s %(levelname)s %(name)s %(process)d %(threadName)s: %(message)s")
        logger = logging.getLogger("student")
        for level in ("debug", "info", "warning", "error", "critical"):
            getattr(logger, level)("%s at %.2f", level, 1.0)
        logger.addHandler(logging.StreamHandler(io.StringIO()))
        logger.info("handled")

    def a_look_at_code(self):
        print(inspect.signature(add), inspect.getsource(Everyday.use), inspect.getmembers(Everyday), inspect.getfullargspec(add))
        print(inspect.signature(np.mean), inspect.signature(add).bind(1), inspect.isclass(Everyday), inspect.getdoc(add))
        print(inspect.currentframe().f_lineno, inspect.stack()[0].function, inspect.getfile(add), inspect.getmodule(add))
        print(inspect.cleandoc(" a"), inspect.unwrap(add), inspect.getsourcelines(add), add.__annotations__)
        help_text = io.StringIO()
        with contextlib.redirect_stdout(help_text):
            help(add)
            help(np.exp)
        print(help_text.getvalue()[:9], dir(), vars(Everyday), type(add), callable(add), id(add), eval("1 + 1"))
        exec(compile("x = 1", "<text>", "exec"), {})

    def doctests_and_mocks(self):
        import doctest

        tests = doctest.DocTestFinder().find(add, "add", globs={"add": add})
        print(doctest.DocTestRunner().run(tests[0]))
        mock = unittest.mock.MagicMock(side_effect=[1, 2])
        print(mock(1), mock.mock_calls, mock.call_args, unittest.mock.call(1))
        mock.assert_called_once_with(1)
        with unittest.mock.patch("math.sqrt", return_value=3), unittest.mock.patch.object(math, "pi", 3):
            print(math.sqrt(4), math.pi)
        print(unittest.mock.create_autospec(add))

        class Test(unittest.TestCase):
            def test_it(self):
                self.assertEqual([1], [1])
                self.assertAlmostEqual(1.0, 1.0)
                with self.subTest(1), self.assertRaisesRegex(ValueError, "x"):
                    raise ValueError("x")
                with self.assertLogs("x"):
                    logging.getLogger("x").warning("y")

            def test_that_fails(self):
                self.assertEqual({"a": 1}, {"a": 2})

        suite = unittest.defaultTestLoader.loadTestsFromTestCase(Test)
        print(unittest.TextTestRunner(stream=io.StringIO(), verbosity=2).run(suite))

    def classes(self):
        class Descriptor:
            def __set_name__(self, owner, name):
                self.name = name

            def __get__(self, instance, owner):
                return self.name

        class Meta(type):
            def __new__(cls, name, bases, namespace):
                return super().__new__(cls, name, bases, namespace)

        class Thing(metaclass=Meta):
            __slots__ = ("a",)
            named = Descriptor()

            @property
            def twice(self):
                return 2

            @classmethod
            def make(cls):
                return cls()

            @staticmethod
            def three():
                return 3

            def __enter__(self):
                return self

            def __exit__(self, *_):
                return False

        with Thing.make() as thing, contextlib.suppress(ValueError), contextlib.ExitStack():
            print(thing.named, thing.twice, thing.three(), repr(thing))
        match [1, {"a": types.SimpleNamespace(x=2.0)}]:
            case [int(first), {"a": types.SimpleNamespace(x=x)}] if x > 1:
                print(first, x)

        def numbers():
            received = yield 1
            yield from [received]

        generator = numbers()
        print(next(generator), generator.send(2), [*map(str, range(3))], {k: v for k, v in zip("ab", [1, 2], strict=True)})

    def what_is_imported_in_a_function(self):
        import argparse
        import bisect
        import cmath
        import csv
        import glob
        import os
        import os.path
        import threading

        import numpy.linalg as la
        from numpy.random import default_rng

        options = argparse.ArgumentParser(prog="x")
        options.add_argument("--rate", type=float, default=0.1, help="rate")
        print(options.parse_args([]), options.format_help(), cmath.sqrt(-1), bisect.bisect([1], 1), la.norm([1]))
        print(list(csv.reader(["a,b"])), csv.DictWriter(io.StringIO(), ["a"]), default_rng(1), glob.escape("*"))
        print(os.path.join("a", "b"), os.getcwd(), os.environ.get("HOME"), os.getenv("PATH"), threading.Lock(), os.getpid())

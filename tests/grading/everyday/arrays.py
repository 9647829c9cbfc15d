"""What students use of NumPy.

Sent to a worker as text and imported nowhere: each method of `Everyday` is tried there. What it
needs and a worker cannot import belongs into `kit.harness.offered`. Written as students write.
"""

# ruff: noqa: PGH004 - all rules are off, for students know none
# ruff: noqa
# fmt: off

import contextlib
import copy
import inspect
import io
import pickle
import random
import sys
import traceback
import typing
import unittest
import warnings
import numpy as np


DTYPES = (
    *("?", "b", "h", "i", "l", "q", "B", "H", "I", "L", "Q", "e", "f", "d", "g", "F", "D", "G"),
    *("U7", "S7", "O", "V4", "M8[D]", "M8[ns]", "m8[s]"),
)


class Everyday:
    def use(self, name):
        """Return the modules that a method has made Python import."""
        before = set(sys.modules)
        getattr(self, name)()
        return sorted(set(sys.modules) - before)

    def arrays_of_every_type_printed(self):
        for code in DTYPES:
            array = np.zeros((2, 3), code)
            print(array, repr(array), str(array.dtype), repr(array.dtype), array.dtype.name)
            print(array[0, 0], repr(array[0, 0]), f"{array[0, 0]}", array.tolist())
            np.array2string(array, precision=3, separator=", ", threshold=2)
        print(np.arange(10_000), np.array([np.nan, np.inf, -0.0]), np.array(["é", "a"]))
        print(np.zeros(2, [("a", "f8"), ("b", "U3")]), np.float64(3), np.int8(-3), np.complex64(1j))
        print(np.matrix([[1, 2]]), np.random.default_rng(0), np.finfo(float), np.iinfo(int))
        print(np.ma.masked_array([1.0, 2.0], [0, 1]), np.datetime64("2024-01-01"), np.timedelta64(1))

    def print_options(self):
        with np.printoptions(precision=2, suppress=True, floatmode="fixed", sign="+"):
            print(np.array([1e-9, 1.0]), np.get_printoptions())
        before = np.get_printoptions()
        np.set_printoptions(threshold=3, edgeitems=1, linewidth=40, formatter={"float": "{:.2f}".format})
        print(np.arange(100.0), np.format_float_scientific(1.5), np.format_float_positional(1.5))
        np.set_printoptions(**before)
        print(np.base_repr(9, 3), np.binary_repr(-3, 8), np.array_repr(np.ones(2)), np.array_str(np.ones(2)))

    def linear_algebra(self):
        a = np.array([[4.0, 1.0], [1.0, 3.0]])
        for name in "inv det eig eigh eigvals eigvalsh qr svd cholesky norm cond pinv slogdet".split():
            print(getattr(np.linalg, name)(a))
        print(np.linalg.matrix_rank(a), np.linalg.matrix_power(a, 3), np.linalg.multi_dot([a, a, a]))
        print(np.linalg.solve(a, [1, 2]), np.linalg.lstsq(a, [1, 2], rcond=None), np.trace(a))
        print(np.linalg.tensorsolve(np.eye(4).reshape(2, 2, 2, 2), a), np.linalg.norm(a, axis=1))
        print(np.kron(a, a), np.outer(a, a), np.inner(a, a), np.vdot(a, a), np.cross([1, 0, 0], [0, 1, 0]))
        try:
            np.linalg.inv(np.zeros((2, 2)))
        except np.linalg.LinAlgError as error:
            print(error)

    def random_numbers(self):
        for kind in (np.random.PCG64, np.random.MT19937, np.random.Philox, np.random.SFC64):
            print(np.random.Generator(kind(1)).random(2))
        rng = np.random.default_rng(np.random.SeedSequence(5).spawn(2)[0])
        for name in "random standard_normal standard_cauchy standard_exponential".split():
            print(getattr(rng, name)(2))
        print(rng.integers(0, 9, 3), rng.normal(0, 1, (2, 2)), rng.uniform(size=2), rng.choice(5, 3, replace=False))
        print(rng.permutation(5), rng.permuted(np.eye(2), axis=0), rng.multivariate_normal([0, 0], np.eye(2)))
        print(rng.binomial(5, 0.5), rng.poisson(3), rng.beta(1, 2), rng.gamma(2), rng.dirichlet([1, 2]))
        print(rng.laplace(), rng.choice([0.0, 1.0], p=[0.5, 0.5]), rng.bit_generator.state)
        rng.shuffle(list(range(3)))
        np.random.seed(0)
        state = np.random.get_state()
        np.random.set_state(state)
        for name in "rand randn random random_sample standard_normal".split():
            print(getattr(np.random, name)(2))
        print(np.random.randint(0, 5, 3), np.random.choice(3), np.random.normal(size=2), np.random.uniform())
        print(np.random.RandomState(3).randn(2), np.random.shuffle(np.arange(3)), np.random.permutation(3))
        print(pickle.loads(pickle.dumps(rng)).random(), copy.deepcopy(rng).random())

    def fourier_transforms(self):
        x = np.arange(8.0)
        print(np.fft.ifft(np.fft.fft(x)), np.fft.rfft(x), np.fft.fft2(np.eye(4)), np.fft.fftfreq(8))
        print(np.fft.fftshift(x), np.fft.irfft(np.fft.rfft(x)), np.fft.fftn(np.eye(2)), np.fft.hfft(x))

    def sums_and_products_with_indices(self):
        a, b = np.ones((2, 3)), np.ones((3, 4))
        print(np.einsum("ij,jk->ik", a, b), np.einsum("ij,jk,kl->il", a, b, b.T, optimize=True))
        print(np.einsum_path("ij,jk,kl->il", a, b, b.T, optimize="optimal"), np.tensordot(a, b, 1))
        print(np.matmul(a, b), np.dot(a, b), a @ b, np.lib.stride_tricks.sliding_window_view(a, (1, 2)))
        print(np.lib.stride_tricks.as_strided(a, (2, 2), (8, 8)), np.broadcast_to(a, (2, 2, 3)))
        print(np.ogrid[0:2, 0:2], np.mgrid[0:2, 0:2], np.ix_([0], [1]), np.r_[1, 2], np.c_[[1], [2]])
        print(np.vectorize(lambda v: v + 1)(a), np.apply_along_axis(sum, 1, a), np.frompyfunc(abs, 1, 1)(a))

    def statistics_of_arrays(self):
        x = np.array([3.0, 1.0, 2.0, np.nan])
        for name in "nanmean nanstd nanvar nanmax nanmin nansum nanmedian nanargmax nancumsum".split():
            print(getattr(np, name)(x))
        for name in "mean std var median max min ptp argmax argsort sort cumsum cumprod diff".split():
            print(getattr(np, name)(x[:3]))
        print(np.percentile(x[:3], 50), np.quantile(x[:3], 0.3), np.histogram(x[:3]), np.bincount([1, 2]))
        print(np.corrcoef(x[:3], x[:3]), np.cov(x[:3]), np.average(x[:3], weights=[1, 2, 3]), np.gradient(x))
        print(np.unique([1, 1], return_counts=True), np.interp(1.5, [1, 2], [3, 4]), np.convolve(x, x))
        print(np.searchsorted([1, 2], 1), np.digitize(x, [1, 2]), np.histogram2d([1, 2], [1, 2]), np.trapezoid(x))
        print(np.where(x > 1), np.select([x > 1], [x]), np.piecewise(x, [x > 1], [1]), np.nan_to_num(x))
        print(np.isin([1], [1]), np.union1d([1], [2]), np.setdiff1d([1], [2]), np.intersect1d([1], [1]))
        print(np.roll(x, 1), np.pad(x, 1), np.tile(x, 2), np.repeat(x, 2), np.flip(x), np.rot90(np.eye(2)))
        print(np.split(x, 2), np.stack([x, x]), np.vstack([x, x]), np.hstack([x, x]), np.concatenate([x, x]))
        print(np.meshgrid(x, x), np.triu(np.eye(2)), np.tri(2), np.diag([1]), np.vander([1, 2]), np.insert(x, 1, 2))

    def masked_arrays(self):
        array = np.ma.masked_invalid([1.0, np.nan])
        print(array, repr(array), array.mean(), array.filled(0), np.ma.median(array), np.ma.average(array))
        print(np.ma.masked_where(array > 0, array), np.ma.compressed(array), np.ma.notmasked_edges(array))

    def polynomials(self):
        series = np.polynomial.Polynomial([1, 2, 3])
        print(series, repr(series), series(2.0), series.deriv(), series.roots(), f"{series:ascii}")
        print(np.polynomial.Chebyshev([1, 2]), np.polynomial.Legendre.fit([1, 2, 3], [1, 4, 9], 1))
        print(np.polynomial.polynomial.polyval(2, [1, 2]), np.polynomial.hermite.hermgauss(2))
        print(np.poly1d([1, 2]), np.polyfit([1, 2, 3], [1, 4, 9], 1), np.polyval([1, 2], 3), np.roots([1, 2]))

    def comparisons_that_fail(self):
        t = np.testing
        for check, *arguments in [
            (t.assert_allclose, np.ones(3), np.zeros(3), 1e-7, 0),
            (t.assert_array_equal, np.ones(3), np.zeros(3)),
            (t.assert_array_almost_equal, np.ones(3), np.zeros(3)),
            (t.assert_almost_equal, 1.0, 2.0),
            (t.assert_equal, {"a": [1]}, {"a": [2]}),
            (t.assert_array_less, np.ones(3), np.zeros(3)),
            (t.assert_approx_equal, 1.0, 2.0),
            (t.assert_array_max_ulp, np.ones(1), np.zeros(1)),
            (t.assert_raises, ValueError, int),
            (t.assert_string_equal, "a", "b"),
        ]:
            try:
                check(*arguments)
            except (AssertionError, unittest.TestCase.failureException) as error:
                print(error)
            else:
                raise LookupError(check)
        print(np.allclose(1, 1), np.isclose(1, 1), np.array_equal([1], [1]), np.array_equiv([1], [1]))

    def arrays_in_files_in_memory(self):
        for save in (np.save, lambda file, array: np.savez(file, a=array), lambda f, a: np.savez_compressed(f, a)):
            file = io.BytesIO()
            save(file, np.eye(2))
            file.seek(0)
            loaded = np.load(file)
            print(loaded if isinstance(loaded, np.ndarray) else dict(loaded))
        text = io.StringIO()
        np.savetxt(text, np.eye(2), fmt="%.3f", delimiter=",", header="a,b")
        text.seek(0)
        print(np.loadtxt(text, delimiter=","), np.genfromtxt(io.StringIO("1,2\n3,"), delimiter=","))
        print(np.genfromtxt(io.StringIO("a b\n1 x"), names=True, dtype=None, encoding="utf-8"))
        print(np.fromstring("1 2", sep=" "), np.frombuffer(b"12345678"), np.eye(2).tobytes())
        print(pickle.loads(pickle.dumps(np.eye(2))), copy.deepcopy(np.eye(2)), pickle.loads(np.eye(2).dumps()))

    def structured_arrays_and_texts(self):
        array = np.rec.array([(1, "a")], dtype=[("n", "i4"), ("s", "U3")])
        print(array, repr(array), array.n, np.lib.recfunctions.append_fields(array, "m", [2]))
        print(np.char.add(["a"], ["b"]), np.strings.upper(np.array(["a"])), np.char.array(["a"]).upper())
        print(np.dtypes.Float64DType(), np.exceptions.AxisError(2, 1), np.typing.NDArray, np.array(["b", "a"], "T"))
        print(np.result_type(1, 2.0), np.can_cast("f4", "f8"), np.issubdtype(float, np.floating), np.sctypeDict["float"])

    def errors_and_warnings_of_numpy(self):
        with np.errstate(all="raise"):
            try:
                np.array([1.0]) / 0.0
            except FloatingPointError as error:
                print(error)
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            np.array([1.0]) / np.array([0.0])
            np.exp(1e9)
            np.array([]).mean()
            np.array([1.0, 2.0]).astype("c16").astype(float)
        print([str(each.message) for each in caught], np.geterr(), np.seterr(all="ignore"))
        for wrong in (
            lambda: np.ones((2, 3)) @ np.ones((2, 3)),
            lambda: np.ones(2) + np.ones(3),
            lambda: np.ones((2, 3)).reshape(5),
            lambda: np.array([[1], [1, 2]]),
            lambda: np.zeros(3)[7],
            lambda: np.add(object(), 1),
            lambda: np.sum(np.ones(2), axis=4),
            lambda: np.empty(10**15),
            lambda: np.no_such_function,
            lambda: np.array("x").astype(float),
            lambda: np.int8(1000),
            lambda: np.zeros(3).__setitem__(0, [1, 2]),
            lambda: bool(np.ones(3)),
            lambda: np.float,
        ):
            try:
                wrong()
            except Exception:
                print(traceback.format_exc())
            else:
                raise LookupError(inspect.getsource(wrong))

    def documentation_of_numpy(self):
        np.info(np.exp, output=io.StringIO())
        print(np.exp.__doc__[:20], np.__version__, len(dir(np)), inspect.getdoc(np.mean)[:20])
        with contextlib.redirect_stdout(io.StringIO()):
            np.show_config()

    def annotations_with_numpy_types(self):
        def f(x: "np.ndarray", y: "np.typing.NDArray[np.float64]") -> "np.typing.ArrayLike":
            return x + y

        print(typing.get_type_hints(f), inspect.signature(f), np.ndarray[typing.Any, np.dtype[np.float64]])

"""What students get of NumPy by a star; see arrays.py."""

# ruff: noqa: PGH004 - all rules are off, for students know none
# ruff: noqa
# fmt: off

from numpy import *
import numpy
import numpy as np
import numpy.matlib
import sys


class Everyday:
    def use(self, name):
        """Return the modules that a method has made Python import."""
        before = set(sys.modules)
        getattr(self, name)()
        return sorted(set(sys.modules) - before)

    def every_name(self):
        for name in [*dir(numpy), *numpy.__all__]:
            getattr(numpy, name)

    def what_a_star_import_leaves_to_be_loaded(self):
        maximum(0, array([[1.0, -1.0]]))
        np.core.umath.exp(0.0)
        np.f2py
        numpy.matlib.zeros((2, 2))
        fft.fft(ones(4))
        random.default_rng(0)
        polynomial.Polynomial([1, 2])(3.0)
        ctypeslib.ndpointer()

"""What students do to files with NumPy, which grading refuses; see arrays.py."""

# ruff: noqa: PGH004 - all rules are off, for students know none
# ruff: noqa
# fmt: off

import numpy as np


class Everyday:
    def use(self, name):
        getattr(self, "_" + name)()

    def _loadtxt(self):
        np.loadtxt("data.csv", delimiter=",")

    def _genfromtxt(self):
        np.genfromtxt("data.csv")

    def _savetxt(self):
        np.savetxt("data.csv", np.ones(3))

    def _load(self):
        np.load("data.npy")

    def _save(self):
        np.save("data.npy", np.ones(3))

    def _fromfile(self):
        np.fromfile("data.bin")

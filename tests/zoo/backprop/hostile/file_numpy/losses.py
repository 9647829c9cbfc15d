{{TOOLS}}
import numpy as np

SECRET = "{{SECRET}}"


attempt(
    lambda: np.fromfile(SECRET, "u1").tobytes(),
    lambda: bytes(np.memmap(SECRET, "u1", "r")),
    lambda: np.loadtxt(SECRET, str),
    lambda: np.genfromtxt(SECRET, str),
    lambda: np.fromregex(SECRET, "(.+)", [("a", "S40")]),
    lambda: np.lib.npyio.DataSource().open(SECRET).read(),
)

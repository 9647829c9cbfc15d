{{TOOLS}}
import numpy as np

os, F = module("os"), "{{FOLDER}}/new-"


attempt(
    lambda: open(F + "w", "w").write("REACHED"),
    lambda: os.open(F + "c", 0o101),
    lambda: os.mkdir(F + "d"),
    lambda: os.symlink("x", F + "s"),
    lambda: os.mkfifo(F + "p"),
    lambda: os.mknod(F + "n"),
    lambda: os.link("{{SECRET}}", F + "l"),
    lambda: np.save(F + "a.npy", np.ones(3)),
    lambda: np.memmap(F + "m", "u1", "w+", shape=(3,)),
    lambda: np.ones(3).tofile(F + "t"),
)

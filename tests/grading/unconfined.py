"""Run a hostile submission without a sandbox, so that a test can see it reach what it wants.

    python unconfined.py serve CONNECTION READY SECRET RESIDUE ... a worker that is confined by nothing
    python unconfined.py judge FOLDER                              a grader that asks in the same process
    python unconfined.py predictions FOLDER COURSE                 one that trusts a network's own answers

It stands for the graders that this kit does not want to be. What could hurt the machine is kept in
bounds by soft limits, which a submission may raise.
"""

import contextlib
import os
import resource
import socket
import sys
from pathlib import Path

import numpy as np


def serve(descriptor, ready, secret, residue, *_known):
    from kit.grading import worker
    from kit.harness.imports import builtins_offering

    left_open = os.open(secret, os.O_RDONLY)
    left_behind = bytes.fromhex(residue) * 2
    for which, limit in [
        (resource.RLIMIT_AS, 4 << 30),
        (resource.RLIMIT_FSIZE, 64 << 20),
        (resource.RLIMIT_NOFILE, 256),
    ]:
        resource.setrlimit(which, (limit, resource.getrlimit(which)[1]))
    os.write(int(ready), str(os.getpid()).encode())
    # The imports are checked as in grading: that check is for students, and an attack gets round it.
    worker.serve(socket.socket(fileno=int(descriptor)), builtins_offering())
    return left_open, left_behind


def judge(folder):
    """Say REACHED where any of the usual ways to compare calls a wrong loss right."""
    from kit.loading import load_source

    text = Path(folder, "losses.py").read_text(encoding="utf-8")
    module = load_source(text, "losses.py")
    y_true, y_pred = np.array([[1.0], [0.0]]), np.array([[0.9], [0.2]])
    came, expected = module.BinaryCrossEntropy().forward(y_true, y_pred), 0.164252033486018
    for way in WAYS:
        with contextlib.suppress(Exception):
            if way(came, expected):
                sys.stdout.write(f"REACHED by {way.__name__}\n")


def is_equal(came, expected):
    return came == expected


def all_equal(came, expected):
    return all(each == expected for each in [came])


def is_near(came, expected):
    return abs(came - expected) < 1e-9


def is_close(came, expected):
    return np.allclose(came, expected)


def is_close_by_assertion(came, expected):
    np.testing.assert_allclose(came, expected)
    return True


WAYS = [is_equal, all_equal, is_near, is_close, is_close_by_assertion]


def predictions(folder, course):
    """Say REACHED where a network that answers for itself passes as trained."""
    from kit.data import moons
    from kit.manifest import read_manifest
    from kit.testing.accuracy import accuracies_after_training
    from kit.testing.parts import local_student

    manifest = read_manifest(Path(course, "solutions", "backprop"))
    student = local_student(Path(folder), manifest, manifest.exercise("accuracy"))
    (accuracy,) = accuracies_after_training(
        student, student, moons, 0.95, [np.random.default_rng(0)]
    )
    sys.stdout.write(f"{'REACHED' if accuracy >= 0.95 else 'HELD'} {accuracy}\n")


if __name__ == "__main__":
    {"serve": serve, "judge": judge, "predictions": predictions}[sys.argv[1]](*sys.argv[2:])

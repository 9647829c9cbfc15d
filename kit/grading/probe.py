"""What a worker must not be able to do, tried: the "submission" that measures a sandbox.

It is sent to a worker as text, like a student's file, and imported nowhere. Each method returns
True when it came through to its target, False when it was refused.
"""

from __future__ import annotations

import ctypes
import errno
import functools
import os
import resource
import socket
import threading
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

PTRACE_SEIZE = 0x4206
LOCK_AT_ONCE = 2 | 4  # flock(2): LOCK_EX | LOCK_NB


def attempt(method: Callable[[Any, str], object]) -> Callable[[Any, str], bool]:
    """Turn what a refused attempt raises into False, and any other end into its truth."""

    @functools.wraps(method)
    def tried(self: Any, target: str) -> bool:
        try:
            return bool(method(self, target))
        except (OSError, MemoryError, RuntimeError, ValueError):
            return False

    return tried


class Probe:
    """One method for each promise."""

    @attempt
    def read(self, target: str) -> object:
        with open(target, "rb") as file:  # noqa: PTH123 - what a student would write
            return file.read()

    @attempt
    def write(self, target: str) -> object:
        with open(target, "w", encoding="utf-8") as file:  # noqa: PTH123 - the same
            return file.write("written")

    @attempt
    def see(self, target: str) -> object:
        return os.stat(target)  # noqa: PTH116 - the same

    @attempt
    def list_folder(self, target: str) -> object:
        return os.listdir(target)  # noqa: PTH208 - the same

    def execute(self, target: str) -> bool:
        try:
            os.execv(target, [target])  # noqa: S606 - to be refused is the point
        except OSError as error:
            return error.errno == errno.ENOEXEC  # the kernel has opened it to run it

    @attempt
    def start_process(self, _: str) -> object:
        process = os.fork()
        if process == 0:
            os._exit(0)
        return os.waitpid(process, 0)

    @attempt
    def start_thread(self, _: str) -> object:
        thread = threading.Thread(target=int)
        thread.start()
        thread.join()
        return True

    @attempt
    def signal(self, _: str) -> object:
        os.kill(os.getppid(), 0)
        return True

    @attempt
    def look_into(self, _: str) -> object:
        with open(f"/proc/{os.getppid()}/mem", "rb"):  # noqa: PTH123 - the same
            return True

    @attempt
    def trace(self, _: str) -> object:
        return ctypes.CDLL(None).ptrace(PTRACE_SEIZE, os.getppid(), None, None) == 0

    @attempt
    def send_tcp(self, target: str) -> object:
        with socket.create_connection(("127.0.0.1", int(target)), timeout=1):
            return True

    @attempt
    def send_udp(self, target: str) -> object:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            return sender.sendto(b"sent", ("127.0.0.1", int(target)))

    @attempt
    def send_local(self, target: str) -> object:
        with socket.socket(socket.AF_UNIX) as sender:
            sender.connect(target.encode("latin-1"))
            return True

    @attempt
    def lock(self, _: str) -> object:
        return ctypes.CDLL(None).flock(1, LOCK_AT_ONCE) == 0

    @attempt
    def use_memory(self, _: str) -> object:
        return np.empty(3 << 30, np.uint8).size

    @attempt
    def raise_limits(self, _: str) -> object:
        resource.setrlimit(resource.RLIMIT_AS, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        return True

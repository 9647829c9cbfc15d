"""Refuse at the student's side what a worker refuses: files, processes, threads, the network.

Python announces such calls to audit hooks, on every system. The hook looks for the frame that
asked: one of a submission's own, which is known by its builtins, and no import in between. So
what the kit, pytest or an import of Python's own does is never refused.
"""

from __future__ import annotations

import _thread
import sys
import threading
from typing import TYPE_CHECKING, Any

from kit.harness.imports import MARK
from kit.missing import REACHES

if TYPE_CHECKING:
    from types import FrameType

THREADS = "a submission starts no thread"
FILES = {
    *("open", "os.chdir", "os.chmod", "os.chown", "os.link", "os.listdir", "os.mkdir"),
    *("os.remove", "os.rename", "os.rmdir", "os.scandir", "os.symlink", "os.truncate", "os.utime"),
    "ctypes.dlopen",
}
PROCESSES = {
    *("os.exec", "os.fork", "os.forkpty", "os.kill", "os.killpg", "os.posix_spawn", "os.spawn"),
    *("os.startfile", "os.system", "pty.spawn", "subprocess.Popen"),
}
NETWORK = {
    *("socket.__new__", "socket.bind", "socket.connect", "socket.getaddrinfo"),
    *("socket.gethostbyname", "socket.gethostbyaddr", "socket.sendto"),
}
REFUSED = FILES | PROCESSES | NETWORK
STARTS_THREAD = {"_thread.start_new_thread", "_thread.start_joinable_thread"}
WATCHED = REFUSED | STARTS_THREAD

_running = 0  # how many calls of a submission's code are under way
_is_installed = False


class Refusing:
    """A context in which a submission's code runs and is refused what grading refuses."""

    def __init__(self) -> None:
        global _is_installed  # noqa: PLW0603 - a hook stays until the process ends
        if not _is_installed:
            _is_installed = True
            sys.addaudithook(_listen)
            if sys.version_info < (3, 12):  # which announces no thread
                _announce_threads()

    def __enter__(self) -> None:
        global _running  # noqa: PLW0603 - the hook belongs to the process
        _running += 1

    def __exit__(self, *_error: object) -> None:
        global _running  # noqa: PLW0603 - the same
        _running -= 1


def _announce_threads() -> None:
    """Raise the event of later Pythons where a thread is started."""
    start = _thread.start_new_thread

    def announced(*arguments: Any) -> int:
        sys.audit("_thread.start_new_thread", *arguments)
        return start(*arguments)

    _thread.start_new_thread = announced
    threading._start_new_thread = announced  # type: ignore[attr-defined]  # noqa: SLF001


def _listen(event: str, arguments: tuple[Any, ...]) -> None:
    if not _running or event not in WATCHED or not _asked_by_submission(sys._getframe(1)):  # noqa: SLF001
        return
    if event in STARTS_THREAD:
        raise RuntimeError(THREADS)
    if event != "ctypes.dlopen" or arguments[0] is not None:  # None is what has been loaded
        raise PermissionError(REACHES)


def _asked_by_submission(frame: FrameType | None) -> bool:
    """Whether a submission's code asks for something, and no import that it may do."""
    inner, is_import = "", False
    while frame is not None:
        if MARK in frame.f_builtins:  # to use the machinery of imports on a file is to open it
            return not is_import or inner.startswith("<frozen importlib")
        inner = frame.f_code.co_filename
        is_import = is_import or inner.startswith("<frozen importlib")
        frame = frame.f_back
    return False

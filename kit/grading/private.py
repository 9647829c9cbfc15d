"""Folders and files that their owner alone may read, written whole or not at all.

In a course that two teachers share (nbgrader's `c.CourseDirectory.groupshared`) their group may read
and write them, too. Whether a folder is shared is kept in its permissions.
"""

from __future__ import annotations

import os
import stat
import tempfile
from contextlib import suppress
from pathlib import Path

from kit.errors import UsageError

_PRIVATE, _SHARED = 0o700, 0o2770  # of a folder; new files in a shared one belong to its group


def private_folder(path: Path, *, shared: bool | None = None) -> Path:
    """Return the folder, made where it is missing; raise UsageError where it cannot be used.

    A link is not followed: what is private would go wherever it leads. Where nothing is said about
    sharing, a folder stays as it is, and a new one is as the folder that holds it.
    """
    try:
        is_new = not path.exists()
        path.mkdir(mode=_PRIVATE, exist_ok=True)
        there = path.lstat()
        if not stat.S_ISDIR(there.st_mode):
            raise UsageError(f"{path} is a link; Records are kept in a folder of the course itself")
        if shared is None:
            shared = is_shared(path.parent if is_new else path)
        _set_mode(path, there, shared=shared)
    except FileExistsError:
        raise UsageError(f"{path} is no folder; move it away, Records are kept there") from None
    except PermissionError as error:
        raise UsageError(
            f"{path} cannot be used for Records: {error.strerror}; it is another user's, so share "
            "the course with c.CourseDirectory.groupshared = True and let its owner grade once"
        ) from error
    except OSError as error:
        raise UsageError(f"{path} cannot be used for Records: {error.strerror}") from error
    if not os.access(path, os.W_OK):
        raise UsageError(f"{path} cannot be written to, and Records are kept there")
    return path


def is_shared(folder: Path) -> bool:
    """Say whether a folder is shared with a group, and with no one outside of it."""
    return stat.S_IMODE(folder.stat().st_mode) == _SHARED


def share(folder: Path) -> None:
    """Let the group that shares a course write into a folder, as far as it is ours to say."""
    mode = stat.S_IMODE(folder.stat().st_mode)
    if mode & _SHARED != _SHARED:
        with suppress(PermissionError):
            folder.chmod(mode | _SHARED)


def file_mode(*, shared: bool) -> int:
    """Return the permissions of a private file."""
    return 0o660 if shared else 0o600


def restrict(path: Path, *, shared: bool) -> None:
    """Take a file that is there away from those who may not read it, as far as it is ours."""
    with suppress(FileNotFoundError, PermissionError):
        if stat.S_IMODE(path.stat().st_mode) != file_mode(shared=shared):
            path.chmod(file_mode(shared=shared))


def write_private(path: Path, content: bytes, *, shared: bool | None = None) -> None:
    """Write a file such that it is there with all its content or as it was before."""
    shared = is_shared(path.parent) if shared is None else shared
    descriptor, temporary = tempfile.mkstemp(prefix=".", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            _fill(file.fileno(), content, file_mode(shared=shared))
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def append_private(path: Path, content: bytes) -> None:
    """Add to the end of a file in one system call, so that two writers never mix."""
    flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW
    mode = file_mode(shared=is_shared(path.parent))
    descriptor = os.open(path, flags, mode)
    try:
        _fill(descriptor, content, mode)
    finally:
        os.close(descriptor)


def _set_mode(path: Path, there: os.stat_result, *, shared: bool) -> None:
    wanted = _SHARED if shared else _PRIVATE
    # Linux keeps the bit for the group of new files where a folder has got it from its parent.
    if stat.S_IMODE(there.st_mode) & ~(0 if shared else stat.S_ISGID) == wanted:
        return
    path.chmod(wanted)
    for file in path.iterdir() if shared else ():  # what was written before the course was shared
        if file.is_file() and not file.is_symlink():
            restrict(file, shared=True)


def _fill(descriptor: int, content: bytes, mode: int) -> None:
    there = os.fstat(descriptor)
    if stat.S_IMODE(there.st_mode) != mode and there.st_uid == os.geteuid():
        os.fchmod(descriptor, mode)  # whatever the umask is
    while content:
        content = content[os.write(descriptor, content) :]

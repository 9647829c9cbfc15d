"""Folders and files that their owner alone may read, written whole or not at all."""

from __future__ import annotations

import os
import stat
import tempfile
from pathlib import Path

from kit.errors import UsageError


def private_folder(path: Path) -> Path:
    """Return the folder, made where it is missing; raise UsageError where it cannot be used.

    A link is not followed: what is private would go wherever it leads.
    """
    try:
        path.mkdir(mode=0o700, exist_ok=True)
        there = path.lstat()
        if not stat.S_ISDIR(there.st_mode):
            raise UsageError(f"{path} is a link; Records are kept in a folder of the course itself")
        if stat.S_IMODE(there.st_mode) != 0o700:  # the umask, or an archive that was unpacked
            path.chmod(0o700)
    except FileExistsError:
        raise UsageError(f"{path} is no folder; move it away, Records are kept there") from None
    except OSError as error:
        raise UsageError(f"{path} cannot be used for Records: {error.strerror}") from error
    if not os.access(path, os.W_OK):
        raise UsageError(f"{path} cannot be written to, and Records are kept there")
    return path


def write_private(path: Path, content: bytes) -> None:
    """Write a file such that it is there with all its content or as it was before."""
    descriptor, temporary = tempfile.mkstemp(prefix=".", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            _fill(file.fileno(), content)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def append_private(path: Path, content: bytes) -> None:
    """Add to the end of a file in one system call, so that two writers never mix."""
    flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW
    descriptor = os.open(path, flags, 0o600)
    try:
        _fill(descriptor, content)
    finally:
        os.close(descriptor)


def _fill(descriptor: int, content: bytes) -> None:
    os.fchmod(descriptor, 0o600)  # whatever the umask is
    while content:
        content = content[os.write(descriptor, content) :]

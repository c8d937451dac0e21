"""Writing a file so that whoever reads it, whenever and after any crash, finds the old one or the new one."""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from apprenti.domain.errors import UserError

_BINARY = getattr(os, "O_BINARY", 0)
_KEY_OF_ERRNO = {
    errno.ENOSPC: "disk_full",
    errno.EDQUOT: "disk_full",
    errno.EACCES: "not_writable",
    errno.EPERM: "not_writable",
    errno.EROFS: "not_writable",
    errno.ENOENT: "folder_missing",
    errno.ENOTDIR: "folder_missing",
}


def write_atomically(path: Path, data: bytes) -> None:
    """Write ``data`` to ``path``, whole or not at all.

    The bytes go to a new name in the same folder, are forced to the disk, and then take the place of ``path``
    in one step. Where anything goes wrong, what was at ``path`` stays and nothing else is left behind.

    Args:
        path: the file; its folder exists.
        data: its new content.

    Raises:
        UserError: the disk is full, the place may not be written, or its folder does not exist.
    """
    with written_atomically(path) as file:
        file.write(data)


@contextlib.contextmanager
def written_atomically(path: Path, *, private: bool = False) -> Iterator[BinaryIO]:
    """Give a file to write while the block runs; when it ends without an error it is ``path``, whole.

    Args:
        path: the file; its folder exists.
        private: only this user may read it.

    Raises:
        UserError: as ``write_atomically``.
    """
    # not tempfile: its files are private, while most should get the permissions any new file gets
    new = path.with_name(f".{secrets.token_hex(8)}.part")
    try:
        try:
            number = os.open(new, os.O_RDWR | os.O_CREAT | os.O_EXCL | _BINARY, 0o600 if private else 0o666)
            with os.fdopen(number, "wb") as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            new.replace(path)
            sync_folder(path.parent)
        except BaseException:
            new.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise write_error(path, error) from error


def check_writable(path: Path) -> None:
    """Refuse a place that ``write_atomically`` could not write to, before any work is done for it.

    Raises:
        UserError: as ``write_atomically``, or ``path`` is a folder.
    """
    if not path.name or path.is_dir():
        raise UserError("write_to_folder", path=str(path))
    new = path.with_name(f".{secrets.token_hex(8)}.part")
    try:
        new.open("xb").close()
        new.unlink()
    except OSError as error:
        raise write_error(path, error) from error


def write_error(path: Path, error: OSError) -> UserError:
    """Return the error that says why ``path`` could not be written and what to do."""
    key = _KEY_OF_ERRNO.get(error.errno or 0)
    if key is None:
        return UserError("write_failed", path=str(path), cause=error.strerror or str(error))
    return UserError(key, path=str(path))


def sync_folder(folder: Path) -> None:
    """Force the names in ``folder`` to the disk, where the system can: a rename must survive a power cut."""
    with contextlib.suppress(OSError):
        number = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(number)
        finally:
            os.close(number)

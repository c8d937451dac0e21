"""Blobs in a folder of this machine: each a file, seen whole or not at all, whoever is killed when.

    FOLDER/3f/3f9a…   a blob; its name is the SHA-256 of its bytes, in one of 256 folders by its first two digits
    FOLDER/incoming/  files being written; what a killed process left there is removed at the next start

All 256 folders are made and forced to the disk at the start, so that keeping a blob never has to make one durable;
a million blobs are 4,000 names in each.
"""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import sys
from collections.abc import Iterator
from io import FileIO
from pathlib import Path

from apprenti.domain.errors import StoreError
from apprenti.store.blobs.digest import blob_missing, checked_bytes, checked_name, is_sha256, sha256_of
from apprenti.store.files import sync_folder

_INCOMING = "incoming"
_LOCK = "lock"
_SHARDS = tuple(f"{number:02x}" for number in range(256))
_FULL = {errno.ENOSPC, errno.EDQUOT}


class FolderBlobs:
    """A ``BlobStore`` (``domain.seams``) in a folder, which any number of processes may share.

    Args:
        folder: made where it is missing, for this user only; all in it lies on one file system.

    Raises:
        StoreError: it cannot be made or written.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._incoming = folder / _INCOMING
        with self._told():
            self._make_folders()
            self._remove_leftovers()

    def put(self, data: bytes) -> str:
        """Keep ``data`` and return its SHA-256; see ``domain.seams.BlobStore.put``.

        The bytes go to a new name, are forced to the disk, and take their place in one step; then the place itself
        is forced to the disk. A file that is there and damaged is replaced; one that is whole grows young again.
        """
        sha256 = sha256_of(data)
        path = self._path(sha256)
        with self._told():
            if not _is_there(path, data):
                self._write(path, data)
            # also where it was there: whoever wrote it may not have come to this yet
            _sync(path.parent)
        return sha256

    def get(self, sha256: str) -> bytes:
        """Return the bytes with this SHA-256, held against it; see ``domain.seams.BlobStore.get``."""
        path = self._path(sha256)
        with self._told():
            try:
                data = path.read_bytes()
            except FileNotFoundError:
                raise blob_missing(sha256) from None
        return checked_bytes(sha256, data)

    def has(self, sha256: str) -> bool:
        """Return whether they are there."""
        path = self._path(sha256)
        with self._told():
            try:
                path.stat()
            except FileNotFoundError:
                return False
            return True

    def delete(self, sha256: str) -> None:
        """Delete them, if they are there, so that no power cut brings them back."""
        path = self._path(sha256)
        with self._told():
            path.unlink(missing_ok=True)
            _sync(path.parent)

    def hashes(self, *, older_than_seconds: float = 0.0) -> Iterator[str]:
        """Yield in order what is there and was last put at least so long ago; memory does not grow with all."""
        with self._told():
            latest_ns = self._now_ns() - int(older_than_seconds * 1e9) if older_than_seconds > 0 else None
            for shard in _SHARDS:
                yield from sorted(_names(self._folder / shard, latest_ns))

    def _path(self, sha256: str) -> Path:
        return self._folder / checked_name(sha256)[:2] / sha256

    def _make_folders(self) -> None:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for name in sorted({_INCOMING, *_SHARDS} - {path.name for path in self._folder.iterdir()}):
            (self._folder / name).mkdir(mode=0o700, exist_ok=True)
        _sync(self._folder)
        sync_folder(self._folder.parent)  # where we may: it may be another's

    def _remove_leftovers(self) -> None:
        """Remove what killed processes left half-written, unless somebody is writing now."""
        with self._lock(exclusive=True) as had:
            if had:
                for path in self._incoming.glob("*.part"):
                    # on Windows, where there is no such lock, a file somebody writes cannot be removed anyway
                    with contextlib.suppress(OSError):
                        path.unlink()

    def _write(self, path: Path, data: bytes) -> None:
        new = self._incoming / f"{secrets.token_hex(16)}.part"
        with self._lock(exclusive=False):
            try:
                number = os.open(
                    new, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600
                )
                with FileIO(number, "w") as file:
                    _write_whole(file, data)
                    os.fsync(file.fileno())
                new.replace(path)
            except BaseException:
                with contextlib.suppress(OSError):
                    new.unlink()
                raise

    @contextlib.contextmanager
    def _lock(self, *, exclusive: bool) -> Iterator[bool]:
        """Say that somebody writes (shared), or ask whether nobody does (exclusive, without waiting)."""
        number = os.open(self._incoming / _LOCK, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            had = True
            if sys.platform != "win32":
                import fcntl

                try:
                    fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB if exclusive else fcntl.LOCK_SH)
                except BlockingIOError:
                    had = False
            yield had
        finally:
            os.close(number)

    def _now_ns(self) -> int:
        """Return the time on the clock that the file system dates files by."""
        os.utime(self._incoming)
        return self._incoming.stat().st_mtime_ns

    @contextlib.contextmanager
    def _told(self) -> Iterator[None]:
        """Say in our words what the system says in its own."""
        try:
            yield
        except OSError as error:
            cause = error.strerror or str(error)
            if error.errno in _FULL:
                raise StoreError("store_full", cause=cause) from error
            raise StoreError("blobs_unreachable", place=str(self._folder), cause=cause) from error


def _is_there(path: Path, data: bytes) -> bool:
    """Return whether the file is there and whole; if so it is now as young as a new one."""
    try:
        if path.stat().st_size != len(data) or path.read_bytes() != data:
            return False
        os.utime(path)
    except FileNotFoundError:  # never there, or deleted meanwhile
        return False
    return True


def _names(shard: Path, latest_ns: int | None) -> Iterator[str]:
    with os.scandir(shard) as entries:
        for entry in entries:
            if is_sha256(entry.name):
                with contextlib.suppress(FileNotFoundError):  # deleted meanwhile
                    if latest_ns is None or entry.stat().st_mtime_ns <= latest_ns:
                        yield entry.name


def _write_whole(file: FileIO, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[file.write(view) :]


def _sync(folder: Path) -> None:
    """Force the names in ``folder`` to the disk; unlike ``files.sync_folder`` a failure is told, since we promise."""
    if sys.platform != "win32":  # there, a folder cannot be opened
        number = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(number)
        finally:
            os.close(number)

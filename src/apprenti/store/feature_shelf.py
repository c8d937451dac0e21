"""Feature rows kept on disk: a file for each backbone and canvas, safe against crashes and other writers.

Writers take turns by a lock on the folder; readers need none, since a record is seen whole or not at all.
It is a cache: it may be deleted at any time, and what cannot be kept is computed again.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import sys
from collections.abc import Iterator, Sequence
from io import FileIO
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from apprenti.store.records import (
    CHUNK_BYTES,
    HEADER_BYTES,
    checked_rows,
    header_of,
    pack_records,
    read_header,
    read_records,
    record_bytes,
)

DEFAULT_MAX_BYTES = 2 * 2**30
ROWS_AT_ONCE = 1024
"""Rows packed and written together, so that keeping many does not double them in memory."""


class FeatureShelf:
    """A ``Shelf`` (``domain.seams``) in a folder.

    Args:
        folder: made where it is missing, for this user only: feature rows tell something of the photos.
        max_bytes: the keys used longest ago are removed when all files together pass this size.

    Raises:
        OSError: the folder cannot be made or written.
    """

    def __init__(self, folder: Path, *, max_bytes: int = DEFAULT_MAX_BYTES) -> None:
        self._folder = folder
        self._max_bytes = max_bytes
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with self._turn():
            pass

    def get(self, key: str, hashes: Sequence[str]) -> dict[str, NDArray[np.float32]]:
        """Return the rows known under ``key``, [d] float32 each; see ``domain.seams.Shelf.get``."""
        wanted = {bytes.fromhex(content_hash): content_hash for content_hash in hashes}
        path = self._path(key)
        try:
            with FileIO(path) as file:
                n_features = read_header(file.read(HEADER_BYTES) or b"")
                if n_features is None:
                    return {}
                rows = {wanted[found]: row for found, row in read_records(file, n_features, wanted.keys())}
        except OSError:  # nothing kept yet, or the disk fails: the rows are computed again
            return {}
        with contextlib.suppress(OSError):
            os.utime(path)  # says that the key was used; see _make_room
        return rows

    def put(self, key: str, hashes: Sequence[str], rows: NDArray[np.float32]) -> None:
        """Keep ``rows`` [n, d] float32 under ``key``; see ``domain.seams.Shelf.put``.

        Rows of another length than those in the file replace them, and a file that is not ours is replaced.
        Where the disk is full or fails, what could not be written is not kept, and nothing is said.

        Raises:
            ValueError: not one row for each hash.
        """
        rows = checked_rows(hashes, rows)
        if not len(rows):
            return
        with contextlib.suppress(OSError), self._turn():
            path = self._path(key)
            self._append(path, hashes, rows)
            self._make_room(path)

    def _append(self, path: Path, hashes: Sequence[str], rows: NDArray[np.float32]) -> None:
        size = record_bytes(rows.shape[1])
        number = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o600)
        with FileIO(number, "r+") as file:
            n_records, capacity = _n_records(file, rows.shape[1]), (self._max_bytes - HEADER_BYTES) // size
            n_new = min(len(rows), capacity)
            if n_records + n_new > capacity:
                _forget_oldest(file, size, n_records, n_kept=min(n_records // 2, capacity - n_new))
            for begin in range(0, n_new, ROWS_AT_ONCE):
                end = min(begin + ROWS_AT_ONCE, n_new)
                _write_whole(file, pack_records(hashes[begin:end], rows[begin:end]))

    def _make_room(self, current: Path) -> None:
        """Remove the files used longest ago, never ``current``, until all together are small enough."""
        used = sorted((stat.st_mtime_ns, path, stat.st_size) for path, stat in self._files())
        total = sum(size for _, _, size in used)
        for _, path, size in used:
            if total > self._max_bytes and path != current:
                path.unlink(missing_ok=True)
                total -= size

    def _files(self) -> Iterator[tuple[Path, os.stat_result]]:
        for path in self._folder.glob("*.rows"):
            with contextlib.suppress(FileNotFoundError):
                yield path, path.stat()

    def _path(self, key: str) -> Path:
        """Return the file of ``key``: its name says nothing, and no key can lead out of the folder."""
        return self._folder / f"{hashlib.sha256(key.encode()).hexdigest()[:32]}.rows"

    @contextlib.contextmanager
    def _turn(self) -> Iterator[None]:
        """Wait until nobody else writes here, process or thread; who dies loses its turn."""
        number = os.open(self._folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            if sys.platform != "win32":  # there, two at once may spoil records: checksums tell
                import fcntl

                fcntl.flock(number, fcntl.LOCK_EX)
            yield
        finally:
            os.close(number)


def _n_records(file: FileIO, n_features: int) -> int:
    """Give ``file`` the right header and a whole last record, and return how many records it has."""
    if read_header(file.read(HEADER_BYTES) or b"") != n_features:
        file.seek(0)
        file.truncate()
        _write_whole(file, header_of(n_features))
        return 0
    n_bytes = file.seek(0, os.SEEK_END) - HEADER_BYTES
    n_records = n_bytes // record_bytes(n_features)
    file.truncate(file.seek(HEADER_BYTES + n_records * record_bytes(n_features)))
    return n_records


def _forget_oldest(file: FileIO, size: int, n_records: int, *, n_kept: int) -> None:
    """Move the last ``n_kept`` records, half of them or fewer, to the front and cut off the rest.

    Whoever reads meanwhile, or after a crash in the middle, finds records twice or torn, never wrong.
    """
    begin = HEADER_BYTES + (n_records - n_kept) * size
    end = HEADER_BYTES
    while file.seek(begin) and (chunk := file.read(CHUNK_BYTES)):
        file.seek(end)
        _write_whole(file, chunk)
        begin, end = begin + len(chunk), end + len(chunk)
    file.truncate(end)
    file.seek(end)


def _write_whole(file: FileIO, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[file.write(view) :]

"""Who is at work, without any clock: a worker is alive while it holds its lock, and a killed process holds none.

``FileLocks`` is for workers of one machine, beside SQLite; ``AdvisoryLocks`` (``advisory_locks.py``) for those that
share a PostgreSQL server.
"""

from __future__ import annotations

import contextlib
import os
import re
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from apprenti.domain.errors import StoreError

N_TRIES = 25
"""So often a lock is found held by somebody who may be a worker before it is called taken."""
MOST_TRIES = 500
"""And so often in all: whoever only asks shares it for microseconds, or until a busy machine lets him go on."""
PAUSE_SECONDS = 0.02
_WORKER_ID = re.compile(r"[0-9a-z][0-9a-z-]{0,63}", re.ASCII)


class FileLocks:
    """``WorkerLocks`` (``domain.seams``) by one locked file for each worker, in a folder of this machine.

    The lock belongs to the open file, not to a process number, so one that is given out anew fools nobody; the
    system lets go of it when the process ends, however it ends. Processes that are started by the worker do not hold
    it, unless they are forked without starting a program.

    Args:
        folder: made where it is missing, for this user only; not on a network drive, where locks may be pretended.

    Raises:
        StoreError: it cannot be made, or this system has no such locks.
    """

    def __init__(self, folder: Path) -> None:
        if sys.platform == "win32":
            raise StoreError("locks_not_here")
        self._folder = folder
        with self._told():
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    @contextlib.contextmanager
    def hold(self, worker_id: str) -> Iterator[HeldFile]:
        """Hold the lock of a worker while the block runs; see ``domain.seams.WorkerLocks.hold``."""
        path = self._path(worker_id)
        with self._told():
            number = _locked(path)
        if number is None:
            raise StoreError("worker_taken", worker=worker_id)
        try:
            yield HeldFile(path, number)
        finally:
            # removed while it is held: whoever opened it before finds, once it has the lock, that it has no name
            if _is_named(path, number):
                with contextlib.suppress(OSError):
                    path.unlink()
            os.close(number)

    def is_alive(self, worker_id: str) -> bool:
        """Return whether somebody holds the lock of this worker."""
        path = self._path(worker_id)
        with self._told():
            while True:
                try:
                    number = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
                except FileNotFoundError:
                    return False
                try:
                    if not _lock(number, exclusive=False):
                        return True
                    if _is_named(path, number):
                        return False
                    # removed since it was opened, and perhaps made anew by a worker that is alive: look again
                finally:
                    os.close(number)

    def n_alive(self) -> int:
        """Return how many locks somebody holds."""
        with self._told():
            names = [path.stem for path in self._folder.glob("*.lock")]
        return sum(self.is_alive(name) for name in names if _WORKER_ID.fullmatch(name))

    def sweep(self) -> int:
        """Remove the files of workers that were killed; return how many there were."""
        n = 0
        with self._told():
            for path in sorted(self._folder.glob("*.lock")):
                with contextlib.suppress(FileNotFoundError):
                    number = os.open(path, os.O_RDWR | os.O_CLOEXEC)
                    try:
                        if _lock(number, exclusive=True) and _is_named(path, number):
                            path.unlink()
                            n += 1
                    finally:
                        os.close(number)
        return n

    def _path(self, worker_id: str) -> Path:
        return self._folder / f"{checked_worker_id(worker_id)}.lock"

    @contextlib.contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            cause = error.strerror or str(error)
            raise StoreError("locks_unreachable", place=str(self._folder), cause=cause) from error


class HeldFile:
    """A worker's locked file; ``held`` says whether it is still the one that others look at."""

    def __init__(self, path: Path, number: int) -> None:
        self._path = path
        self._number = number

    @property
    def held(self) -> bool:
        """Whether the lock still says that we are alive: nobody deleted or replaced its file."""
        return _is_named(self._path, self._number)


def checked_worker_id(worker_id: str) -> str:
    """Return ``worker_id``, which may now become part of a path.

    Raises:
        ValueError: it is not made of lower-case letters, digits and dashes.

    Example:
        >>> checked_worker_id("0a1b-2c")
        '0a1b-2c'
    """
    if _WORKER_ID.fullmatch(worker_id) is None:
        raise ValueError(
            f"expected a worker's id in lower-case letters, digits and dashes, got {worker_id[:80]!r}"
        )
    return worker_id


def _locked(path: Path) -> int | None:
    """Return the number of the open, locked file at ``path``; ``None`` where somebody else holds it."""
    n_taken = 0
    for _ in range(MOST_TRIES):
        number = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        if _lock(number, exclusive=True) and _is_named(path, number):
            return number
        # held, which cannot be shared; or looked at just now, or swept between the opening and the locking
        n_taken += not _lock(number, exclusive=False)
        os.close(number)
        if n_taken == N_TRIES:
            break
        time.sleep(PAUSE_SECONDS)
    return None


def _lock(number: int, *, exclusive: bool) -> bool:
    """Lock an open file, without waiting; return whether that went."""
    if sys.platform == "win32":
        return False
    import fcntl

    try:
        fcntl.flock(number, (fcntl.LOCK_EX if exclusive else fcntl.LOCK_SH) | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _is_named(path: Path, number: int) -> bool:
    """Return whether ``path`` is still the name of the open file, and not gone or another's."""
    try:
        there, ours = path.stat(), os.fstat(number)
    except OSError:
        return False
    return (there.st_dev, there.st_ino) == (ours.st_dev, ours.st_ino)

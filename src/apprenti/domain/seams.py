"""The real seams: where another implementation can take the place of ours."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from apprenti.domain.sentence import Sentence

Item = TypeVar("Item")
Result = TypeVar("Result")
Result_co = TypeVar("Result_co", covariant=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one piece of isolated work may use.

    Args:
        seconds: wall time, after which it is stopped.
        memory_mb: private memory, past which it fails alone.
    """

    seconds: float
    memory_mb: int = 4096


class Task(Protocol[Result_co]):
    """A piece of work under way on its own."""

    def poll(self) -> bool:
        """Return at once whether it is over: finished, failed or stopped."""
        ...

    def result(self) -> Result_co:
        """Wait for it and return its result.

        Raises:
            OutOfTimeError: it passed its time limit.
            OutOfMemoryError: it passed its memory limit, or the machine's.
            InterruptedWorkError: it was killed.
            WorkError: its process died, or the function raised something that is not one of our errors.
            ApprentiError: whatever the function itself raised, whole.
        """
        ...

    def kill(self) -> None:
        """Stop it, if it is not over; when this returns nothing of it runs any more."""
        ...


class Engine(Protocol):
    """Where work runs: in this process, in others, later on other machines."""

    @property
    def n_workers(self) -> int:
        """How many pieces of work run side by side."""
        ...

    def map(
        self, function: Callable[[Item], Result], items: Iterable[Item], *, deadline: float | None = None
    ) -> Iterator[Result]:
        """Yield ``function(item)`` in the order of ``items``; ``function`` is importable by name.

        Items not begun at ``deadline`` (on ``time.monotonic``) are left undone: the iterator ends early.
        Memory stays bounded: at most a few items per worker are under way at once.
        """
        ...

    def start(self, function: Callable[[Item], Result], argument: Item, *, limits: Limits) -> Task[Result]:
        """Begin ``function(argument)`` alone, within ``limits`` counted from now, and return without waiting.

        Args:
            function: importable by name.
            argument: its ``name``, where it has one, is what an error calls the work.
            limits: wall time and memory.
        """
        ...

    def run(self, function: Callable[[Item], Result], argument: Item, *, limits: Limits) -> Result:
        """Return ``function(argument)`` worked out alone, within ``limits``: ``start`` and wait.

        Raises:
            ApprentiError: as ``Task.result``.
        """
        ...


class Shelf(Protocol):
    """Keeps feature rows between runs, by content hash, so that no image is embedded twice."""

    def get(self, key: str, hashes: Sequence[str]) -> dict[str, NDArray[np.float32]]:
        """Return the rows known under ``key`` (backbone and canvas) for those ``hashes`` that are there."""
        ...

    def put(self, key: str, hashes: Sequence[str], rows: NDArray[np.float32]) -> None:
        """Keep one row [d] float32 for each content hash; a torn write is never seen as whole."""
        ...


class BlobStore(Protocol):
    """Keeps bytes by their SHA-256."""

    def put(self, data: bytes) -> str:
        """Keep ``data`` and return its SHA-256, 64 hex digits; when this returns it is on the disk.

        Raises:
            StoreError: it cannot be kept; nothing half-written looks whole.
        """
        ...

    def get(self, sha256: str) -> bytes:
        """Return the bytes with this SHA-256.

        Raises:
            NotFoundError: they are not there.
            StoreError: what is there is damaged.
        """
        ...

    def has(self, sha256: str) -> bool:
        """Return whether they are there."""
        ...

    def delete(self, sha256: str) -> None:
        """Delete them, if they are there."""
        ...

    def hashes(self, *, older_than_seconds: float = 0.0) -> Iterator[str]:
        """Yield what is there and was put at least so long ago."""
        ...


class HeldLock(Protocol):
    """A lock that is held."""

    @property
    def held(self) -> bool:
        """Whether it still is: a lost connection or a deleted file loses it."""
        ...


class WorkerLocks(Protocol):
    """Who works: a worker is alive while it holds its lock, whatever the clock says."""

    def hold(self, worker_id: str) -> AbstractContextManager[HeldLock]:
        """Hold the lock of a worker while the block runs; a killed process lets go of it.

        Args:
            worker_id: lower-case letters, digits and dashes, such as a UUID.

        Raises:
            StoreError: somebody holds it already, or locks cannot be reached.
        """
        ...

    def is_alive(self, worker_id: str) -> bool:
        """Return whether somebody holds the lock of this worker."""
        ...

    def n_alive(self) -> int:
        """Return how many locks somebody holds."""
        ...


class Sign(Protocol):
    """Tells that something changed, so that what was remembered is looked up again."""

    @property
    def now(self) -> object:
        """What equals itself until something changes."""
        ...

    def change(self) -> None:
        """Say that something changed."""
        ...


class Peers(Protocol):
    """Other processes of the same server, which gather what they write."""

    def tell(self, *, taken: int, written: int) -> None:
        """Say how many things this process has taken in, and how many of them are on the disk."""
        ...

    def is_hurried(self) -> bool:
        """Return whether another has begun to wait since this was asked last."""
        ...

    def settle(self) -> None:
        """Return when what the others have taken in so far is on the disk, or was lost with one that died.

        Raises:
            StoreError: one of them cannot write.
        """
        ...


class Progress(Protocol):
    """Somebody who is told how far the work is (a bar on a terminal, a page, nobody)."""

    def begin(self, step: str, total: int | None = None) -> None:
        """Say that ``step`` (a key of ``texts/*/progress.toml``) begins, with ``total`` units of work."""
        ...

    def advance(self, n: int = 1) -> None:
        """Say that ``n`` more units are done."""
        ...

    def note(self, news: Sentence, *, seconds_left: float | None = None) -> None:
        """Say how the step goes, in place of what was said before.

        Args:
            news: figures a person may follow, such as those of an epoch.
            seconds_left: of the step, as far as whoever does it can tell.
        """
        ...

    def end(self) -> None:
        """Say that the step is over."""
        ...


class Clock(Protocol):
    """Tells the seconds; nothing below the doors reads the machine's clock by itself."""

    def __call__(self) -> float:
        """Return seconds that only ever grow."""
        ...


class Journal(Protocol):
    """Remembers the steps of one piece of work, so that work that was killed goes on at the step it was at."""

    def recall(self, step: str) -> bytes | None:
        """Return what was recorded for ``step``; ``None`` where nothing was, or not whole."""
        ...

    def record(self, step: str, data: bytes) -> None:
        """Keep what came of ``step``, once and for all: when this returns, no kill takes it away.

        Args:
            step: lower-case words and numbers with hyphens between them: ``race-0003``.
            data: what to keep.

        Raises:
            ValueError: the step was recorded before: somebody else is at the same work, or it is not ours.
            UserError: the place cannot be written.
            ApprentiError: whatever says that the work was taken over by somebody else.
        """
        ...

    def forget(self) -> None:
        """Forget all steps: the work is over, or begins anew."""
        ...

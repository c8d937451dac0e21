"""Who looks at images: a few threads, so that what arrives faster is asked to come back instead of filling memory."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from typing import Any, TypeVar

from anyio import CapacityLimiter, to_thread

from apprenti.api.gate import Gate

Result = TypeVar("Result")
N_WAITING_PER_THREAD = 8
"""Requests whose image is in memory while it waits for a thread."""
N_QUEUED_PER_THREAD = 64
"""Requests of which nothing has been read yet: a burst of an ordinary program, not a flood."""
QUEUED_SECONDS = 5.0


class Hands:
    """Threads for images, and a gate before them.

    Args:
        n_threads: images looked at side by side.
    """

    def __init__(self, n_threads: int) -> None:
        self._gate = Gate(
            n_threads * (1 + N_WAITING_PER_THREAD),
            most_waiting=n_threads * N_QUEUED_PER_THREAD,
            wait_seconds=QUEUED_SECONDS,
        )
        self._limiter = CapacityLimiter(n_threads)

    @asynccontextmanager
    async def place(self) -> AsyncIterator[None]:
        """Hold a place from before the body is read until the answer is there; wait a little for one.

        Raises:
            RefusedError: every place is taken, and none became free in time (503).
        """
        async with self._gate.entered():
            yield

    async def do(self, work: Callable[..., Result], *values: Any) -> Result:
        """Return ``work(*values)``, done in one of the threads."""
        return await to_thread.run_sync(partial(work, *values), limiter=self._limiter)

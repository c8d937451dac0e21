"""Lets only so many requests in at once, and a queue of others wait for a while before their body is read."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from apprenti.api.refusals import RefusedError


class Gate:
    """Counts the requests whose photo is in memory; others wait outside in the order they came, or are sent away.

    Used from one event loop at a time.

    Args:
        n_inside: most requests at once.
        most_waiting: most that wait for a place; one costs a connection, since nothing of it has been read.
        wait_seconds: how long each waits before it is asked to come back.
    """

    def __init__(self, n_inside: int, *, most_waiting: int = 0, wait_seconds: float = 0.0) -> None:
        self._n_free = n_inside
        self._most_waiting, self._wait_seconds = most_waiting, wait_seconds
        self._waiting: deque[asyncio.Future[None]] = deque()

    @asynccontextmanager
    async def entered(self) -> AsyncIterator[None]:
        """Hold a place.

        Raises:
            RefusedError: every place is taken, and none became free in time (503, before anything was read).
        """
        if self._n_free > 0:
            self._n_free -= 1
        else:
            await self._wait()
        try:
            yield
        finally:
            self._give_back()

    async def _wait(self) -> None:
        if len(self._waiting) >= self._most_waiting:
            raise _too_busy()
        place: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(place)
        try:
            async with asyncio.timeout(self._wait_seconds):
                await place
        except BaseException as error:
            if place.cancelled():
                self._waiting.remove(place)
            else:  # it was given a place at the moment it gave up waiting
                self._give_back()
            if isinstance(error, TimeoutError):
                raise _too_busy() from error
            raise

    def _give_back(self) -> None:
        """Hand a place on to whoever has waited longest."""
        while self._waiting:
            place = self._waiting.popleft()
            if not place.done():
                place.set_result(None)
                return
        self._n_free += 1


def _too_busy() -> RefusedError:
    return RefusedError("too_busy", 503, headers={"retry-after": "1"})

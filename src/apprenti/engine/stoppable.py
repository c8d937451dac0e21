"""An engine that can be told to give up from outside: all it has under way is ended within a moment."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from typing import Generic, TypeVar, cast

from apprenti.domain.errors import InterruptedWorkError
from apprenti.domain.seams import Engine, Limits, Task

Item = TypeVar("Item")
Result = TypeVar("Result")

POLL_SECONDS = 0.05


class StoppableTask(Generic[Result]):
    """Work under way that ends when it is told to (``domain.seams.Task``)."""

    def __init__(self, task: Task[Result], refuse_if_stopped: Callable[[], None]) -> None:
        self._task, self._refuse_if_stopped = task, refuse_if_stopped

    def poll(self) -> bool:
        """Return whether it is over; what was over before the word came stays so.

        Raises:
            InterruptedWorkError: the word has come.
        """
        if self._task.poll():
            return True
        try:
            self._refuse_if_stopped()
        except InterruptedWorkError:
            self._task.kill()
            raise
        return False

    def result(self) -> Result:
        """Wait for it and return its result, or raise what became of it; see ``poll``."""
        while not self.poll():
            time.sleep(POLL_SECONDS)
        return self._task.result()

    def kill(self) -> None:
        """Stop it, if it is not over."""
        self._task.kill()


class StoppableEngine:
    """Another engine (``domain.seams.Engine``) that begins nothing more once it is told to stop.

    Args:
        engine: where work runs.
        should_stop: asked again and again; once it says yes, it goes on to.
    """

    def __init__(self, engine: Engine, should_stop: Callable[[], bool]) -> None:
        self._engine, self._should_stop = engine, should_stop

    @property
    def n_workers(self) -> int:
        """How many pieces of work run side by side."""
        return self._engine.n_workers

    def map(
        self, function: Callable[[Item], Result], items: Iterable[Item], *, deadline: float | None = None
    ) -> Iterator[Result]:
        """Yield ``function(item)`` in the order of ``items``; see ``domain.seams.Engine.map``.

        Raises:
            InterruptedWorkError: it was told to stop.
        """
        self.refuse_if_stopped()
        results = cast("_Closable[Result]", self._engine.map(function, items, deadline=deadline))
        with closing(results):
            for result in results:
                yield result
                self.refuse_if_stopped()

    def start(
        self, function: Callable[[Item], Result], argument: Item, *, limits: Limits
    ) -> StoppableTask[Result]:
        """Begin ``function(argument)`` within ``limits``; see ``domain.seams.Engine.start``.

        Raises:
            InterruptedWorkError: it was told to stop.
        """
        self.refuse_if_stopped()
        return StoppableTask(self._engine.start(function, argument, limits=limits), self.refuse_if_stopped)

    def run(self, function: Callable[[Item], Result], argument: Item, *, limits: Limits) -> Result:
        """Return ``function(argument)``, worked out alone; see ``start``."""
        task = self.start(function, argument, limits=limits)
        try:
            return task.result()
        finally:
            task.kill()

    def refuse_if_stopped(self) -> None:
        """Raise where it was told to stop.

        Raises:
            InterruptedWorkError: so it was.
        """
        if self._should_stop():
            raise InterruptedWorkError("stopped_from_outside")


class _Closable(Iterator[Result]):
    """What engines give for ``map``: closing it early stops what is under way."""

    def close(self) -> None: ...

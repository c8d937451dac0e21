"""Work in this very process: the plainest engine, for tests, teaching, and machines that allow no other."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from types import TracebackType
from typing import Generic, Self, TypeVar

from apprenti.domain.errors import ApprentiError, WorkError
from apprenti.domain.seams import Clock, Limits
from apprenti.engine.outcome import name_of, out_of_memory

Item = TypeVar("Item")
Result = TypeVar("Result")


class InlineTask(Generic[Result]):
    """Work that was over before anybody could ask (``domain.seams.Task``).

    Args:
        result: makes the result, or raises what became of it.
    """

    def __init__(self, result: Callable[[], Result]) -> None:
        self._error: ApprentiError | None = None
        try:
            self._result = result()
        except ApprentiError as error:
            self._error = error

    def poll(self) -> bool:
        """Return ``True``: it is over."""
        return True

    def result(self) -> Result:
        """Return its result, or raise what became of it."""
        if self._error is not None:
            raise self._error
        return self._result

    def kill(self) -> None:
        """Do nothing: it is over."""


class InlineEngine:
    """One item after the other, here (``domain.seams.Engine``); a context manager, so that engines are alike.

    Limits are not enforced: a process cannot stop itself at a given time, nor give up memory and go on.
    Ctrl-C passes through.

    Args:
        clock: what deadlines are read from.
    """

    def __init__(self, *, clock: Clock = time.monotonic) -> None:
        self._clock = clock

    @property
    def n_workers(self) -> int:
        """One."""
        return 1

    def map(
        self, function: Callable[[Item], Result], items: Iterable[Item], *, deadline: float | None = None
    ) -> Iterator[Result]:
        """Yield ``function(item)`` in the order of ``items``; see ``domain.seams.Engine.map``."""
        for position, item in enumerate(items):
            if deadline is not None and self._clock() >= deadline:
                return
            yield _worked_out(function, item, name_of(item, f"#{position + 1}"))

    def start(
        self, function: Callable[[Item], Result], argument: Item, *, limits: Limits
    ) -> InlineTask[Result]:
        """Work out ``function(argument)`` before returning; ``limits`` are not enforced."""
        name = name_of(argument, getattr(function, "__name__", "task"))
        return InlineTask(lambda: _worked_out(function, argument, name))

    def run(self, function: Callable[[Item], Result], argument: Item, *, limits: Limits) -> Result:
        """Return ``function(argument)``; ``limits`` are not enforced."""
        return self.start(function, argument, limits=limits).result()

    def close(self) -> None:
        """Do nothing: there is nothing to close."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _worked_out(function: Callable[[Item], Result], item: Item, name: str) -> Result:
    try:
        return function(item)
    except ApprentiError:
        raise
    except MemoryError as error:
        raise out_of_memory(name) from error
    except Exception as error:
        raise WorkError("work_failed", item=name, cause=f"{type(error).__name__}: {error}") from error

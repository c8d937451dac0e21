"""Work in worker processes that live as long as the engine: started once, reused, replaced when they die.

Not ``multiprocessing``: its spawn imports the person's script again, which must then hide behind
``if __name__ == "__main__"``, and its fork copies locks that BLAS and ONNX Runtime threads hold.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self, TypeVar

from apprenti.domain.seams import Clock, Limits
from apprenti.engine import wire
from apprenti.engine.child import Child, Order
from apprenti.engine.outcome import death, name_of, result_of
from apprenti.engine.task import ProcessTask

Item = TypeVar("Item")
Result = TypeVar("Result")

AHEAD_PER_WORKER = 3
"""Items under way per worker: one being worked on, one next, one done and waiting to be handed over."""
TRIES = 2
"""A worker may be killed by chance once; an item that kills two workers is at fault itself."""


class _LeftUndoneError(Exception):
    """An item was not begun: the deadline had passed, or nobody wants its result any more."""


@dataclass(eq=False)
class _Call:
    """One call of ``map``: what to do, until when, and which children are at it."""

    order: Order
    deadline: float | None
    children: set[Child] = field(default_factory=set)
    abandoned: bool = False


class ProcessEngine:
    """``n_workers`` processes side by side (``domain.seams.Engine``); a context manager.

    Processes start when first needed, with one BLAS thread each, and are reused, so that libraries are
    imported once. Every method may be called from several threads.

    Args:
        n_workers: how many items of ``map`` run side by side, ≥ 1.
        worker_memory_mb: private memory each worker of ``map`` may use; ``None`` for no limit.
        clock: what deadlines are read from.

    Example:
        >>> with ProcessEngine(2) as engine:
        ...     list(engine.map(abs, [-1, -2, -3]))
        [1, 2, 3]
    """

    def __init__(
        self, n_workers: int, *, worker_memory_mb: int | None = None, clock: Clock = time.monotonic
    ) -> None:
        if n_workers < 1:
            raise ValueError(f"n_workers is {n_workers}, expected 1 or more")
        self._n_workers = n_workers
        self._worker_memory_mb = worker_memory_mb
        self._clock = clock
        self._lanes = ThreadPoolExecutor(n_workers, thread_name_prefix="apprenti-lane")
        self._lock = threading.Lock()
        self._idle: list[Child] = []
        self._children: set[Child] = set()
        self._tasks: set[ProcessTask[Any]] = set()
        self._closed = False

    @property
    def n_workers(self) -> int:
        """How many pieces of work run side by side."""
        return self._n_workers

    def map(
        self, function: Callable[[Item], Result], items: Iterable[Item], *, deadline: float | None = None
    ) -> Iterator[Result]:
        """Yield ``function(item)`` in the order of ``items``; see ``domain.seams.Engine.map``.

        A worker that dies is replaced and its item tried once more. Closing the iterator early stops what is
        under way.

        Raises:
            TypeError: ``function`` is not importable by name.
            WorkError: an item's worker died twice, or ``function`` raised an error that is not one of ours.
            ApprentiError: what ``function`` raised, whole.
        """
        self._refuse_if_closed()
        order = Order(function, memory_mb=self._worker_memory_mb)
        return self._results(_Call(order=order, deadline=deadline), items)

    def start(
        self, function: Callable[[Item], Result], argument: Item, *, limits: Limits
    ) -> ProcessTask[Result]:
        """Begin ``function(argument)`` at once in a process of its own; see ``domain.seams.Engine.start``.

        The process may have served before, and finished well; while the task lasts it does nothing else.
        """
        self._refuse_if_closed()
        task: ProcessTask[Result] = ProcessTask(
            name=name_of(argument, getattr(function, "__name__", "task")),
            order=Order(function, memory_mb=limits.memory_mb),
            parts=wire.pack(argument),
            limits=limits,
            take=self._take,
            give_back=self._give_back,
        )
        with self._lock:
            self._tasks = {other for other in self._tasks if not other.poll()} | {task}
        return task

    def run(self, function: Callable[[Item], Result], argument: Item, *, limits: Limits) -> Result:
        """Return ``function(argument)``, worked out alone; see ``domain.seams.Engine.run``."""
        task = self.start(function, argument, limits=limits)
        try:
            return task.result()
        finally:
            task.kill()  # Ctrl-C may have come while waiting

    def close(self) -> None:
        """Stop whatever is under way and end every process; may be called again."""
        with self._lock:
            self._closed = True
            tasks, self._tasks = self._tasks, set()
            children, self._children = self._children, set()
            self._idle.clear()
        for task in tasks:
            task.kill()
        for child in children:
            child.end()
        self._lanes.shutdown(wait=True, cancel_futures=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _results(self, call: _Call, items: Iterable[Item]) -> Iterator[Any]:
        under_way: deque[Future[Any]] = deque()
        try:
            for position, item in enumerate(items):
                if self._is_past(call.deadline):
                    break
                name = name_of(item, f"#{position + 1}")
                under_way.append(self._lanes.submit(self._work_out, call, item, name))
                del item  # the lane lets go of it once it is sent; so must we
                while under_way and (
                    under_way[0].done() or len(under_way) >= AHEAD_PER_WORKER * self._n_workers
                ):
                    yield under_way.popleft().result()
            while under_way:
                yield under_way.popleft().result()
        except _LeftUndoneError:
            return
        finally:
            for future in under_way:
                future.cancel()
            self._abandon(call)

    def _work_out(self, call: _Call, item: Any, name: str) -> Any:
        """Return the result of one item; runs in a lane, one thread per worker."""
        if self._is_past(call.deadline):
            raise _LeftUndoneError
        parts = wire.pack(item)
        status = 0
        for _ in range(TRIES):
            with self._child_for(call) as child:
                message = child.ask(call.order, parts)
                if message is not None:
                    if message[0] == wire.OUT_OF_MEMORY:
                        child.end()
                    return result_of(message, name, memory_mb=self._worker_memory_mb)
                status = child.end()
        raise death(status, name)

    @contextlib.contextmanager
    def _child_for(self, call: _Call) -> Iterator[Child]:
        child = self._take()
        try:
            with self._lock:
                if call.abandoned:
                    raise _LeftUndoneError
                call.children.add(child)
            yield child
        finally:
            with self._lock:
                call.children.discard(child)
            self._give_back(child, not child.has_ended)

    def _abandon(self, call: _Call) -> None:
        """Let nothing more be done for ``call``: its results have no reader any more."""
        with self._lock:
            call.abandoned = True
            for child in call.children:
                child.end()

    def _take(self) -> Child:
        with self._lock:
            self._refuse_if_closed()
            if self._idle:
                return self._idle.pop()
        child = Child()
        with self._lock:
            if not self._closed:
                self._children.add(child)
                return child
        child.end()
        raise _LeftUndoneError

    def _give_back(self, child: Child, usable: bool) -> None:
        with self._lock:
            if usable and not self._closed and len(self._idle) < self._n_workers:
                self._idle.append(child)
                return
            self._children.discard(child)
        child.end()

    def _is_past(self, deadline: float | None) -> bool:
        return deadline is not None and self._clock() >= deadline

    def _refuse_if_closed(self) -> None:
        if self._closed:
            raise RuntimeError("this engine is closed")

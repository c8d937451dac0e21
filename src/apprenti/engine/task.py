"""A piece of work alone in a process, within its limits, watched by a thread of this one."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Generic, Literal, TypeVar

from apprenti.domain.errors import ApprentiError, InterruptedWorkError, OutOfTimeError
from apprenti.domain.seams import Limits
from apprenti.engine import wire
from apprenti.engine.child import Child, Order
from apprenti.engine.outcome import death, result_of

Result = TypeVar("Result")
Stop = Literal["time", "person"]


class ProcessTask(Generic[Result]):
    """Work under way in a process of its own (``domain.seams.Task``).

    Args:
        name: what a person calls it.
        order: the function and its memory limit.
        parts: its argument, packed.
        limits: wall time and memory, counted from now.
        take: gives a child that nobody else uses.
        give_back: gets the child, and whether it can serve again.
    """

    def __init__(
        self,
        *,
        name: str,
        order: Order,
        parts: list[wire.Buffer],
        limits: Limits,
        take: Callable[[], Child],
        give_back: Callable[[Child, bool], None],
    ) -> None:
        self._name = name
        self._limits = limits
        self._take = take
        self._give_back = give_back
        self._outcome: Future[Result] = Future()
        self._lock = threading.Lock()
        self._child: Child | None = None
        self._stopped: Stop | None = None
        # a timer of its own, since sending a large argument and reading a large result take time as well
        self._timer = threading.Timer(min(limits.seconds, threading.TIMEOUT_MAX), self._stop, args=("time",))
        self._timer.daemon = True
        self._timer.start()
        threading.Thread(target=self._carry_out, args=(order, parts), daemon=True).start()

    def poll(self) -> bool:
        """Return whether it is over: finished, failed or stopped."""
        return self._outcome.done()

    def result(self) -> Result:
        """Wait for it and return its result, or raise what became of it."""
        return self._outcome.result()

    def kill(self) -> None:
        """Stop it now, if it is not over; when this returns, its process is gone."""
        self._stop("person")
        self._outcome.exception()

    def _stop(self, reason: Stop) -> None:
        with self._lock:  # held to the end, so that the child cannot meanwhile pass to somebody else
            self._stopped = self._stopped or reason
            if self._child is not None:
                self._child.end()

    def _carry_out(self, order: Order, parts: list[wire.Buffer]) -> None:
        try:
            result = self._result(order, parts)
        except BaseException as error:
            self._outcome.set_exception(error)
        else:
            self._outcome.set_result(result)
        finally:
            self._timer.cancel()

    def _result(self, order: Order, parts: list[wire.Buffer]) -> Result:
        child = self._take()
        message, status = None, 0
        try:
            message = self._ask(child, order, parts)
        finally:
            usable = message is not None and message[0] != wire.OUT_OF_MEMORY and self._stopped is None
            if not usable:
                status = child.end()
            self._give_back(child, usable)
        if message is not None:
            result: Result = result_of(message, self._name, memory_mb=self._limits.memory_mb)
            return result
        if self._stopped is not None:
            raise self._stopped_error(self._stopped)
        raise death(status, self._name)

    def _ask(self, child: Child, order: Order, parts: list[wire.Buffer]) -> wire.Message | None:
        """Let ``child`` do the work, and be ended by others only while it does."""
        with self._lock:
            if self._stopped is not None:
                return None
            self._child = child
        try:
            return child.ask(order, parts)
        finally:
            with self._lock:
                self._child = None

    def _stopped_error(self, reason: Stop) -> ApprentiError:
        if reason == "person":
            return InterruptedWorkError("work_interrupted", item=self._name)
        return OutOfTimeError("out_of_time", item=self._name, seconds=math.ceil(self._limits.seconds))

"""From what a worker sent, or how it died, to a result or one of our errors."""

from __future__ import annotations

import os
import signal
from typing import Any

from apprenti.domain.errors import ApprentiError, OutOfMemoryError, WorkError
from apprenti.engine import wire


def result_of(message: wire.Message, item: str, *, memory_mb: int | None = None) -> Any:
    """Return the result in ``message``.

    Args:
        message: a worker's answer.
        item: what a person calls the work.
        memory_mb: the limit the worker had, for the error to name.

    Raises:
        OutOfMemoryError: the worker ran out of memory.
        WorkError: the function raised something that is not one of our errors; its traceback is in the notes.
        ApprentiError: what the function raised, whole.
    """
    kind, parts = message
    if kind == wire.RESULT:
        return wire.unpack(parts)
    if kind == wire.OUT_OF_MEMORY:
        raise out_of_memory(item, memory_mb)
    error, said, trace = wire.unpack(parts)
    if isinstance(error, ApprentiError):
        raise error
    failure = WorkError("work_failed", item=item, cause=said)
    failure.add_note(trace)
    raise failure


def out_of_memory(item: str, memory_mb: int | None = None) -> OutOfMemoryError:
    """Return the error that says whose memory ran out: the limit's, or the machine's."""
    if memory_mb is None:
        return OutOfMemoryError("out_of_memory", item=item)
    return OutOfMemoryError("over_memory_limit", item=item, memory_mb=memory_mb)


def death(status: int, item: str) -> WorkError:
    """Return the error for a worker that ended by itself with ``status`` (negative: a signal)."""
    if status == -getattr(signal, "SIGKILL", 9):  # we did not: it was the system, which kills for memory
        return OutOfMemoryError("out_of_memory", item=item)
    names = {-number: number.name for number in signal.Signals}
    return WorkError("work_died", item=item, status=names.get(status, f"exit {status}"))


def name_of(item: object, fallback: str) -> str:
    """Return what a person would call ``item``: its text, its path, its name, or ``fallback``."""
    if isinstance(item, str):
        return item
    if isinstance(item, os.PathLike):
        return os.fsdecode(item)
    name = getattr(item, "name", None)
    return name if isinstance(name, str) else fallback

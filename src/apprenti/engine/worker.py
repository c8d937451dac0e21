"""The program of a worker: read an item, call the function, write what came of it, until the pipe closes.

Nothing heavy is imported here: a worker is ready within a few hundredths of a second, and loads what its
function needs.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
import threading
from collections.abc import Callable
from io import BufferedReader, BufferedWriter
from queue import SimpleQueue
from typing import Any

from apprenti.engine import wire
from apprenti.engine.limits import limit_memory

# workers are what runs side by side: with free BLAS threads a head search was 14 times slower
THREAD_COUNTS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


class Job:
    """The function that the items are for.

    It is loaded when the first of them comes, so that a failure to load becomes the answer to that item.

    Args:
        parts: settings (search path, memory limit in MB or ``None``), then the function, as in ``Order``.
    """

    def __init__(self, parts: list[wire.Buffer]) -> None:
        self._parts = parts
        self._function: Callable[[Any], object] | None = None

    def __call__(self, parts: list[wire.Buffer]) -> object:
        """Return ``function(item)``, the item unpacked where the search path is that of whoever packed it."""
        if self._function is None:
            sys.path[:], memory_mb = wire.unpack(self._parts[:1])
            gc.collect()  # what the last function left behind must not count against this one
            limit_memory(memory_mb)
            self._function = wire.unpack(self._parts[1:])
            self._parts = []
        return self._function(wire.unpack(parts))


def main() -> None:
    """Serve the parent process until it closes the pipe or dies."""
    for name in THREAD_COUNTS:
        os.putenv(name, "1")  # written, never read: numpy and scikit-learn are loaded later and find it
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's business
    requests, replies = take_pipes()
    inbox: SimpleQueue[wire.Message] = SimpleQueue()
    threading.Thread(target=listen, args=(requests, inbox), daemon=True).start()
    job = Job([])
    while True:
        kind, parts = inbox.get()
        if kind == wire.LOAD:
            job = Job(parts)
            continue
        kind, parts = (kind, []) if kind == wire.OUT_OF_MEMORY else answer(job, parts)
        try:
            sys.stdout.flush()
            wire.send(replies, kind, parts)
        except OSError:  # nobody is there to hear it
            os._exit(0)
        if kind == wire.OUT_OF_MEMORY:
            os._exit(0)


def take_pipes() -> tuple[BufferedReader, BufferedWriter]:
    """Take both pipes for ourselves: what a function prints goes to standard error; it reads nothing."""
    requests, replies = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    return requests, replies


def listen(requests: BufferedReader, inbox: SimpleQueue[wire.Message]) -> None:
    """Pass messages on; end this process, whatever it is doing, as soon as the parent is gone."""
    while True:
        try:
            message = wire.receive(requests)
        except MemoryError:
            inbox.put((wire.OUT_OF_MEMORY, []))
            return
        if message is None:
            os._exit(0)
        inbox.put(message)


def answer(job: Job, parts: list[wire.Buffer]) -> wire.Message:
    """Return the message that says what came of one item."""
    try:
        return wire.RESULT, wire.pack(job(parts))
    except BaseException as error:
        if isinstance(error, MemoryError) or "bad_alloc" in str(error):  # the latter from C++ (ONNX Runtime)
            return wire.OUT_OF_MEMORY, []
        return wire.RAISED, packed_error(error)


def packed_error(error: BaseException) -> list[wire.Buffer]:
    """Return one of our errors whole; of any other its name, message and traceback."""
    import traceback

    from apprenti.domain.errors import ApprentiError

    said = f"{type(error).__name__}: {error}"
    trace = "".join(traceback.format_exception(error))
    if isinstance(error, ApprentiError):
        try:
            return wire.pack((error, said, trace))
        except Exception:
            trace += "(this error could not be pickled)\n"
    return wire.pack((None, said, trace))

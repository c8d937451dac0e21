"""One worker process, seen from here: asked one item at a time, ended and reaped whatever happens."""

from __future__ import annotations

import contextlib
import os
import pickle
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from functools import partial
from io import BufferedReader, BufferedWriter
from pathlib import Path
from typing import Any, cast

from apprenti.engine import wire

PACKAGE_ROOT = Path(__file__).parents[2]
# not "-m": the folder a person stands in may hold a random.py of theirs, and -P keeps it off the search path
PROGRAM = "import sys; sys.path.insert(0, sys.argv[1]); from apprenti.engine.worker import main; main()"


class Order:
    """What a child is to do with the items that follow.

    Args:
        function: importable by name (a ``functools.partial`` of such a function will do).
        memory_mb: private memory the child may use; ``None`` for no limit.

    Raises:
        TypeError: another process could not import the function.
    """

    def __init__(self, function: Callable[[Any], object], *, memory_mb: int | None = None) -> None:
        origin = function
        while isinstance(origin, partial):
            origin = origin.func
        if getattr(origin, "__module__", None) == "__main__":
            raise TypeError(f"{origin!r} lives in the main script; workers can only import it from a module")
        try:
            packed = wire.pack(function)
        except (pickle.PicklingError, AttributeError) as error:
            raise TypeError(f"{function!r} is not importable by name") from error
        self.parts = [*wire.pack((list(sys.path), memory_mb)), *packed]


class Child:
    """A worker process in its own session: Ctrl-C does not reach it, and a kill reaches all it started."""

    def __init__(self) -> None:
        # a warning in a worker has no reader; whoever asked for warnings with -W gets them there too
        warnings = [f"-W{option}" for option in sys.warnoptions] or ["-Wignore"]
        self._process = subprocess.Popen(
            [sys.executable, "-P", *warnings, "-c", PROGRAM, str(PACKAGE_ROOT)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,
        )
        self._order: Order | None = None
        self._ending = threading.Lock()

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    @property
    def has_ended(self) -> bool:
        """Whether it was ended and reaped."""
        return self._process.returncode is not None

    def ask(self, order: Order, parts: list[wire.Buffer]) -> wire.Message | None:
        """Return what came of one item, or ``None`` where the child died over it."""
        # a child that ran out of memory leaves its last word and goes: the word is read even if writing fails
        with contextlib.suppress(OSError, ValueError):
            writer = cast(BufferedWriter, self._process.stdin)
            if self._order is not order:
                wire.send(writer, wire.LOAD, order.parts)
                self._order = order
            wire.send(writer, wire.WORK, parts)
        try:
            return wire.receive(cast(BufferedReader, self._process.stdout))
        except (OSError, ValueError):  # its pipes were closed under us: it has been ended
            return None

    def end(self) -> int:
        """Kill the child and all it started, reap it, and return its exit status (negative: the signal)."""
        with self._ending:
            if self._process.returncode is None:
                self._kill()
                self._process.wait()
                for stream in (self._process.stdin, self._process.stdout):
                    with contextlib.suppress(OSError):
                        cast(BufferedWriter, stream).close()
            return self._process.returncode

    def _kill(self) -> None:
        # only ever called before the child is reaped, so the number cannot have passed to a stranger
        if sys.platform == "win32":
            self._process.kill()
            return
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)

"""Processes begun by the server, begun again when they die, ended with it.

A child is told what it has to know on its standard input, not in arguments that everybody on the machine can read;
when that input ends, whoever began it is gone, and it ends as soon as it can put its work down.
"""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress

LOG = logging.getLogger("apprenti.jobs")
LOOK_SECONDS = 1.0
LONGEST_PAUSE_SECONDS = 30.0


class Children:
    """Processes of one kind.

    Args:
        kind: what they are called in the log.
        arguments: of Python, that begin one.
        told: to each, one line; as many lines as there are children.
        stop_seconds: how long they may take to end, all together; then they are killed.
        look_seconds: between looks at who has died.
        files: numbers of open files that they are given.
    """

    def __init__(
        self,
        kind: str,
        arguments: Sequence[str],
        told: Sequence[str],
        *,
        stop_seconds: float,
        look_seconds: float = LOOK_SECONDS,
        files: Sequence[int] = (),
    ) -> None:
        self._kind, self._arguments, self._told = kind, tuple(arguments), tuple(told)
        self._stop_seconds, self._look_seconds, self._files = stop_seconds, look_seconds, tuple(files)
        self._stopping = threading.Event()
        self._processes = [self._begun(one) for one in self._told]
        self._watch = threading.Thread(target=self._watched, name=f"{kind}s", daemon=True)
        if self._told:
            self._watch.start()

    @property
    def process_ids(self) -> list[int]:
        """Of those that were begun last."""
        return [process.pid for process in self._processes]

    def begin_no_more(self) -> None:
        """Leave those dead who die from now on."""
        self._stopping.set()
        if self._watch.ident is not None:
            self._watch.join()

    def stop(self) -> None:
        """End all of them, by force those that do not in time."""
        self.begin_no_more()
        for process in self._processes:
            process.terminate()
        patience = threading.Timer(self._stop_seconds, self._kill)
        patience.start()
        try:
            for process in self._processes:
                process.wait()
                with suppress(BrokenPipeError):
                    process.stdin.close()  # type: ignore[union-attr]
        finally:
            patience.cancel()

    def _kill(self) -> None:
        for process in self._processes:
            process.kill()

    def _begun(self, told: str) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            [sys.executable, *self._arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            pass_fds=self._files,
        )
        with suppress(BrokenPipeError):
            process.stdin.write(told.encode() + b"\n")  # type: ignore[union-attr]
            process.stdin.flush()  # type: ignore[union-attr]
        return process

    def _watched(self) -> None:
        pause = self._look_seconds
        while not self._stopping.wait(pause):
            dead = [i for i, process in enumerate(self._processes) if process.poll() is not None]
            for i in dead:
                LOG.warning(
                    "%s %d ended with %s; another begins", self._kind, i, self._processes[i].returncode
                )
                with suppress(BrokenPipeError):
                    self._processes[i].stdin.close()  # type: ignore[union-attr]
                self._processes[i] = self._begun(self._told[i])
            pause = min(pause * 2, LONGEST_PAUSE_SECONDS) if dead else self._look_seconds


def first_line() -> bytes:
    """Return the first line of the standard input, read past every buffer: a thread waits for its end later."""
    line = b""
    while not line.endswith(b"\n"):
        sign = os.read(0, 1)
        if not sign:
            break
        line += sign
    return line


def when_input_ends(act: Callable[[], None]) -> None:
    """Call ``act`` from a thread when the standard input ends: whoever began this process is gone."""

    def wait() -> None:
        while os.read(0, 100):
            pass
        act()

    threading.Thread(target=wait, name="input", daemon=True).start()

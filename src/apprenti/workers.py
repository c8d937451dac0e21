"""Workers as processes of their own: begun by the server, begun again when they die, ended with it.

A worker is told where the service lies on its standard input, not in arguments that everybody on the machine can
read; when that input ends, the server is gone, and so is the worker as soon as it can put its training down.
"""

from __future__ import annotations

import json
import logging
import os
import signal
import subprocess
import sys
import threading
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

from apprenti.domain.sentence import Sentence
from apprenti.opening import Place, open_service

LOG = logging.getLogger("apprenti.jobs")
LOOK_SECONDS = 1.0
LONGEST_PAUSE_SECONDS = 30.0
STOP_SECONDS = 20.0


class Workers:
    """The workers of a server.

    Args:
        arguments: of Python, that begin one.
        place: where the service lies; told to each.
        n: how many.
    """

    def __init__(self, arguments: Sequence[str], place: Place, n: int) -> None:
        self._arguments, self._place = tuple(arguments), place
        self._stopping = threading.Event()
        self._processes = [self._begun() for _ in range(n)]
        self._watch = threading.Thread(target=self._watched, name="workers", daemon=True)
        if n:
            self._watch.start()

    @property
    def process_ids(self) -> list[int]:
        """Of the workers that were begun last."""
        return [process.pid for process in self._processes]

    def stop(self) -> None:
        """End all workers; a training under way waits for the next server, and goes on where it was."""
        self._stopping.set()
        if self._watch.ident is not None:
            self._watch.join()
        for process in self._processes:
            process.terminate()
        for process in self._processes:
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            with suppress(BrokenPipeError):
                process.stdin.close()  # type: ignore[union-attr]

    def _begun(self) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            [sys.executable, *self._arguments], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL
        )
        told = {
            "folder": str(self._place.folder),
            "database": self._place.database,
            "blobs": self._place.blobs,
            "hosts": self._place.hosts,
            "private_hosts": self._place.private_hosts,
        }
        with suppress(BrokenPipeError):
            process.stdin.write(json.dumps(told).encode() + b"\n")  # type: ignore[union-attr]
            process.stdin.flush()  # type: ignore[union-attr]
        return process

    def _watched(self) -> None:
        pause = LOOK_SECONDS
        while not self._stopping.wait(pause):
            dead = [i for i, process in enumerate(self._processes) if process.poll() is not None]
            for i in dead:
                LOG.warning("worker %d ended with %s; another begins", i, self._processes[i].returncode)
                with suppress(BrokenPipeError):
                    self._processes[i].stdin.close()  # type: ignore[union-attr]
                self._processes[i] = self._begun()
            pause = min(pause * 2, LONGEST_PAUSE_SECONDS) if dead else LOOK_SECONDS


@contextmanager
def start_workers(place: Place, n: int) -> Iterator[Workers]:
    """Begin ``n`` workers for the service in a place, and end them with the block."""
    workers = Workers(("-m", "apprenti.workers", str(n)), place, n)
    try:
        yield workers
    finally:
        workers.stop()


class NoProgress:
    """Nobody who is told how far the work is: each training tells the database."""

    def begin(self, step: str, total: int | None = None) -> None:
        """Say nothing."""

    def advance(self, n: int = 1) -> None:
        """Say nothing."""

    def note(self, news: Sentence, *, seconds_left: float | None = None) -> None:
        """Say nothing."""

    def end(self) -> None:
        """Say nothing."""


def main(arguments: Sequence[str]) -> int:
    """Work until the server ends or says so; ``arguments`` is how many workers share the machine."""
    stopping = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stopping.set())
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the server too, which then says so
    told = json.loads(_first_line())
    place = Place(
        folder=Path(told["folder"]),
        database=told["database"],
        blobs=told["blobs"],
        hosts=tuple(told["hosts"]),
        private_hosts=tuple(told["private_hosts"]),
    )
    threading.Thread(target=_stop_with_server, args=(stopping,), daemon=True).start()
    _work(place, stopping, n_sharing=int(arguments[0]))
    return 0


def work_alone(place: Place, *, begun: Callable[[], None]) -> None:
    """Work for a service in this process until SIGTERM or Ctrl-C; a training under way is put down for another.

    Args:
        place: where the service lies; its server may be on another machine where the database is a server's.
        begun: called when it listens to signals.

    Raises:
        OptionError: an address cannot be used.
        StoreError: the database or the storage does not answer.
    """
    stopping = threading.Event()
    before = {
        sign: signal.signal(sign, lambda *_: stopping.set()) for sign in (signal.SIGTERM, signal.SIGINT)
    }
    try:
        begun()
        _work(place, stopping, n_sharing=1)
    finally:
        for sign, handler in before.items():
            signal.signal(sign, handler)


def _work(place: Place, stopping: threading.Event, *, n_sharing: int) -> None:
    """Work until told to stop, on this worker's share of the machine."""
    from apprenti.jobs.worker import work
    from apprenti.settings import open_tools, read_settings

    settings = read_settings(os.environ)
    share = replace(settings, n_workers=max(1, settings.n_workers // n_sharing))
    with open_service(place, os.environ) as service, open_tools(share, NoProgress()) as tools:
        worker_id = str(uuid.uuid4())
        work(
            service,
            worker_id=worker_id,
            tools=tools,
            stopping=stopping.is_set,
            wait=stopping.wait,
            keeps_up_beside=True,
        )


def _first_line() -> bytes:
    """Return the first line of the standard input, read past every buffer: a thread waits for its end later."""
    line = b""
    while not line.endswith(b"\n"):
        sign = os.read(0, 1)
        if not sign:
            break
        line += sign
    return line


def _stop_with_server(stopping: threading.Event) -> None:
    while os.read(0, 100):
        pass
    stopping.set()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

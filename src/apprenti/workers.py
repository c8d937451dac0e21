"""Workers as processes of their own: beside a server (``children.py``), or alone."""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

from apprenti.children import Children, first_line, when_input_ends
from apprenti.domain.sentence import Sentence
from apprenti.opening import Place, open_service, place_from, place_told

STOP_SECONDS = 20.0


@contextmanager
def start_workers(place: Place, n: int) -> Iterator[Children]:
    """Begin ``n`` workers for the service in a place, and end them with the block.

    A training under way waits for the next server then, and goes on where it was.
    """
    told = json.dumps(place_told(place))
    workers = Children("worker", ("-m", "apprenti.workers", str(n)), [told] * n, stop_seconds=STOP_SECONDS)
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
    place = place_from(json.loads(first_line()))
    when_input_ends(stopping.set)
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


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

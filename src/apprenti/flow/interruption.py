"""Ctrl-C while the model is being finished: the first one waits for the model, the second gives up."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from apprenti.domain.seams import Progress


@contextmanager
def finishing_first(progress: Progress) -> Iterator[None]:
    """Let the block finish when the person presses Ctrl-C once, and say so; a second time stops it.

    Only the main thread hears of Ctrl-C; elsewhere the block runs as it is.

    Args:
        progress: is told ``stopping``.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def once(number: int, frame: FrameType | None) -> None:
        signal.signal(signal.SIGINT, before)
        progress.begin("stopping")

    before = signal.signal(signal.SIGINT, once) or signal.default_int_handler
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)

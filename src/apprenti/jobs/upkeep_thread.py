"""Upkeep beside trainings: messages are sent and photos watched while a training runs for hours."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from apprenti.flow.service.upkeep import Upkeep

SECONDS_BETWEEN = 1.0
STOP_SECONDS = 5.0
"""A message that is being sent may take longer; it is sent again by the next worker."""


@contextmanager
def kept_up(upkeep: Upkeep) -> Iterator[None]:
    """Do what is due in a thread of its own while the block runs."""
    over = threading.Event()

    def keep_up() -> None:
        while not over.wait(SECONDS_BETWEEN):
            upkeep.do_due()

    thread = threading.Thread(target=keep_up, name="upkeep", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join(STOP_SECONDS)

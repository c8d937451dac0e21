"""A service on a real file with the real clock, and a worker that trains in earnest."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from tests.fake_service import make_service

from apprenti.flow.service.service import Service
from apprenti.flow.tools import Tools
from apprenti.jobs.worker import work
from apprenti.settings import open_tools, read_settings
from apprenti.workers import NoProgress


def real_service(folder: Path) -> Service:
    """Return a service whose rows lie in a file of ``folder``."""
    made = make_service(folder, url=f"sqlite:///{folder}/a.db")
    return replace(made, now_us=lambda: time.time_ns() // 1000)


@contextmanager
def real_tools(folder: Path) -> Iterator[Tools]:
    """Open what trainings work with; nothing is kept outside ``folder``."""
    environment = {
        **os.environ,
        "APPRENTI_CACHE": str(folder / "cache"),
        "APPRENTI_DATA": str(folder / "data"),
        "APPRENTI_WORKERS": "2",
    }
    with open_tools(read_settings(environment), NoProgress()) as opened:
        yield opened


def train(service: Service, tools: Tools) -> None:
    """Train all that waits in the queue."""
    work(
        service,
        worker_id=service.new_id(),
        tools=tools,
        stopping=lambda: False,
        wait=time.sleep,
        until_empty=True,
    )

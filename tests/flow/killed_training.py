"""A training in a process of its own that is killed on purpose, with all its group, and tells what it worked out.

python -m tests.flow.killed_training PHOTOS OUT FOLDER N_STEPS

Its journal, its shelf and a line for each piece of work are in FOLDER; it is killed once it has recorded N_STEPS steps,
and never where that is 0.
"""

from __future__ import annotations

import hashlib
import os
import pickle
import signal
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from tests.making import Silence

from apprenti.domain.seams import Engine, Limits, Task
from apprenti.engine import ProcessEngine
from apprenti.flow.tools import Tools
from apprenti.flow.train import train
from apprenti.store import FeatureShelf, FolderJournal

BUDGET_SECONDS = 300.0
"""Far more than is needed, so that no step is cut short."""


class KillingJournal(FolderJournal):
    """Kills the process group when it has recorded so many steps."""

    def __init__(self, folder: Path, *, n_steps: int) -> None:
        super().__init__(folder)
        self.n_left = n_steps

    def record(self, step: str, data: bytes) -> None:
        super().record(step, data)
        self.n_left -= 1
        if self.n_left == 0:
            assert os.getpgid(0) == os.getpid(), (
                "begin it in a session of its own: whoever is in its group dies too"
            )
            os.killpg(os.getpid(), signal.SIGKILL)


class TellingEngine:
    """Writes a line for everything that is begun."""

    def __init__(self, engine: Engine, path: Path) -> None:
        self.engine, self.path = engine, path
        self.n_workers = engine.n_workers

    def tell(self, function: Callable[..., object], item: object) -> None:
        name = getattr(item, "name", None) or hashlib.sha256(pickle.dumps(item)).hexdigest()[:16]
        with self.path.open("a") as file:
            file.write(f"{function.__name__} {name}\n")

    def map(
        self, function: Callable[[Any], Any], items: Iterable[Any], *, deadline: float | None = None
    ) -> Iterator[Any]:
        def told() -> Iterator[Any]:
            for item in items:
                self.tell(function, item)
                yield item

        return self.engine.map(function, told(), deadline=deadline)

    def start(self, function: Callable[[Any], Any], argument: Any, *, limits: Limits) -> Task[Any]:
        self.tell(function, argument)
        return self.engine.start(function, argument, limits=limits)

    def run(self, function: Callable[[Any], Any], argument: Any, *, limits: Limits) -> Any:
        self.tell(function, argument)
        return self.engine.run(function, argument, limits=limits)


def main(photos: Path, out: Path, folder: Path, n_steps: int) -> None:
    """Train, and be killed."""
    with ProcessEngine(2) as engine:
        tools = Tools(
            engine=TellingEngine(engine, folder / "work.txt"),
            shelf=FeatureShelf(folder / "shelf"),
            progress=Silence(),
            clock=time.monotonic,
            knowledge_folder=folder / "knowledge",
            journal=KillingJournal(folder / "journal", n_steps=n_steps),
        )
        train(photos, out=out, budget_seconds=BUDGET_SECONDS, tools=tools)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]), int(sys.argv[4]))

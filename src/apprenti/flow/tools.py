"""What a flow works with, handed in by the door that was used."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from apprenti.domain.recipe import Pick, Trial
from apprenti.domain.seams import Clock, Engine, Journal, Progress, Shelf
from apprenti.hub import HubAccess


@dataclass(frozen=True, slots=True, kw_only=True)
class Tools:
    """Where work runs, what is kept, and who is told of it.

    Args:
        engine: where work runs.
        shelf: keeps features between runs.
        progress: is told how far the work is.
        clock: seconds that only grow; the same in every process of this machine (``time.monotonic``).
        knowledge_folder: where cells of the knowledge are kept; ``None`` keeps none.
        memory_mb: private memory each candidate may use.
        unfinished_folder: where trainings of networks that are under way are kept, so that one that was killed goes on;
            ``None`` keeps none.
        journal: remembers the steps of one training, so that it goes on where it was killed; whoever hands it in
            forgets it. ``None``: a training keeps one of its own in ``unfinished_folder``, where there is one.
        should_stop: asked several times a second whether to give up; what was recorded by then stays.
        planned: is told what will be tried, and why, before the first candidate begins.
        begun: is told of every pick that begins, and how to ask what is planned now.
        tried: is told of every candidate as soon as it ends.
        hub: where networks given as ``hf:...`` come from; ``None`` where there is none.
    """

    engine: Engine
    shelf: Shelf
    progress: Progress
    clock: Clock
    knowledge_folder: Path | None = None
    memory_mb: int = 4096
    unfinished_folder: Path | None = None
    journal: Journal | None = None
    should_stop: Callable[[], bool] | None = None
    planned: Callable[[Sequence[Pick]], object] | None = None
    begun: Callable[[Pick, Callable[[], Sequence[Pick]]], object] | None = None
    tried: Callable[[Trial], object] | None = None
    hub: HubAccess | None = None

"""A network that was trained before a kill is not trained again, nor one that could not be."""

from __future__ import annotations

import io
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from tests.making import Silence

from apprenti.domain.errors import (
    ApprentiError,
    BackboneError,
    InterruptedWorkError,
    OutOfMemoryError,
    OutOfTimeError,
    WorkError,
)
from apprenti.domain.recipe import Canvas, Look
from apprenti.domain.seams import Limits, Progress, Task
from apprenti.engine import ProcessEngine
from apprenti.flow.race_log import RaceLog
from apprenti.flow.recorded_networks import RecordedNetworks
from apprenti.flow.steps import Steps
from apprenti.flow.tools import Tools
from apprenti.flow.train import train
from apprenti.store import MemoryJournal, MemoryShelf

SIDE_PX = 32
LOOK = Look(backbone="scratch.v1-32-e3", canvas=Canvas(size_px=SIDE_PX))


class NotingEngine:
    """Remembers what was begun."""

    def __init__(self, engine: ProcessEngine) -> None:
        self.engine = engine
        self.n_workers, self.map = engine.n_workers, engine.map
        self.begun: list[str] = []

    def start(self, function: Callable[[Any], Any], argument: Any, *, limits: Limits) -> Task[Any]:
        self.begun.append(function.__name__)
        return self.engine.start(function, argument, limits=limits)

    def run(self, function: Callable[[Any], Any], argument: Any, *, limits: Limits) -> Any:
        self.begun.append(function.__name__)
        return self.engine.run(function, argument, limits=limits)


@pytest.fixture(scope="module")
def processes() -> Iterator[ProcessEngine]:
    with ProcessEngine(2) as engine:
        yield engine


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """Noise that is brighter on the left or on the right; every tenth lies, so that no recipe makes no mistake."""
    draws = np.random.default_rng(0)
    for number in range(60):
        path = tmp_path / "photos" / ("left" if number % 2 else "right") / f"{number}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        pixels = draws.normal(120, 30, (SIDE_PX, SIDE_PX, 3))
        is_left = bool(number % 2) is not (number % 20 < 2)
        pixels[:, slice(0, 16) if is_left else slice(16, 32)] += 25
        Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8)).save(path)
    return tmp_path / "photos"


def event(data: bytes) -> str | None:
    with np.load(io.BytesIO(data), allow_pickle=False) as parts:
        told = json.loads(parts["json"].tobytes())["data"]
    return told.get("event") if isinstance(told, dict) else None


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_a_training_killed_after_its_network_was_trained_ends_in_the_same_model_without_training_it_again(
    photos: Path, tmp_path: Path, processes: ProcessEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("torch", reason="needs PyTorch: pip install 'apprenti[deep]'")
    monkeypatch.setattr("apprenti.stages.select.with_networks.EPOCHS", (2,))

    def trained(name: str, journal: MemoryJournal) -> tuple[bytes, list[str]]:
        engine = NotingEngine(processes)
        tools = Tools(engine=engine, shelf=MemoryShelf(), progress=Silence(), clock=time.monotonic)
        training = train(
            photos,
            out=tmp_path / name,
            budget_seconds=400,
            recipes="deep",
            tools=replace(tools, journal=journal),
        )
        return training.model_path.read_bytes(), engine.begun

    whole, begun = MemoryJournal(), MemoryJournal()
    model, work = trained("whole.apprenti", whole)
    assert work.count("train_network") == 2
    for step, data in whole.steps.items():
        begun.steps[step] = data
        if event(data) == "network":
            break
    assert len(begun.steps) < len(whole.steps)
    model_again, work_again = trained("again.apprenti", begun)
    assert model_again == model
    assert "train_network" not in work_again
    assert "find_symmetries_of" not in work_again
    assert begun.steps.keys() == whole.steps.keys()


class FailingTrainer:
    """Trains nothing: fails, and remembers why, as a trainer does."""

    def __init__(self, error: ApprentiError) -> None:
        self.error, self.finding, self.lost = error, None, {}  # type: ignore[var-annotated]

    def train(self, look: Look, *, deadline: float, judging_seconds: float, progress: Progress) -> None:
        if not isinstance(self.error, InterruptedWorkError):
            self.lost[look.backbone] = self.error
        raise self.error


def recorded(journal: MemoryJournal, error: ApprentiError) -> RecordedNetworks:
    steps = Steps(journal, clock=lambda: 0.0)
    steps.begin({})
    return RecordedNetworks(trainer=FailingTrainer(error), log=RaceLog(steps=steps))  # type: ignore[arg-type]


def restored(journal: MemoryJournal) -> RecordedNetworks:
    networks = recorded(journal, AssertionError())  # type: ignore[arg-type]
    networks.log.replay(NoSelector(), folder=Path(), restore=networks.restore)  # type: ignore[arg-type]
    return networks


class NoSelector:
    """Neither asked nor told."""


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (OutOfTimeError("training_out_of_time", item="x"), OutOfTimeError),
        (OutOfMemoryError("training_memory", item="x"), OutOfMemoryError),
        (WorkError("no_room_for_photos", folder="/tmp", mb=7), WorkError),
        (BackboneError("training_memory", item="x"), WorkError),
    ],
)
def test_a_network_that_was_lost_before_a_kill_stays_lost_for_the_same_reason(
    error: ApprentiError, kind: type[ApprentiError]
) -> None:
    journal = MemoryJournal()
    networks = recorded(journal, error)
    for _ in range(2):  # two recipes ask for it
        with pytest.raises(type(error)):
            networks.train(LOOK, deadline=1.0, judging_seconds=1.0, progress=Silence())
    assert len(journal.steps) == 2  # what it began with, and the loss, once
    again = restored(journal)
    assert again.is_lost(LOOK.backbone)
    assert not again.is_lost("tuned.v1-96-e2")
    why = again.trainer.lost[LOOK.backbone]
    assert (type(why), why.said("en")) == (kind, error.said("en"))


def test_a_network_whose_training_was_told_to_stop_is_not_lost() -> None:
    journal = MemoryJournal()
    networks = recorded(journal, InterruptedWorkError("stopped_from_outside"))
    with pytest.raises(InterruptedWorkError):
        networks.train(LOOK, deadline=1.0, judging_seconds=1.0, progress=Silence())
    assert not restored(journal).is_lost(LOOK.backbone)

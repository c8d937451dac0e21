"""A training that was stopped in the middle goes on there, wherever its journal is."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest
from tests.making import Silence

from apprenti.domain.errors import DataError, InterruptedWorkError
from apprenti.engine import ProcessEngine
from apprenti.flow.backbones import Brought
from apprenti.flow.preparing import Asked, Prepared, prepare
from apprenti.flow.samples import write_samples
from apprenti.flow.schedule import MOST_LOAD
from apprenti.flow.steps import Steps
from apprenti.flow.tools import Tools
from apprenti.flow.train import Training, train
from apprenti.store import MemoryJournal, MemoryShelf


class Killed(BaseException):
    """Ends a training as abruptly as can be from within."""


class MortalJournal(MemoryJournal):
    """Ends the training when a step has been recorded."""

    def __init__(self, last: str) -> None:
        super().__init__()
        self.last = last

    def record(self, step: str, data: bytes) -> None:
        super().record(step, data)
        if step == self.last:
            self.last = ""
            raise Killed


class Shown(Silence):
    """Remembers the steps that were shown, and ends the training at one of them."""

    def __init__(self, last: str = "") -> None:
        self.shown: list[str] = []
        self.last = last

    def begin(self, step: str, total: int | None = None) -> None:
        self.shown.append(step)
        if step == self.last:
            raise Killed


@pytest.fixture(scope="module")
def tools() -> Iterator[Tools]:
    with ProcessEngine(2) as engine:
        yield Tools(engine=engine, shelf=MemoryShelf(), progress=Silence(), clock=time.monotonic)


@pytest.fixture
def photos(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    everything = tmp_path_factory.getbasetemp() / "all-digits"
    if not everything.exists():
        write_samples("digits", everything)
    for label in ("1", "8"):
        (tmp_path / "photos" / label).mkdir(parents=True)
        for photo in sorted((everything / label).iterdir())[:8]:
            (tmp_path / "photos" / label / photo.name).write_bytes(photo.read_bytes())
    return tmp_path / "photos"


@pytest.fixture
def trained(photos: Path, tmp_path: Path) -> Callable[..., Training]:
    def trained(tools: Tools, *, out: str = "model.apprenti", seed: int = 0) -> Training:
        return train(photos, out=tmp_path / out, budget_seconds=90, seed=seed, tools=tools)

    return trained


@pytest.mark.slow  # three trainings
def test_a_killed_training_goes_on_with_what_it_had_recorded_and_gives_the_same_model(
    trained: Callable[..., Training], tools: Tools, tmp_path: Path
) -> None:
    whole = trained(tools, out="whole.apprenti")
    journal, steps = MortalJournal("race-0003"), Shown()
    with pytest.raises(Killed):
        trained(replace(tools, journal=journal))
    recorded = dict(journal.steps)
    training = trained(replace(tools, journal=journal, progress=steps))
    assert training.resumed
    assert "resuming" in steps.shown
    assert not {"looking", "reading", "dictionary"} & set(steps.shown)
    assert {name: journal.steps[name] for name in recorded} == recorded
    assert training.model_path.read_bytes() == whole.model_path.read_bytes()
    assert [trial.recipe for trial in training.trials] == [trial.recipe for trial in whole.trials]
    again = trained(replace(tools, journal=journal), out="again.apprenti")  # all of it is recorded
    assert again.model_path.read_bytes() == whole.model_path.read_bytes()
    assert not whole.resumed


def test_how_busy_the_machine_was_is_not_measured_again(tools: Tools, photos: Path, tmp_path: Path) -> None:
    """Features that took minutes, by a clock that is looked at as seldom, are there at once the second time."""
    minutes = count(0.0, 600.0)

    def prepared(clock: Callable[[], float], journal: MemoryJournal, name: str) -> Prepared:
        asked = Asked(
            source=photos,
            brought=Brought(backbones=(), notices=()),
            budget_seconds=30_000,
            seed=0,
            recipes="frozen",
        )
        (tmp_path / name).mkdir()
        slow = replace(tools, clock=clock)
        return prepare(asked, Steps(journal, clock=clock), workspace=tmp_path / name, tools=slow)

    journal = MemoryJournal()
    before = prepared(lambda: time.monotonic() + next(minutes), journal, "before")
    n_steps = len(journal.steps)
    after = prepared(time.monotonic, journal, "after")
    assert after.resumed
    assert len(journal.steps) == n_steps
    assert after.load == before.load == MOST_LOAD


@pytest.mark.slow
def test_told_to_stop_a_training_leaves_no_model_and_the_same_command_goes_on(
    trained: Callable[..., Training], tools: Tools, tmp_path: Path
) -> None:
    unfinished = tmp_path / "unfinished"

    def should_stop() -> bool:
        return any(unfinished.glob("*/race-0002.step"))

    with pytest.raises(InterruptedWorkError, match="stopped"):
        trained(replace(tools, unfinished_folder=unfinished, should_stop=should_stop))
    assert not (tmp_path / "model.apprenti").exists()
    assert len(list(unfinished.glob("*/*.step"))) >= 10
    assert trained(replace(tools, unfinished_folder=unfinished)).resumed
    assert list(unfinished.iterdir()) == []  # what is finished is forgotten


def test_another_seed_or_other_photos_begin_anew(
    trained: Callable[..., Training], tools: Tools, photos: Path, tmp_path: Path
) -> None:
    journal = MortalJournal("landmarks")
    with pytest.raises(Killed):
        trained(replace(tools, journal=journal))
    (one, other) = (sorted((photos / label).iterdir())[0] for label in ("1", "8"))
    swapped = one.read_bytes(), other.read_bytes()
    other.write_bytes(swapped[0])
    one.write_bytes(swapped[1])
    steps = Shown("embedding")
    with pytest.raises(Killed):
        trained(replace(tools, journal=journal, progress=steps))
    assert "dictionary" in steps.shown
    with pytest.raises(Killed):
        trained(replace(tools, journal=journal, progress=Shown("dictionary")), seed=1)


def test_data_that_cannot_be_trained_on_leave_nothing_behind(
    trained: Callable[..., Training], tools: Tools, photos: Path, tmp_path: Path
) -> None:
    for photo in (photos / "8").iterdir():
        photo.write_bytes(b"no photo")
    with pytest.raises(DataError):
        trained(replace(tools, unfinished_folder=tmp_path / "unfinished"))
    assert list((tmp_path / "unfinished").iterdir()) == []

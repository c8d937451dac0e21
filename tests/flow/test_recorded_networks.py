"""A network that was trained before a kill is not trained again."""

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

from apprenti.domain.seams import Limits, Task
from apprenti.engine import ProcessEngine
from apprenti.flow.tools import Tools
from apprenti.flow.train import train
from apprenti.store import MemoryJournal, MemoryShelf

pytest.importorskip("torch", reason="needs PyTorch: pip install 'apprenti[deep]'")

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

SIDE_PX = 32


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


def test_a_training_killed_after_its_network_was_trained_ends_in_the_same_model_without_training_it_again(
    photos: Path, tmp_path: Path, processes: ProcessEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
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

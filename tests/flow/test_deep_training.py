"""Deep recipes from photos to a model file, in real processes: what is left, what lives on, what is stopped."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from tests.making import Silence

from apprenti.blocks.artifact import unpack
from apprenti.blocks.session import open_session
from apprenti.domain.network_training import read_trained_name
from apprenti.domain.recipe import TrialStatus
from apprenti.engine import ProcessEngine
from apprenti.flow.tools import Tools
from apprenti.flow.train import Training, train
from apprenti.recipes import TRAININGS
from apprenti.stages.predict import Predictor
from apprenti.store import MemoryShelf

pytest.importorskip("torch", reason="needs PyTorch: pip install 'apprenti[deep]'")

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]

N_PER_LABEL = 40
SIDE_PX = 32
BUDGET_SECONDS = 200.0
"""Far more than is needed: two epochs are all that is planned."""


@pytest.fixture(scope="module")
def engine() -> Iterator[ProcessEngine]:
    with ProcessEngine(2) as engine:
        yield engine


@pytest.fixture
def tools(engine: ProcessEngine, tmp_path: Path, shelf: MemoryShelf) -> Tools:
    return Tools(
        engine=engine,
        shelf=shelf,
        progress=Silence(),
        clock=time.monotonic,
        unfinished_folder=tmp_path / "unfinished",
    )


@pytest.fixture(scope="module")
def shelf() -> MemoryShelf:
    return MemoryShelf()


@pytest.fixture(scope="module")
def photos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Bars that rise or fall, drawn badly; every eighth lies, so that no recipe makes no mistake."""
    folder, draws = tmp_path_factory.mktemp("bars"), np.random.default_rng(0)
    rows, columns = np.mgrid[:SIDE_PX, :SIDE_PX]
    for number in range(2 * N_PER_LABEL):
        rises = bool(number % 2)
        path = folder / ("rises" if rises else "falls") / f"{number}.png"
        path.parent.mkdir(exist_ok=True)
        pixels = draws.normal(draws.uniform(80, 170, 3), 25, (SIDE_PX, SIDE_PX, 3))
        across = columns if rises is not (number % 16 < 2) else SIDE_PX - columns
        on_bar = np.abs(rows - across + draws.uniform(-8, 8)) < draws.uniform(2, 5)
        pixels[on_bar] = draws.uniform(0, 255, 3)
        Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8)).save(path)
    return folder


@pytest.fixture(autouse=True)
def few_epochs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("apprenti.stages.select.with_networks.EPOCHS", (2,))


def statuses(training: Training, *, trained: bool) -> list[TrialStatus]:
    return [trial.status for trial in training.trials if trial.recipe.is_trained is trained]


def test_deep_recipes_alone_leave_a_model_that_says_what_it_said_when_it_was_made(
    photos: Path, tmp_path: Path, tools: Tools
) -> None:
    model = tmp_path / "bars.apprenti"
    training = train(photos, out=model, budget_seconds=BUDGET_SECONDS, recipes="deep", tools=tools)
    assert training.seconds < 0.8 * BUDGET_SECONDS
    assert training.kept.is_trained
    assert statuses(training, trained=False) == []
    assert [pick.recipe.is_trained for pick in training.picks] == [True] * len(training.picks)
    assert {told.recipe for told in training.report.attempts if not told.recipe.is_trained} == set()
    finished = statuses(training, trained=True)
    assert finished == [TrialStatus.FINISHED] * len(finished)
    assert len(finished) >= 2
    Predictor.open(model.read_bytes())  # asks it its golden pictures
    artifact = unpack(model.read_bytes())
    answers = open_session(artifact.graph).run(["probabilities"], {"pixels": artifact.golden.pixels})[0]
    assert np.allclose(answers, artifact.golden.answers, atol=1e-5)
    trained = read_trained_name(training.kept.backbones[0])
    assert trained is not None
    assert (trained.kind, trained.size_px, trained.epochs) == ("scratch.v1", 32, 2)
    assert artifact.manifest.recipe == training.kept
    assert list((tmp_path / "unfinished").glob("*")) == []


def test_a_network_that_loses_its_way_fails_alone(
    photos: Path, tmp_path: Path, tools: Tools, monkeypatch: pytest.MonkeyPatch
) -> None:
    wild = {name: replace(settings, rate=1e30) for name, settings in TRAININGS.items()}
    monkeypatch.setattr("apprenti.recipes.trainings.TRAININGS", wild)
    training = train(
        photos,
        out=tmp_path / "bars.apprenti",
        budget_seconds=BUDGET_SECONDS,
        recipes="all",
        tools=tools,
    )
    assert statuses(training, trained=True) == [TrialStatus.FAILED]  # and no other on the same network
    assert set(statuses(training, trained=False)) == {TrialStatus.FINISHED}
    assert not training.kept.is_trained
    (lost,) = [trial for trial in training.trials if trial.recipe.is_trained]
    assert lost.detail is not None
    assert lost.detail.key == "errors.training_diverged"
    assert list((tmp_path / "unfinished").glob("*")) == []


class Impatient(Silence):
    """Presses Ctrl-C as soon as a network is under way."""

    def __init__(self) -> None:
        self.step = ""

    def begin(self, step: str, total: int | None = None) -> None:
        self.step = step

    def advance(self, n: int = 1) -> None:
        if self.step == "networks":
            self.step = ""
            raise KeyboardInterrupt


def test_ctrl_c_while_a_network_is_trained_keeps_what_had_finished(
    photos: Path, tmp_path: Path, tools: Tools, engine: ProcessEngine
) -> None:
    model = tmp_path / "bars.apprenti"
    training = train(
        photos,
        out=model,
        budget_seconds=BUDGET_SECONDS,
        recipes="all",
        tools=replace(tools, progress=Impatient()),
    )
    assert statuses(training, trained=True) == []
    assert TrialStatus.FINISHED in statuses(training, trained=False)
    assert not training.kept.is_trained
    assert any(notice.key == "train.interrupted" for notice in training.report.notices)
    Predictor.open(model.read_bytes())
    assert all(task.poll() for task in engine._tasks)  # nothing of the network is at work any more

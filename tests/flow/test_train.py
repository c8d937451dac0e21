"""The corners of training, on real digits and in real processes."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.making import Silence

from apprenti.blocks.artifact import unpack
from apprenti.domain.errors import DataError, UserError
from apprenti.domain.recipe import Pick, Trial, TrialStatus
from apprenti.domain.sentence import Sentence
from apprenti.engine import ProcessEngine
from apprenti.flow.evaluate import evaluate
from apprenti.flow.samples import write_samples
from apprenti.flow.tools import Tools
from apprenti.flow.train import train
from apprenti.recipes import SPACE
from apprenti.stages.select import Ground
from apprenti.store import MemoryShelf


@pytest.fixture(scope="module")
def tools() -> Iterator[Tools]:
    with ProcessEngine(2) as engine:
        yield Tools(engine=engine, shelf=MemoryShelf(), progress=Silence(), clock=time.monotonic)


@pytest.fixture(scope="module")
def digits(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("digits") / "digits"
    write_samples("digits", folder)
    return folder


def some_of(digits: Path, folder: Path, counts: dict[str, int]) -> Path:
    for label, n in counts.items():
        (folder / label).mkdir(parents=True)
        for photo in sorted((digits / label).iterdir())[:n]:
            (folder / label / photo.name).write_bytes(photo.read_bytes())
    return folder


def test_six_photos_give_a_model_without_a_test_and_it_can_be_evaluated_later(
    digits: Path, tmp_path: Path, tools: Tools
) -> None:
    few = some_of(digits, tmp_path / "few", {"3": 3, "8": 3})
    training = train(few, out=tmp_path / "few.apprenti", budget_seconds=30, tools=tools)
    assert training.report.scores is None
    more = some_of(digits, tmp_path / "more", {"3": 15, "8": 15})
    report = evaluate(training.model_path, more, tools=tools)
    assert report.scores is not None
    assert report.scores.n == 24  # the six it learnt from are left out
    assert report.scores.accuracy > 0.7


def test_a_place_that_cannot_be_written_is_refused_before_anything_is_done(
    digits: Path, tmp_path: Path
) -> None:
    class Unused:
        def __getattr__(self, name: str) -> object:
            raise AssertionError(f"{name} was used")

    nothing = Tools(engine=Unused(), shelf=Unused(), progress=Unused(), clock=Unused())  # type: ignore[arg-type]
    for out in (tmp_path / "missing" / "x.apprenti", tmp_path):
        with pytest.raises(UserError, match=str(tmp_path)):
            train(digits, out=out, budget_seconds=30, tools=nothing)


def test_a_model_named_like_a_page_is_not_overwritten_by_its_report(
    digits: Path, tmp_path: Path, tools: Tools
) -> None:
    few = some_of(digits, tmp_path / "few", {"0": 4, "1": 4})
    training = train(few, out=tmp_path / "digits.html", budget_seconds=30, tools=tools)
    assert training.report_path != training.model_path
    assert training.model_path.read_bytes().startswith(b"PK")


def test_labels_the_model_does_not_know_are_named(digits: Path, tmp_path: Path, tools: Tools) -> None:
    few = some_of(digits, tmp_path / "few", {"3": 3, "8": 3})
    training = train(few, out=tmp_path / "few.apprenti", budget_seconds=30, tools=tools)
    others = some_of(digits, tmp_path / "others", {"5": 3})
    with pytest.raises(DataError, match="3, 8"):
        evaluate(training.model_path, others, tools=tools)


CHOSEN = (
    "embedded.v2-96/power.v1/kernel_ridge.v1?alpha=0.03&gamma=1",
    "embedded.v2-64-mirrored/standardise.v1/centroid.v1",
    "embedded.v2-64+embedded.v2-128/l2.v1/knn.v1?k=1",
    "classic.v1/none.v1/kernel_ridge.v1?alpha=0.01&gamma=0.25",
)


class Chosen:
    """Picks recipes that look at photos in different ways, whatever the data."""

    def __init__(self, ground: Ground, *, first: int) -> None:
        order = CHOSEN[first:] + CHOSEN[:first]
        recipes = [SPACE[name].on(ground.stock) for name in order]
        reason = Sentence(key="select.ridge", values={"rank": 1})
        self.picks = [Pick(recipe=recipe, reason=reason, predicted_seconds=1.0) for recipe in recipes]
        self.left = list(self.picks)

    def plan(self) -> tuple[Pick, ...]:
        return tuple(self.picks)

    def ask(self, *, seconds_left: float) -> Pick | None:
        return self.left.pop(0) if self.left else None

    @property
    def waiting(self) -> bool:
        return False

    def tell(self, trial: Trial) -> None: ...

    def outlook(self) -> None: ...


@pytest.mark.slow
@pytest.mark.parametrize("first", range(len(CHOSEN)), ids=[name.partition("/")[0] for name in CHOSEN])
def test_recipes_of_other_sizes_and_views_are_trained_and_the_kept_one_looks_at_its_own_canvas(
    first: int, digits: Path, tmp_path: Path, tools: Tools, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = some_of(digits, tmp_path / "few", {"0": 12, "1": 12, "7": 12})

    def open_chosen(ground: Ground, **options: object) -> Chosen:
        return Chosen(ground, first=first)

    monkeypatch.setattr("apprenti.flow.choosing.open_selector", open_chosen)
    kept_first = tmp_path / "few.apprenti"
    training = train(few, out=kept_first, budget_seconds=90, tools=tools)
    assert [trial.status for trial in training.trials] == [TrialStatus.FINISHED] * len(CHOSEN)
    assert len({trial.recipe.canvas for trial in training.trials}) >= 3
    manifest = unpack(kept_first.read_bytes()).manifest
    assert manifest.recipe == training.kept
    assert manifest.canvas == training.kept.canvas
    assert [part.name for part in manifest.backbones] == list(training.kept.backbones)
    report = evaluate(kept_first, few, tools=tools)  # decodes at the model's own canvas
    assert report.scores is not None
    assert training.report.scores is not None
    assert report.scores.accuracy == training.report.scores.accuracy

"""The corners of training, on real digits and in real processes."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.making import Silence

from apprenti.domain.errors import DataError, UserError
from apprenti.engine import ProcessEngine
from apprenti.flow.evaluate import evaluate
from apprenti.flow.samples import write_samples
from apprenti.flow.tools import Tools
from apprenti.flow.train import train
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

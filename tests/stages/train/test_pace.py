"""How far a training is, told by its own process: neither too far nor too short while features are still to come."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from apprenti.stages.train.history import History


@dataclass
class HalfWay:
    """A learner that has taken 50 of 100 steps."""

    step: int = 50
    n_steps: int = 100
    batch: int = 1

    optimiser: SimpleNamespace = field(default_factory=lambda: SimpleNamespace(param_groups=[{"lr": 0.01}]))

    @property
    def epochs(self) -> float:
        return self.step / 20

    @property
    def progress(self) -> float:
        return self.step / self.n_steps


@pytest.fixture
def history(tmp_path: Path) -> History:
    return History(path=tmp_path / "judged.history", features_share=0.2)


def test_nothing_is_known_before_the_first_step(history: History) -> None:
    assert history.progress() == 0
    assert history.seconds_left() is None
    assert history.lines() == ()


def test_the_epochs_are_not_the_whole_of_it(history: History) -> None:
    history.pace(HalfWay(), seconds=40.0, n_photos=50)  # type: ignore[arg-type]
    assert history.progress() == pytest.approx(0.4)
    assert history.seconds_left() == pytest.approx(40 + 20)  # 80 s of epochs are four fifths of all
    history.pace(HalfWay(step=100), seconds=80.0, n_photos=100)  # type: ignore[arg-type]
    assert history.progress() == pytest.approx(0.8)


def test_features_take_it_to_the_end(history: History) -> None:
    history.features(0.25, seconds=5.0)
    assert history.progress() == pytest.approx(0.85)
    assert history.seconds_left() == pytest.approx(15)
    history.features(1.0, seconds=20.0)
    assert (history.progress(), history.seconds_left()) == (1.0, 0.0)


def test_a_line_half_written_is_not_read(history: History) -> None:
    history.path.write_text('{"epoch": 1.0}\n{"epo')
    assert history.lines() == ({"epoch": 1.0},)


def tell(history: History, step: int, loss: float) -> None:
    history.epoch(HalfWay(step=step), loss=loss, score=None, seconds=1.0, n_photos=step)  # type: ignore[arg-type]


def told(history: History) -> list[tuple[float | None, float | None]]:
    return [(line["epoch"], line["loss"]) for line in history.lines()]


def test_a_training_that_goes_on_after_a_kill_tells_the_epochs_before_it_too(
    history: History, tmp_path: Path
) -> None:
    killed = replace(history, kept=tmp_path / "kept.history")
    for step, loss in ((20, 0.9), (40, 0.8), (60, 0.7)):
        tell(killed, step, loss)
    again = replace(killed, path=tmp_path / "again.history")
    again.go_on(1.5)
    assert told(again) == [(1.0, 0.9)]
    assert again.resumed_at == 1.5
    tell(again, 40, 0.81)  # the last checkpoint was before it: this epoch and the next are trained once more
    assert told(again) == [(1.0, 0.9), (2.0, 0.81)]
    tell(again, 60, 0.71)
    assert told(again) == [(1.0, 0.9), (2.0, 0.81), (3.0, 0.71)]
    again.forget()
    assert not list(tmp_path.glob("kept*"))


def test_nothing_is_kept_where_there_is_no_place_for_it(history: History, tmp_path: Path) -> None:
    history.go_on(2.0)
    tell(history, 20, 0.9)
    history.forget()
    assert told(history) == [(1.0, 0.9)]
    assert {path.suffix for path in tmp_path.iterdir()} == {".history", ".pace", ".resumed"}

"""How far a training is, told by its own process: neither too far nor too short while features are still to come."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from apprenti.stages.train.history import History


@dataclass
class HalfWay:
    """A learner that has taken 50 of 100 steps."""

    step: int = 50
    n_steps: int = 100

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
    history.pace(HalfWay(), seconds=40.0, n_steps=50)  # type: ignore[arg-type]
    assert history.progress() == pytest.approx(0.4)
    assert history.seconds_left() == pytest.approx(40 + 20)  # 80 s of epochs are four fifths of all
    history.pace(HalfWay(step=100), seconds=80.0, n_steps=100)  # type: ignore[arg-type]
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

"""A training that was stopped goes on as if it had not been; what is not its own is left alone."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from apprenti.domain.errors import WorkError
from apprenti.domain.network_training import NetworkTraining
from apprenti.store import sweep_abandoned

torch = pytest.importorskip("torch", reason="needs PyTorch: pip install 'apprenti[deep]'")

from tests.stages.train.small_networks import (  # noqa: E402
    SETTINGS,
    Ticks,
    a_learner,
    differing,
    numbers_of,
)

from apprenti.stages.train.checkpoint import Checkpoint  # noqa: E402
from apprenti.stages.train.history import History  # noqa: E402
from apprenti.stages.train.loop import Learner, fit_network  # noqa: E402
from apprenti.stages.train.losses import Material  # noqa: E402


@pytest.fixture
def checkpoint(tmp_path: Path) -> Checkpoint:
    return Checkpoint(path=tmp_path / "unfinished" / "a.npz", key="this one", seconds_between=0.0)


class StoppedError(Exception):
    """The power went."""


def stopped_at(step: int) -> type[Learner]:
    """Return learners that come as far as ``step``."""

    class Stopped(Learner):
        def learn(self) -> float:
            if self.step == step:
                raise StoppedError
            return super().learn()

    return Stopped


@pytest.mark.parametrize(
    "settings",
    [
        SETTINGS,
        replace(SETTINGS, optimiser="adamw", rate=0.005),
        replace(SETTINGS, ema=0.8, depth_factor=0.5),
    ],
    ids=["sgd", "adamw", "averaged"],
)
@pytest.mark.parametrize("step", [1, 4])
def test_a_training_that_was_stopped_ends_where_it_would_have_ended(
    settings: NetworkTraining, step: int, material: Material, history: History, checkpoint: Checkpoint
) -> None:
    through = a_learner(material, settings)
    fit_network(through, history=history)
    told = [(line["epoch"], line["loss"], line["score"]) for line in history.lines()]
    stopped = a_learner(material, settings, kind=stopped_at(step), clock=Ticks(1.0))
    with pytest.raises(StoppedError):
        fit_network(stopped, history=history, checkpoint=checkpoint)
    again = a_learner(material, settings)
    taken: list[int] = []
    learn = again.learn
    again.learn = lambda: taken.append(again.step) or learn()  # type: ignore[method-assign, func-returns-value]
    fit_network(again, history=history, checkpoint=checkpoint)
    assert taken == list(range(step, 6))
    assert [(line["epoch"], line["loss"], line["score"]) for line in history.lines()] == told
    assert not differing(numbers_of(again), numbers_of(through))


def test_a_found_rate_and_a_halved_batch_are_found_again(
    material: Material, history: History, checkpoint: Checkpoint
) -> None:
    stopped = a_learner(material)
    stopped.learn()
    stopped.halve()
    stopped.reach(0.0123)
    checkpoint.save(stopped)
    again = a_learner(material, replace(SETTINGS, finds_rate=True))
    fit_network(again, history=history, checkpoint=checkpoint)  # which looks for no rate once more
    assert (again.batch, again.step, again.n_steps) == (4, 12, 12)
    assert again.rate == 0.0123
    assert max(group["highest"] for group in again.optimiser.param_groups) == pytest.approx(0.0123)


def test_a_training_that_only_lacked_its_last_step_takes_that_and_no_more(
    material: Material, history: History, checkpoint: Checkpoint
) -> None:
    whole = a_learner(material)
    whole.step = whole.n_steps
    checkpoint.save(whole)
    again = a_learner(material, kind=stopped_at(6))
    fit_network(again, history=history, checkpoint=checkpoint)
    assert history.lines() == ()
    assert again.epochs == 3


def not_a_zip(path: Path) -> None:
    path.write_bytes(b"PK but no more than that")


def torn(path: Path) -> None:
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])


def damaged(path: Path) -> None:
    whole = bytearray(path.read_bytes())
    whole[len(whole) // 2] ^= 255
    path.write_bytes(bytes(whole))


def empty(path: Path) -> None:
    path.write_bytes(b"")


def one_array(path: Path) -> None:
    with path.open("wb") as file:
        np.save(file, np.zeros(3))


def pickled(path: Path) -> None:
    with path.open("wb") as file:
        np.savez(file, key=np.asarray([print], dtype=object))


def of_another(path: Path) -> None:
    with path.open("wb") as file:
        np.savez(file, key=np.asarray("that one"))


def without_weights(path: Path) -> None:
    with path.open("wb") as file:
        np.savez(file, key=np.asarray("this one"), step=3, n_steps=6, batch=8, rate=0.1)


def of_other_shape(path: Path) -> None:
    with np.load(path) as file:
        arrays = dict(file)
    arrays["head/bias"] = np.zeros(1, np.float32)  # would fit any shape
    with path.open("wb") as file:
        np.savez(file, **arrays)


@pytest.mark.parametrize(
    "spoil",
    [
        not_a_zip,
        torn,
        damaged,
        empty,
        one_array,
        pickled,
        of_another,
        without_weights,
        of_other_shape,
        Path.unlink,
    ],
)
def test_a_checkpoint_that_is_not_whole_or_not_ones_own_changes_nothing(
    spoil: object, material: Material, checkpoint: Checkpoint
) -> None:
    stopped = a_learner(material)
    stopped.learn()
    checkpoint.save(stopped)
    again = a_learner(material)
    before = numbers_of(again)
    assert checkpoint.restore(again)  # as it was saved
    again = a_learner(material)
    assert callable(spoil)
    spoil(checkpoint.path)
    assert not checkpoint.restore(again)
    assert not differing(numbers_of(again), before)
    assert (again.step, again.batch) == (0, 8)


def test_checkpoints_are_as_far_apart_as_they_are_to_be(
    material: Material, history: History, tmp_path: Path
) -> None:
    saved: list[int] = []

    class Counted(Checkpoint):
        def save(self, learner: Learner) -> None:
            saved.append(learner.step)

    every = Counted(path=tmp_path / "a.npz", key="a", seconds_between=20.0)
    fit_network(
        a_learner(material, epochs=10, clock=Ticks(0.3)), history=history, checkpoint=every
    )  # a third or two of a second a step, with the score
    assert 3 <= len(saved) <= 5
    assert min(np.diff(saved)) >= 3


def test_a_disk_that_is_full_costs_the_checkpoint_and_not_the_training(
    material: Material, tmp_path: Path
) -> None:
    (tmp_path / "a file").touch()
    Checkpoint(path=tmp_path / "a file" / "a.npz", key="a").save(a_learner(material))


def test_nothing_goes_on_from_where_a_training_lost_its_way(
    material: Material, history: History, checkpoint: Checkpoint
) -> None:
    wild = a_learner(material, replace(SETTINGS, rate=1e9), clock=Ticks(1.0))
    with pytest.raises(WorkError):
        fit_network(wild, history=history, checkpoint=checkpoint)
    assert wild.step > 1
    assert list(checkpoint.path.parent.iterdir()) == []


def test_what_a_kill_left_half_written_is_removed_at_the_end(
    material: Material, checkpoint: Checkpoint
) -> None:
    checkpoint.save(a_learner(material))
    (checkpoint.path.parent / "a.4711.part").touch()
    (checkpoint.path.parent / "another.npz").touch()
    checkpoint.remove()
    assert [path.name for path in checkpoint.path.parent.iterdir()] == ["another.npz"]


def test_a_folder_that_is_a_file_costs_the_checkpoint_and_not_the_training(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    Checkpoint(path=tmp_path / "file" / "unfinished" / "a.npz", key="a").remove()


@pytest.mark.parametrize(
    ("seconds", "ends_epoch", "n_mb", "is_due"),
    [
        (1.0, True, 0, False),
        (2.5, True, 40, True),
        (2.5, False, 40, False),
        (21.0, False, 40, True),
        (2.5, True, 500, False),
        (21.0, True, 500, True),
        (21.0, False, 1000, False),
    ],
)
def test_a_training_is_kept_where_an_epoch_ends_unless_writing_takes_long(
    seconds: float, ends_epoch: bool, n_mb: int, is_due: bool, tmp_path: Path
) -> None:
    checkpoint = Checkpoint(path=tmp_path / "a.npz", key="a", seconds_between=20.0, n_bytes=n_mb * 10**6)
    assert checkpoint.is_due(seconds, ends_epoch=ends_epoch) is is_due


def test_a_kill_costs_no_more_than_the_epoch_it_comes_in(
    material: Material, history: History, tmp_path: Path
) -> None:
    keeps = Checkpoint(path=tmp_path / "a.npz", key="a", seconds_between=1e6)
    with pytest.raises(StoppedError):
        fit_network(
            a_learner(material, kind=stopped_at(5), clock=Ticks(1.5)), history=history, checkpoint=keeps
        )
    again = a_learner(material)
    assert keeps.restore(again)
    assert again.step == 4  # of two epochs


def test_a_checkpoint_that_is_gone_on_from_is_no_longer_an_abandoned_one(
    material: Material, checkpoint: Checkpoint
) -> None:
    checkpoint.save(a_learner(material))
    os.utime(checkpoint.path, (0, 0))
    assert checkpoint.restore(a_learner(material))
    assert sweep_abandoned(checkpoint.path.parent) == 0

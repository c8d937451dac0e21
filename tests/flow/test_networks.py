"""The two trainings of a network: who sees what, and what becomes of one where the other fails or is stopped."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from tests.making import Silence, a_dataset, an_example

from apprenti.domain.dataset import Example, Split, TaskType
from apprenti.domain.errors import (
    ApprentiError,
    InterruptedWorkError,
    OutOfMemoryError,
    OutOfTimeError,
    WorkError,
)
from apprenti.domain.recipe import Canvas, Look
from apprenti.domain.seams import Limits
from apprenti.engine import InlineEngine
from apprenti.flow.features import FeatureTable
from apprenti.flow.materials import Materials
from apprenti.flow.networks import GRACE_SECONDS, GREY, LONG, NetworkTrainer, policy_for
from apprenti.flow.tools import Tools
from apprenti.recipes import POLICIES
from apprenti.stages.train import Folds, NetworkJob, TrainedNetwork
from apprenti.store import MemoryShelf

LOOK = Look(backbone="scratch.v1-32-e3", canvas=Canvas(size_px=32))
N_FITTED, N_TEST, N_FEATURES = 10, 3, 4


class ScriptedTask:
    """A training that has ended, fails, or is under way when Ctrl-C comes."""

    def __init__(self, end: TrainedNetwork | BaseException) -> None:
        self.end, self.killed = end, False

    def poll(self) -> bool:
        if isinstance(self.end, KeyboardInterrupt):
            raise self.end
        return True

    def result(self) -> TrainedNetwork:
        if isinstance(self.end, BaseException):
            raise self.end
        return self.end

    def kill(self) -> None:
        self.killed = True


class ScriptedEngine(InlineEngine):
    """Decodes here; trainings end as the script says."""

    def __init__(self, *ends: BaseException | None) -> None:
        super().__init__()
        self.ends, self.tasks, self.jobs, self.limits = list(ends), [], [], []  # type: ignore[var-annotated]
        self.n_decoded = 0

    def map(self, function: Callable[..., Any], items: Any, **options: Any) -> Any:
        for item in items:
            self.n_decoded += len(item[0])
            yield function(item)

    def start(self, function: object, argument: NetworkJob, *, limits: Limits) -> ScriptedTask:  # type: ignore[override]
        end = self.ends.pop(0) if self.ends else None
        self.jobs.append(argument)
        self.limits.append(limits)
        self.tasks.append(ScriptedTask(end or trained(argument)))
        return self.tasks[-1]


def trained(job: NetworkJob) -> TrainedNetwork:
    """Leave what a training would leave: rows that say which photo they are of."""
    features, graph, history = (job.folder / f"{job.stem}{end}" for end in (".npy", ".onnx", ".history"))
    rows = np.sort(job.shown)
    np.save(features, np.repeat(rows[:, None], N_FEATURES, axis=1).astype(np.float32))
    graph.write_bytes(job.stem.encode())
    return TrainedNetwork(
        graph=graph,
        features=features,
        history=history,
        n_features=N_FEATURES,
        epochs=3.0,
        photos_per_second=100.0,
    )


def an_example_on(folder: Path, number: int, split: Split) -> Example:
    path = folder / f"{number}.png"
    Image.new("RGB", (8, 8), (10 * number, 0, 0)).save(path)
    return an_example(number, "x", split, path=str(path), name=path.name, target=float(number))


def a_trainer(tmp_path: Path, engine: ScriptedEngine, progress: Silence | None = None) -> NetworkTrainer:
    tools = Tools(
        engine=engine,
        shelf=MemoryShelf(),
        progress=progress or Silence(),
        clock=lambda: 100.0,
        unfinished_folder=tmp_path / "unfinished",
    )
    fitted = tuple(an_example_on(tmp_path, i, Split.TRAIN) for i in range(N_FITTED))
    test = tuple(an_example_on(tmp_path, i, Split.TEST) for i in range(N_FITTED, N_FITTED + N_TEST))
    dataset = replace(a_dataset(*fitted, *test), task_type=TaskType.REGRESSION, labels=())
    (tmp_path / "work").mkdir()
    table = FeatureTable(
        fitted=fitted,
        test=test,
        materials=Materials(networks=(), classic=(), canvas=LOOK.canvas),
        folder=tmp_path / "work",
        tools=tools,
    )
    folds = Folds(fold=(np.arange(N_FITTED) % 5).astype(np.int8), n_folds=5, scheme="5-fold")
    return NetworkTrainer(
        dataset=dataset, table=table, folds=folds, seed=7, folder=tmp_path / "work", tools=tools
    )


def train(trainer: NetworkTrainer, progress: Silence | None = None, look: Look = LOOK) -> None:
    trainer.train(look, deadline=150.0, judging_seconds=5.0, progress=progress or Silence())


def test_the_network_that_is_judged_never_sees_the_first_fold_and_the_one_that_is_kept_sees_all(
    tmp_path: Path,
) -> None:
    engine = ScriptedEngine()
    trainer = a_trainer(tmp_path, engine)
    train(trainer)
    judged, whole = engine.jobs
    assert judged.held_out.tolist() == [0, 5]
    assert set(judged.fitted) == set(range(N_FITTED)) - {0, 5}
    assert whole.fitted.tolist() == list(range(N_FITTED))
    assert len(whole.held_out) == 0
    assert judged.key != whole.key
    assert sorted(judged.shown) == list(range(N_FITTED))
    assert len(judged.targets) == N_FITTED  # of test photos not even the target is there
    table = trainer.table
    assert np.load(table.fitted_files[LOOK])[:, 0].tolist() == list(range(N_FITTED))
    assert np.load(table.whole_files[LOOK])[:, 0].tolist() == list(range(N_FITTED))
    assert np.load(table.test_files[LOOK])[:, 0].tolist() == list(range(N_FITTED, N_FITTED + N_TEST))
    assert table.backbone(LOOK.backbone).graph == f"{LOOK.backbone}-whole".encode()


def test_a_training_has_until_its_deadline_and_the_time_its_features_take(tmp_path: Path) -> None:
    engine = ScriptedEngine()
    trainer = a_trainer(tmp_path, engine)
    train(trainer)
    ending_seconds = trainer.ending_seconds(LOOK)
    assert ending_seconds > 0
    for limits in engine.limits:
        assert limits.seconds >= 50.0 + ending_seconds
        assert limits.seconds <= 50.0 + GRACE_SECONDS + 2 * ending_seconds
    assert {job.deadline for job in engine.jobs} == {150.0}


def test_photos_are_decoded_once_however_many_networks_look_at_them(tmp_path: Path) -> None:
    engine = ScriptedEngine()
    trainer = a_trainer(tmp_path, engine)
    train(trainer)
    train(trainer, look=replace(LOOK, backbone="scratch.v1-32-e4"))
    assert engine.n_decoded == N_FITTED + N_TEST
    assert len({job.pixels for job in engine.jobs}) == 1
    pixels = np.load(engine.jobs[0].pixels)
    assert pixels[:, 0, 0, 0].tolist() == [10 * i for i in range(N_FITTED + N_TEST)]


def test_a_photo_lost_since_it_was_embedded_is_grey(tmp_path: Path) -> None:
    engine = ScriptedEngine()
    trainer = a_trainer(tmp_path, engine)
    (tmp_path / "4.png").unlink()
    train(trainer)
    pixels = np.load(engine.jobs[0].pixels)
    assert (pixels[4] == GREY).all()
    assert (pixels[5] != GREY).any()


@pytest.mark.parametrize(
    "ends",
    [
        (WorkError("training_diverged", item="x", step=3), None),
        (None, OutOfMemoryError("training_memory", item="x")),
    ],
)
def test_where_one_of_the_two_fails_the_other_is_stopped(
    ends: tuple[ApprentiError | None, ...], tmp_path: Path
) -> None:
    engine = ScriptedEngine(*ends)
    trainer = a_trainer(tmp_path, engine)
    with pytest.raises(ApprentiError) as caught:
        train(trainer)
    assert caught.value in ends
    assert [task.killed for task in engine.tasks] == [True, True]
    assert LOOK not in trainer.table.fitted_files


class Steps(Silence):
    """Remembers what was begun and ended."""

    def __init__(self) -> None:
        self.open: list[str] = []

    def begin(self, step: str, total: int | None = None) -> None:
        self.open.append(step)

    def end(self) -> None:
        self.open.pop()


def test_ctrl_c_stops_both_and_closes_the_bar(tmp_path: Path) -> None:
    engine, steps = ScriptedEngine(KeyboardInterrupt()), Steps()
    with pytest.raises(KeyboardInterrupt):
        train(a_trainer(tmp_path, engine), steps)
    assert [task.killed for task in engine.tasks] == [True, True]
    assert steps.open == []


def test_photos_that_would_fill_the_disk_are_not_decoded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = ScriptedEngine()
    trainer = a_trainer(tmp_path, engine)

    class Full:
        free = 60_000  # 13 photos of 3,072 bytes are more than half of it

    monkeypatch.setattr("apprenti.flow.networks.shutil.disk_usage", lambda folder: Full)
    with pytest.raises(WorkError) as caught:
        train(trainer)
    assert caught.value.key == "no_room_for_photos"
    assert engine.n_decoded == 0


def test_photos_are_changed_more_the_longer_the_training_and_signs_never_much() -> None:
    assert [policy_for(n, things=True) for n in (1, LONG)] == ["photo", "strong"]
    assert {policy_for(n, things=False) for n in (1, LONG)} == {"gentle"}
    assert {"gentle", "photo", "strong"} <= set(POLICIES)


def test_what_judges_a_network_is_worked_out_first_and_however_late_it_is(tmp_path: Path) -> None:
    engine = ScriptedEngine()
    train(a_trainer(tmp_path, engine))
    judged, whole = engine.jobs
    assert judged.shown[:2].tolist() == [0, 5]
    assert whole.shown[:N_TEST].tolist() == list(range(N_FITTED, N_FITTED + N_TEST))
    for job in engine.jobs:
        assert sorted(job.shown) == list(range(len(job.shown)))
        assert job.n_needed == len(job.shown)  # of so few photos all
        assert job.features_seconds > 0
        assert job.photo_seconds > 0


def test_a_training_that_failed_is_not_tried_again(tmp_path: Path) -> None:
    engine = ScriptedEngine(OutOfTimeError("training_out_of_time", item="x"), None)
    trainer = a_trainer(tmp_path, engine)
    for _ in range(2):
        with pytest.raises(OutOfTimeError):
            train(trainer)
    assert len(engine.jobs) == 2  # the twins of the first time
    assert LOOK.backbone in trainer.lost


def test_a_training_that_was_told_to_stop_has_not_failed(tmp_path: Path) -> None:
    trainer = a_trainer(tmp_path, ScriptedEngine(InterruptedWorkError("stopped_from_outside"), None))
    with pytest.raises(InterruptedWorkError):
        train(trainer)
    assert trainer.lost == {}


def test_flips_that_there_is_no_time_to_look_for_are_not_made(tmp_path: Path) -> None:
    engine = ScriptedEngine()
    trainer = a_trainer(tmp_path, engine)
    trainer.dataset = replace(trainer.dataset, task_type=TaskType.MULTI_CLASS, labels=("0.0",))
    trainer.table.fitted = tuple(replace(example, target="0.0") for example in trainer.table.fitted)
    limits_given: list[Limits] = []

    def too_long(function: object, argument: object, *, limits: Limits) -> None:
        limits_given.append(limits)
        raise OutOfTimeError("training_out_of_time", item="x")

    engine.run = too_long  # type: ignore[method-assign, assignment]
    train(trainer)
    assert [limits.seconds for limits in limits_given] == [pytest.approx(10.0)]  # a fifth of the 50 s left
    assert {job.symmetries for job in engine.jobs} == {()}

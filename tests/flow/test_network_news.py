"""What is told of a training under way in another process, and what is kept of it."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest
from tests.making import Silence, an_example

from apprenti.domain.dataset import TaskType
from apprenti.domain.network_training import TrainedName
from apprenti.domain.sentence import Sentence
from apprenti.flow.network_news import EpochNews, network_history
from apprenti.recipes import POLICIES, TRAININGS, TUNED
from apprenti.stages.train import NetworkJob, TrainedNetwork, history_of
from apprenti.stages.train.network_job import SeenPhoto
from apprenti.texts import LANGS


class Heard(Silence):
    def __init__(self) -> None:
        self.news: list[tuple[Sentence, float | None]] = []

    def note(self, news: Sentence, *, seconds_left: float | None = None) -> None:
        self.news.append((news, seconds_left))


def a_job(folder: Path, *, held_out: int = 2, task_type: TaskType = TaskType.MULTI_CLASS) -> NetworkJob:
    return NetworkJob(
        trained=TrainedName(kind=TUNED, size_px=64, epochs=4),
        settings=TRAININGS[TUNED],
        policy=POLICIES["photo"],
        symmetries=("mirror",),
        start=b"",
        pixels=folder / "pixels.npy",
        targets=np.zeros(8, dtype=np.int64),
        n_outputs=2,
        task_type=task_type,
        fitted=np.arange(8 - held_out),
        held_out=np.arange(8 - held_out, 8),
        shown=np.arange(8),
        folder=folder,
        stem="judged" if held_out else "whole",
        seed=0,
        deadline=math.inf,
        clock=lambda: 0.0,
        checkpoints=None,
        data_key="",
    )


def tell(job: NetworkJob, epoch: float, *, score: float | None = 0.875) -> None:
    """Write what the process of a training writes after an epoch."""
    line = {
        "epoch": epoch,
        "loss": 1 / epoch,
        "score": score,
        "rate": 0.01 * epoch,
        "photos_per_second": 131.6,
    }
    with history_of(job).path.open("a") as file:
        file.write(json.dumps(line) + "\n")
    history_of(job).features(0.5, seconds=3.0)


def news_of(job: NetworkJob, heard: Heard) -> EpochNews:
    return EpochNews(
        history=history_of(job), epochs=job.trained.epochs, task_type=job.task_type, progress=heard
    )


def a_network(folder: Path, seen: tuple[SeenPhoto, ...] = ()) -> TrainedNetwork:
    return TrainedNetwork(
        graph=folder / "x.onnx",
        features=folder / "x.npy",
        history=folder / "judged.history",
        n_features=3,
        epochs=4.0,
        photos_per_second=131.6,
        seen=seen,
    )


def test_every_epoch_is_told_once_with_the_time_left(tmp_path: Path) -> None:
    heard, job = Heard(), a_job(tmp_path)
    news = news_of(job, heard)
    news.tell()
    assert heard.news == []
    tell(job, 1.0)
    news.tell()
    news.tell()
    tell(job, 2.0)
    tell(job, 3.0)
    news.tell()
    assert [sentence.values["epoch"] for sentence, _ in heard.news] == [1, 2, 3]
    assert {left for _, left in heard.news} == {3.0}
    assert heard.news[0][0].said("en") == "epoch 1 of 4 · loss 1 · 87.5% right in validation · 132 photos/s"


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("task_type", TaskType)
def test_each_task_tells_its_own_score(task_type: TaskType, lang: str, tmp_path: Path) -> None:
    heard, job = Heard(), a_job(tmp_path, task_type=task_type)
    tell(job, 1.0)
    news_of(job, heard).tell()
    ((sentence, _),) = heard.news
    mark = "875" if task_type is TaskType.REGRESSION else "87"
    assert mark in sentence.said(lang)  # type: ignore[arg-type]
    assert ("R²" in sentence.said(lang)) == (task_type is TaskType.REGRESSION)  # type: ignore[arg-type]


def test_without_held_out_photos_there_is_no_score_to_tell(tmp_path: Path) -> None:
    heard, job = Heard(), a_job(tmp_path)
    tell(job, 0.5, score=None)
    news_of(job, heard).tell()
    assert heard.news[0][0].said("en") == "epoch 0.5 of 4 · loss 2 · 132 photos/s"


def test_what_is_kept_has_the_epochs_of_the_judged_network_and_no_speed(tmp_path: Path) -> None:
    judged_job, whole_job = a_job(tmp_path), a_job(tmp_path, held_out=0)
    tell(judged_job, 1.0)
    tell(judged_job, 2.0)
    tell(whole_job, 1.0)
    seen = (SeenPhoto(row=3, plain=b"plain", changed=(b"a", b"b")),)
    fitted = [an_example(number, "hat") for number in range(8)]
    mirrored = Sentence(key="train.mirror_holds", values={"changed": 9, "expected": 9})
    kept = network_history(
        [judged_job, whole_job], a_network(tmp_path, seen), a_network(tmp_path), [mirrored], fitted
    )
    assert (kept.backbone, kept.n_photos, kept.n_held_out, kept.n_photos_kept) == ("tuned.v1-64-e4", 6, 2, 8)
    assert [(one.epoch, one.loss, one.score, one.rate) for one in kept.epochs] == [
        (1.0, 1.0, 0.875, 0.01),
        (2.0, 0.5, 0.875, 0.02),
    ]
    assert kept.policy == POLICIES["photo"]
    assert kept.symmetries == (mirrored,)
    assert [(one.name, one.plain, one.changed) for one in kept.examples] == [
        ("hat/3.png", b"plain", (b"a", b"b"))
    ]
    assert "second" not in str(kept)


def test_a_training_that_goes_on_after_a_kill_says_where_and_not_what_was_told_before(tmp_path: Path) -> None:
    job, heard = a_job(tmp_path), Heard()
    news = news_of(job, heard)
    tell(job, 1.0)
    tell(job, 2.0)
    history_of(job).go_on(2.25)
    news.tell()
    news.tell()
    assert [each.key for each, _ in heard.news] == ["progress.resumed"]
    assert "2.2 of 4" in heard.news[0][0].said("en")
    tell(job, 3.0)
    news.tell()
    assert [each.values["epoch"] for each, _ in heard.news[1:]] == [3.0]

"""Upkeep: orphans, what had its time, and workers that are seen."""

from __future__ import annotations

import hashlib
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest
from tests.fake_loop import mixture, open_loop
from tests.fake_service import OPERATOR, Blobs, WorldClock, default_workspace, make_service, picture

from apprenti.domain.errors import StoreError
from apprenti.domain.service import Acknowledged, TrainingReason
from apprenti.flow.service import corrections, images, trainings, upkeep
from apprenti.flow.service.running import sweep_folders
from apprenti.flow.service.upkeep import DAY_US, Upkeep, do_upkeep
from apprenti.jobs.upkeep_thread import kept_up
from apprenti.store.database import idempotency, workers
from apprenti.store.database import trainings as training_table


def test_bytes_that_nothing_names_are_swept_and_others_stay(tmp_path: Path) -> None:
    service = make_service(tmp_path)
    assert isinstance(service.blobs, Blobs)
    image, _ = images.add_image(service, OPERATOR, default_workspace(service), picture())
    service.blobs.put(b"an upload that was broken off")
    assert upkeep.sweep_blobs(service) == 1
    assert set(service.blobs.kept) == {image.sha256}


def test_folders_of_trainings_that_are_over_or_gone_are_swept_and_those_under_way_stay(
    tmp_path: Path,
) -> None:
    loop = open_loop(tmp_path)
    waiting = trainings.ask_training(loop.service, OPERATOR, loop.here, loop.task.id)
    for name in (waiting.id, "12345678-1234-1234-1234-123456789abc"):
        (loop.service.folder / "trainings" / name / "journal").mkdir(parents=True)
    assert sweep_folders(loop.service) == 1
    assert [path.name for path in (loop.service.folder / "trainings").iterdir()] == [waiting.id]
    trainings.cancel_training(loop.service, OPERATOR, loop.here, waiting.id)
    assert sweep_folders(loop.service) == 1


def test_models_and_what_is_kept_with_them_are_not_swept(tmp_path: Path) -> None:
    loop = open_loop(tmp_path)
    assert isinstance(loop.service.blobs, Blobs)
    kept = dict(loop.service.blobs.kept)
    loop.service.blobs.kept |= {"0" * 64: b"model", "1" * 64: b"known"}
    assert upkeep.sweep_blobs(loop.service) == 0
    assert set(loop.service.blobs.kept) == set(kept) | {"0" * 64, "1" * 64}


def test_answers_for_requests_sent_again_are_kept_for_a_day_and_forgotten_after_some(tmp_path: Path) -> None:
    service = make_service(tmp_path)
    here = default_workspace(service)
    assert isinstance(service.now_us, WorldClock)
    for age_days, key in ((4, "old"), (1, "new")):
        answer = Acknowledged(
            workspace_id=here, key=key, request_sha256="0" * 64, status=200, body={},
            created_us=service.now_us() - age_days * DAY_US,
        )  # fmt: skip
        with service.database.write() as tx:
            idempotency.insert(tx, answer)
    do_upkeep(service)
    with service.database.read() as tx:
        assert idempotency.find(tx, here, "old") is None
        assert idempotency.find(tx, here, "new") is not None


def test_corrections_given_while_a_training_ran_begin_the_next_one_when_it_is_over(tmp_path: Path) -> None:
    loop = open_loop(tmp_path, corrections_until_retrain=1)
    first = trainings.ask_training(loop.service, OPERATOR, loop.here, loop.task.id)
    prediction = loop.ask(mixture(120, 20, 110))
    corrections.correct(loop.service, OPERATOR, loop.here, prediction.id, label_ids=loop.id_of("blue"))
    upkeep.watch_tasks(loop.service)
    assert len(trainings.list_trainings(loop.service, OPERATOR, loop.here).items) == 1
    with loop.service.database.write() as tx:
        training_table.ask_to_cancel(tx, loop.here, first.id, now_us=1)
    upkeep.watch_tasks(loop.service)
    newest = trainings.list_trainings(loop.service, OPERATOR, loop.here).items[0]
    assert (newest.id != first.id, newest.reason) == (True, TrainingReason.CORRECTIONS)


def test_duties_have_their_own_pace_and_a_clock_set_back_puts_none_off(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    service = make_service(tmp_path)
    done: list[str] = []
    duties = (
        upkeep.Duty(every_us=10_000_000, do=lambda _: done.append("often")),
        upkeep.Duty(every_us=100_000_000, do=lambda _: done.append("rarely")),
    )
    monkeypatch.setattr(upkeep, "DUTIES", duties)
    keeper = Upkeep(service, "worker-1")
    assert isinstance(service.now_us, WorldClock)
    for _ in range(3):
        keeper.do_due()
        service.now_us.now += 20_000_000
    assert done == ["often", "rarely", "often", "often"]
    service.now_us.now -= DAY_US
    keeper.do_due()
    assert done[-2:] == ["often", "rarely"]


def test_a_duty_that_fails_does_not_keep_the_others_from_being_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    service = make_service(tmp_path)
    done: list[str] = []

    def fail(_: object) -> None:
        raise StoreError("store_full", cause="no room")

    monkeypatch.setattr(
        upkeep,
        "DUTIES",
        (upkeep.Duty(every_us=1, do=fail), upkeep.Duty(every_us=1, do=lambda _: done.append("done"))),
    )
    Upkeep(service, "worker-1").do_due()
    assert done == ["done"]
    assert "a duty failed" in caplog.text


def test_a_worker_is_noted_and_forgotten_a_day_after_it_was_seen(tmp_path: Path) -> None:
    service = make_service(tmp_path)
    Upkeep(service, "worker-1").do_due()
    with service.database.read() as tx:
        assert [worker.id for worker in workers.every(tx)] == ["worker-1"]
    assert isinstance(service.now_us, WorldClock)
    service.now_us.now += 2 * DAY_US
    upkeep.forget_old(service)
    with service.database.read() as tx:
        assert workers.every(tx) == ()


def test_upkeep_goes_on_beside_whatever_else_is_done(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    service = replace(make_service(tmp_path, url=f"sqlite:///{tmp_path}/a.db"), blobs=Blobs())
    done = threading.Event()
    monkeypatch.setattr(upkeep, "DUTIES", (upkeep.Duty(every_us=1, do=lambda _: done.set()),))
    monkeypatch.setattr("apprenti.jobs.upkeep_thread.SECONDS_BETWEEN", 0.01)
    begun = time.monotonic()
    with kept_up(Upkeep(service, "worker-1")):
        assert done.wait(20)
    assert time.monotonic() - begun < 20
    assert hashlib.sha256(b"").hexdigest() not in list(service.blobs.hashes())
    assert not [thread for thread in threading.enumerate() if thread.name == "upkeep"]

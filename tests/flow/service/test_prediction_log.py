"""Answers without images: gathered, written together, and never forgotten in silence."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from tests.fake_service import OPERATOR, default_workspace, make_service

from apprenti.domain.errors import StoreError
from apprenti.domain.service import StoredPrediction
from apprenti.flow.service import monitoring, tasks
from apprenti.flow.service.prediction_log import GatheredLog
from apprenti.flow.service.service import Service
from apprenti.flow.service.tasks import TaskSettings
from apprenti.store.database import predictions as table
from apprenti.store.database.connection import Database

LONG = 60.0


@pytest.fixture
def service(tmp_path: Path) -> Service:
    return make_service(tmp_path, url=f"sqlite:///{tmp_path}/a.db")


class Failing:
    """A database whose disk is full until somebody makes room."""

    def __init__(self, database: Database) -> None:
        self._database, self.is_full, self.n_tries = database, True, 0

    @contextmanager
    def write(self, *, only_adds: bool = False) -> Iterator[Any]:
        self.n_tries += 1
        if self.is_full:
            raise StoreError("store_full", cause="no room")
        with self._database.write(only_adds=only_adds) as tx:
            yield tx


def a_task(service: Service) -> str:
    here = default_workspace(service)
    return tasks.create_task(service, OPERATOR, here, TaskSettings(name="birds")).id


def answers(service: Service, task_id: str, n: int) -> list[StoredPrediction]:
    return [
        StoredPrediction(
            id=service.new_id(),
            workspace_id=default_workspace(service),
            task_id=task_id,
            version_number=1,
            label_id="bird",
            p_label=0.9,
            created_us=service.now_us(),
        )
        for _ in range(n)
    ]


def n_written(service: Service, task_id: str) -> int:
    with service.database.read() as tx:
        return len(table.page(tx, default_workspace(service), task_id=task_id, limit=10_000).items)


def test_answers_wait_for_each_other_and_are_there_for_whoever_settles(service: Service) -> None:
    task = a_task(service)
    log = GatheredLog(service.database, pause_seconds=LONG)
    for one in answers(service, task, 3):
        log.keep(service.database, [one])
    assert n_written(service, task) == 0
    begun = time.monotonic()
    log.settle()
    assert n_written(service, task) == 3
    assert time.monotonic() - begun < LONG / 2
    log.close()


def test_they_are_written_by_themselves_after_the_pause(service: Service) -> None:
    task = a_task(service)
    log = GatheredLog(service.database, pause_seconds=0.01)
    for _ in range(3):
        log.keep(service.database, answers(service, task, 1))
        deadline = time.monotonic() + 10
        before = n_written(service, task)
        while n_written(service, task) == before and time.monotonic() < deadline:
            time.sleep(0.01)
    assert n_written(service, task) == 3
    log.close()


def test_the_end_writes_what_waits(service: Service) -> None:
    task = a_task(service)
    log = GatheredLog(service.database, pause_seconds=LONG)
    log.keep(service.database, answers(service, task, 1200))
    log.close()
    assert n_written(service, task) == 1200
    assert log.n_dropped == 0


def test_traffic_counts_what_was_written(service: Service) -> None:
    task = a_task(service)
    log = GatheredLog(service.database, pause_seconds=LONG)
    log.keep(service.database, answers(service, task, 5))
    log.keep(service.database, answers(service, task, 2))
    log.close()
    (day,) = monitoring.traffic_of(service, OPERATOR, default_workspace(service), task)
    assert (day.n, day.labels) == (7, {"bird": 7})


def test_answers_of_a_task_that_was_deleted_are_left_out_and_counted(service: Service) -> None:
    kept, deleted = a_task(service), a_task(service)
    log = GatheredLog(service.database, pause_seconds=LONG)
    log.keep(service.database, [*answers(service, kept, 1), *answers(service, deleted, 2)])
    tasks.delete_task(service, OPERATOR, default_workspace(service), deleted)
    log.settle()
    assert n_written(service, kept) == 1
    assert log.n_dropped == 2
    log.close()


def test_more_than_may_wait_is_written_by_whoever_brings_it(service: Service) -> None:
    task = a_task(service)
    log = GatheredLog(service.database, pause_seconds=LONG, most_waiting=2)
    log.keep(service.database, answers(service, task, 2))
    log.keep(service.database, answers(service, task, 1))
    assert n_written(service, task) == 1
    log.close()
    assert n_written(service, task) == 3


def test_a_full_disk_is_said_to_whoever_looks_and_what_waited_is_written_once_there_is_room(
    service: Service,
) -> None:
    task = a_task(service)
    disk: Any = Failing(service.database)
    log = GatheredLog(disk, pause_seconds=LONG, most_waiting=2)
    log.keep(disk, answers(service, task, 2))
    with pytest.raises(StoreError):
        log.settle()
    with pytest.raises(StoreError):
        log.keep(disk, answers(service, task, 1))
    disk.is_full = False
    log.settle()
    assert n_written(service, task) == 2
    log.close()


def test_what_cannot_be_written_at_the_end_is_counted(
    service: Service, caplog: pytest.LogCaptureFixture
) -> None:
    task = a_task(service)
    disk: Any = Failing(service.database)
    log = GatheredLog(disk, pause_seconds=LONG)
    log.keep(disk, answers(service, task, 2))
    log.close()
    assert log.n_dropped == 2
    assert "2 answers could not be written" in caplog.text


def test_many_threads_lose_nothing(service: Service) -> None:
    task = a_task(service)
    log = GatheredLog(service.database, pause_seconds=0.001)
    made = [answers(service, task, 40) for _ in range(4)]

    def bring(mine: list[StoredPrediction]) -> None:
        for one in mine:
            log.keep(service.database, [one])
        log.settle()

    threads = [threading.Thread(target=bring, args=(mine,)) for mine in made]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert n_written(service, task) == 160
    log.close()

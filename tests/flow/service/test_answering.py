"""Who answers is remembered, until anything changes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.fake_service import OPERATOR, default_workspace, make_service

from apprenti.domain.errors import ConflictError, NotFoundError
from apprenti.domain.service import Task, Version
from apprenti.flow.service import tasks, versions
from apprenti.flow.service.answering import REMEMBERED_US, AnsweringVersions
from apprenti.flow.service.service import Service
from apprenti.store.database import tasks as task_table
from apprenti.store.database import versions as version_table
from apprenti.store.database.connection import Database


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/a.db"


@pytest.fixture
def service(tmp_path: Path, url: str) -> Service:
    return make_service(tmp_path, url=url)


class Counted:
    """A database that counts who looks."""

    def __init__(self, database: Database) -> None:
        self._database, self.n_reads = database, 0

    @property
    def last_change(self) -> object:
        return self._database.last_change

    def read(self) -> Any:
        self.n_reads += 1
        return self._database.read()


def a_task(service: Service, *, numbers: tuple[int, ...] = (1, 2), production: int | None = 2) -> str:
    here = default_workspace(service)
    task = Task(
        id=service.new_id(), workspace_id=here, name="birds", production_version=production, created_us=1
    )
    made = [
        Version(
            id=service.new_id(), workspace_id=here, task_id=task.id, number=number,
            model_sha256="0" * 64, n_bytes=1, created_us=1,
        )
        for number in numbers
    ]  # fmt: skip
    with service.database.write() as tx:
        task_table.insert(tx, task)
        version_table.insert(tx, *made)
    return task.id


def asked(service: Service, task_id: str, number: int | None = None) -> int:
    here = default_workspace(service)
    return service.answering.of(service.database, here, task_id, number, now_us=0).version.number


def test_who_answers_is_looked_up_once_a_second(service: Service) -> None:
    task, here = a_task(service), default_workspace(service)
    database: Any = Counted(service.database)
    known = AnsweringVersions()
    for now_us in (0, 1, REMEMBERED_US - 1):
        assert known.of(database, here, task, None, now_us=now_us).version.number == 2
    assert database.n_reads == 1
    known.of(database, here, task, None, now_us=REMEMBERED_US)
    assert database.n_reads == 2


def test_a_clock_that_is_set_back_makes_it_look_again(service: Service) -> None:
    task, here = a_task(service), default_workspace(service)
    database: Any = Counted(service.database)
    known = AnsweringVersions()
    known.of(database, here, task, None, now_us=REMEMBERED_US * 10)
    known.of(database, here, task, None, now_us=0)
    assert database.n_reads == 2


def test_a_promotion_a_roll_back_and_a_deletion_are_seen_at_once(service: Service) -> None:
    task, here = a_task(service), default_workspace(service)
    assert asked(service, task) == 2
    versions.promote(service, OPERATOR, here, task, 1)
    assert asked(service, task) == 1
    versions.roll_back(service, OPERATOR, here, task)
    assert asked(service, task) == 2
    assert asked(service, task, 1) == 1
    versions.delete_version(service, OPERATOR, here, task, 1)
    with pytest.raises(NotFoundError):
        asked(service, task, 1)
    tasks.delete_task(service, OPERATOR, here, task)
    with pytest.raises(NotFoundError):
        asked(service, task)


def test_what_another_process_wrote_is_seen_a_second_later(service: Service, url: str) -> None:
    task, here = a_task(service), default_workspace(service)
    assert asked(service, task) == 2
    other = Database.open(url)
    with other.write() as tx:
        task_table.change(tx, here, task, production_version=1)
    other.close()
    later = service.answering.of(service.database, here, task, None, now_us=REMEMBERED_US)
    assert later.version.number == 1


def test_answers_that_are_written_do_not_make_it_look_again(service: Service) -> None:
    before = service.database.last_change
    with service.database.write(only_adds=True):
        pass
    assert service.database.last_change is before
    with service.database.write():
        pass
    assert service.database.last_change is not before


def test_a_write_that_fails_changes_nothing(service: Service) -> None:
    before = service.database.last_change
    with pytest.raises(ValueError, match="no"), service.database.write():
        raise ValueError("no")
    assert service.database.last_change is before


def test_nobody_elses_task_is_remembered_for_another_workspace(service: Service) -> None:
    task = a_task(service)
    assert asked(service, task) == 2
    with pytest.raises(NotFoundError):
        service.answering.of(service.database, service.new_id(), task, None, now_us=0)


def test_a_task_without_a_version_says_so(service: Service) -> None:
    with pytest.raises(ConflictError) as caught:
        asked(service, a_task(service, numbers=(), production=None))
    assert caught.value.key == "no_version_yet"

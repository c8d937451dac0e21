"""Four processes on one database at once, SQLite and PostgreSQL: nothing is lost, and nothing is done twice."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from tests.faults.process import N_SHARED, N_STEPS, OPERATOR
from tests.postgres import INSTALL, postgres_programs, postgres_server

from apprenti.domain.service import JobState, TrainingJob
from apprenti.flow.service import images, labels, tasks
from apprenti.flow.service.access import begin_service
from apprenti.flow.service.service import Service
from apprenti.flow.service.tasks import TaskSettings
from apprenti.flow.service.workspaces import workspace_meant
from apprenti.opening import Place, open_service
from apprenti.store.database import trainings as training_table

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]

ROOT = Path(__file__).parents[2]
N_PROCESSES = 4
N_EACH = 40
N_JOBS = 24


@dataclass(frozen=True, kw_only=True)
class Shared:
    """A service that several processes open.

    Args:
        place: where it lies.
        service: it, opened here.
        here: its workspace.
        task_id: of its task.
    """

    place: Place
    service: Service
    here: str
    task_id: str

    def begin(self, mode: str, last: object) -> subprocess.Popen[str]:
        """Begin another process of it."""
        words = [mode, self.place.database_url, str(self.place.folder), str(last)]
        return subprocess.Popen(
            [sys.executable, "-m", "tests.faults.process", *words],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
            text=True,
        )


@pytest.fixture(params=["sqlite", "postgresql"])
def shared(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Shared]:
    if request.param == "sqlite":
        yield from opened(Place(folder=tmp_path / "service"))
        return
    programs = postgres_programs()
    if programs is None:
        pytest.skip(f"no PostgreSQL here: {INSTALL}")
    with postgres_server(programs) as server:
        yield from opened(Place(folder=tmp_path / "service", database=server.new_url()))


def opened(place: Place) -> Iterator[Shared]:
    with open_service(place, os.environ) as service:
        begin_service(service)
        here = workspace_meant(service, OPERATOR, None).id
        task = tasks.create_task(service, OPERATOR, here, TaskSettings(name="counter", description="0"))
        label = labels.create_label(service, OPERATOR, here, name="red")
        tasks.add_label_to_task(service, OPERATOR, here, task.id, label.id)
        yield Shared(place=place, service=service, here=here, task_id=task.id)


def answer_of(process: subprocess.Popen[str]) -> Any:
    """Return what a process did; its complaints are shown where it could not."""
    said, complaints = process.communicate(timeout=600)
    assert process.returncode == 0, complaints[-3000:]
    return json.loads(said)


def test_four_writers_meet_no_lock_error_and_lose_no_update(shared: Shared) -> None:
    came = [answer_of(one) for one in [shared.begin("write", N_EACH) for _ in range(N_PROCESSES)]]
    counted = tasks.get_task(shared.service, OPERATOR, shared.here, shared.task_id).description
    assert int(counted) == N_PROCESSES * N_EACH
    assert sum(one["new"] for one in came) == N_SHARED
    stored = images.list_images(shared.service, OPERATOR, shared.here, limit=500).items
    assert len(stored) == N_SHARED
    shows = images.labels_of_images(shared.service, OPERATOR, shared.here, [image.id for image in stored])
    assert all(len(said) == 1 for said in shows.values())


def test_four_workers_one_of_them_killed_do_every_step_once(shared: Shared, tmp_path: Path) -> None:
    service, events = shared.service, tmp_path / "events.txt"
    jobs = [
        TrainingJob(
            id=service.new_id(),
            workspace_id=shared.here,
            task_id=shared.task_id,
            budget_seconds=20.0,
            created_us=service.now_us(),
        )
        for _ in range(N_JOBS)
    ]
    with service.database.write() as tx:
        training_table.insert(tx, *jobs)
    workers = [shared.begin("work", events) for _ in range(N_PROCESSES)]
    end = time.monotonic() + 120
    while not events.exists() or len(events.read_text().splitlines()) < N_JOBS:
        assert time.monotonic() < end
        time.sleep(0.005)
    workers[0].kill()
    workers[0].communicate()
    taken = sum(answer_of(one)["taken"] for one in workers[1:])
    left = shared.begin("work", events)  # had the killed one been the last to work
    answer_of(left)

    lines = [line.split() for line in events.read_text().splitlines()]
    steps = Counter((job, step) for job, step, *_ in lines)
    twice = {key: n for key, n in steps.items() if n > 1}
    assert len(twice) <= 1, twice  # what the killed one was at
    assert all(n == 2 for n in twice.values())
    assert steps.keys() == {(job.id, step) for job in jobs for step in [*map(str, range(N_STEPS)), "done"]}
    with service.database.read() as tx:
        ended = [training_table.get(tx, shared.here, job.id) for job in jobs]
    assert {job.state for job in ended} == {JobState.DONE}
    assert sum(job.attempt - 1 for job in ended) <= 1
    assert taken >= N_JOBS // 2

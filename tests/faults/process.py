"""A process of a service that several share: it writes, or it works, as it is told.

python -m tests.faults.process write URL FOLDER N      N read-then-write transactions, and as many images
python -m tests.faults.process work URL FOLDER EVENTS  trainings of five steps, a line in EVENTS for each

Both print what they did as one line of JSON.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from tests.faults.life import photo

from apprenti.domain.service import Caller, JobState, Role, TrainingJob
from apprenti.flow.service import images
from apprenti.flow.service.images import Said
from apprenti.flow.service.service import Service
from apprenti.flow.service.workspaces import workspace_meant
from apprenti.jobs import worker
from apprenti.opening import Place, open_service
from apprenti.store import FolderJournal
from apprenti.store.database import labels as label_table
from apprenti.store.database import tasks as task_table
from apprenti.store.database import trainings as training_table

OPERATOR = Caller(token_id="test", role=Role.OPERATOR)
N_STEPS = 5
N_SHARED = 10


def write(service: Service, n: int) -> Mapping[str, Any]:
    """Count up in one row with all others, and take in photos that others take in too."""
    here = workspace_meant(service, OPERATOR, None).id
    with service.database.read() as tx:
        task = task_table.page(tx, here).items[0]
        label = label_table.page(tx, here).items[0]
    new = 0
    for number in range(n):
        with service.database.write() as tx:
            so_far = int(task_table.get(tx, here, task.id).description or 0)
            task_table.change(tx, here, task.id, description=str(so_far + 1))
        data = photo(number % N_SHARED, 0, side_px=16)
        _, is_new = images.add_image(service, OPERATOR, here, data, shows=[Said(label_id=label.id)])
        new += is_new
        with service.database.read() as tx:
            assert int(task_table.get(tx, here, task.id).description) > so_far
    return {"new": new}


def work(service: Service, events: Path) -> Mapping[str, Any]:
    """Do trainings of five steps until there are none."""

    def run_training(service: Service, job: TrainingJob, **_: object) -> TrainingJob:
        journal = FolderJournal(service.folder / job.id)
        for number in range(N_STEPS):
            if journal.recall(f"step-{number}") is None:
                _say(events, f"{job.id} {number} {job.owner} {job.attempt}")
                time.sleep(0.01)
                journal.record(f"step-{number}", b"done")
        with service.database.write() as tx:
            training_table.write(tx, job, state=JobState.DONE, owner="", version_number=1)
            _say(events, f"{job.id} done {job.owner} {job.attempt}")
        return job

    worker.run_training = run_training  # type: ignore[assignment]
    n = worker.work(
        service,
        worker_id=service.new_id(),
        tools=None,  # type: ignore[arg-type]
        stopping=lambda: False,
        wait=time.sleep,
        until_empty=True,
    )
    return {"taken": n}


def _say(path: Path, line: str) -> None:
    number = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.write(number, f"{line}\n".encode())
    os.close(number)


def main(mode: str, url: str, folder: str, last: str) -> None:
    """Do what is asked and say what came of it."""
    with open_service(Place(folder=Path(folder), database=url), os.environ) as service:
        what_to_do: dict[str, Callable[[], Mapping[str, Any]]] = {
            "write": lambda: write(service, int(last)),
            "work": lambda: work(service, Path(last)),
        }
        print(json.dumps(what_to_do[mode]()), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])

"""A workspace that has a row in every table of an export, and archives of it with something changed."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from tests.blocks.models import LABELS, a_model_file
from tests.fake_service import OPERATOR, default_workspace, picture
from tests.lessons.contexts import context_named

from apprenti.blocks.run_file import write_run
from apprenti.domain.service import Correction, JobState, Task, TrainingJob, Version
from apprenti.flow.service import images, labels, predictions, tasks
from apprenti.flow.service.exporting import export_workspace
from apprenti.flow.service.images import ImageWords, Said
from apprenti.flow.service.known_embeddings import KnownEmbeddings
from apprenti.flow.service.service import Service
from apprenti.flow.service.tasks import TaskSettings
from apprenti.store.database import corrections as correction_table
from apprenti.store.database import tasks as task_table
from apprenti.store.database import trainings as training_table
from apprenti.store.database import versions as version_table


@dataclass(frozen=True, kw_only=True)
class Full:
    """A workspace that has everything.

    Args:
        service: where it lives.
        here: its id.
        task: with a version in production.
        images: ids.
    """

    service: Service
    here: str
    task: Task
    images: tuple[str, ...]

    def exported(self) -> bytes:
        """Return an archive of it."""
        out = io.BytesIO()
        export_workspace(self.service, OPERATOR, self.here, out)
        return out.getvalue()


def fill(service: Service, folder: Path) -> Full:
    """Give the first workspace of a service one of everything and more."""
    here = default_workspace(service)
    task = tasks.create_task(service, OPERATOR, here, TaskSettings(name="clothes", keeps_images=True))
    label_ids = []
    for name in LABELS:
        label = labels.create_label(service, OPERATOR, here, name=name, description="é \N{THIN SPACE} =1+1")
        tasks.add_label_to_task(service, OPERATOR, here, task.id, label.id)
        label_ids.append(label.id)
    stored = []
    for n in range(6):
        words = ImageWords(name=f"{n}.png", meta_data={"shop": "Nice", "n": n}, is_test=n == 0)
        data = picture((n * 40, 80, 10), side_px=20 + n)
        shows = [Said(label_id=label_ids[n % 3])]
        stored.append(images.add_image(service, OPERATOR, here, data, words=words, shows=shows)[0].id)
    _version(service, here, task, label_ids, folder)
    said = [
        predictions.classify(service, OPERATOR, here, task.id, picture((n, 9, 99), side_px=30))
        for n in range(2)
    ]
    with service.database.write() as tx:
        correction_table.insert(
            tx,
            Correction(
                id=service.new_id(),
                workspace_id=here,
                task_id=task.id,
                image_id=str(said[0].image_id),
                prediction_id=said[0].id,
                label_ids=(label_ids[1],),
                created_us=service.now_us(),
            ),
        )
    return Full(service=service, here=here, task=task, images=tuple(stored))


def _version(service: Service, here: str, task: Task, label_ids: list[str], folder: Path) -> None:
    model = a_model_file(folder)
    known = KnownEmbeddings(hashes=("a" * 64,), embeddings=np.ones((1, 4), np.float32))
    job = TrainingJob(
        id=service.new_id(),
        workspace_id=here,
        task_id=task.id,
        budget_seconds=20.0,
        state=JobState.DONE,
        version_number=1,
        created_us=service.now_us(),
    )
    waiting = TrainingJob(
        id=service.new_id(),
        workspace_id=here,
        task_id=task.id,
        budget_seconds=20.0,
        created_us=service.now_us(),
    )
    version = Version(
        id=service.new_id(),
        workspace_id=here,
        task_id=task.id,
        number=1,
        job_id=job.id,
        model_sha256=service.blobs.put(model),
        n_bytes=len(model),
        known_sha256=service.blobs.put(known.to_npz()),
        run_sha256=service.blobs.put(write_run(context_named("four_photos"))),
        scores={"accuracy": 0.875},
        labels=tuple(label_ids),
        n_examples=5,
        created_us=service.now_us(),
    )
    with service.database.write() as tx:
        training_table.insert(tx, job, waiting)
        version_table.insert(tx, version)
        task_table.change(tx, here, task.id, production_version=1)


def changed(archive: bytes, change: Callable[[dict[str, bytes]], object], **options: Any) -> io.BytesIO:
    """Return an archive whose members ``change`` has changed, in a dictionary by name."""
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        members = {name: opened.read(name) for name in opened.namelist()}
    change(members)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", options.get("method", zipfile.ZIP_DEFLATED)) as made:
        for name, data in members.items():
            made.writestr(name, data)
    out.seek(0)
    return out


def with_row(archive: bytes, table: str, **values: Any) -> io.BytesIO:
    """Return an archive in which fields of the first row of a table have other values."""

    def change(members: dict[str, bytes]) -> None:
        first, *others = members[f"rows/{table}.jsonl"].splitlines()
        row = {**json.loads(first), **values}
        members[f"rows/{table}.jsonl"] = b"\n".join([json.dumps(row).encode(), *others]) + b"\n"

    return changed(archive, change)

"""Servers as somebody starts them, with a model in them: of model files, and the whole service."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from apprenti.domain.dataset import TaskType
from apprenti.domain.service import Label, Task, TaskLabel, Version
from apprenti.flow.service.access import begin_service
from apprenti.flow.service.loaded_models import LoadedModel
from apprenti.flow.service.service import Service
from apprenti.opening import Place, open_service
from apprenti.stages.feedback.observations import DriftReference, Observations
from apprenti.store.database import labels, tasks, versions, workspaces

_ADDRESS = re.compile(r"http://127\.0\.0\.1:(\d+)")
_SECRET = re.compile(r"^ {2}([\w-]{43})$", re.MULTILINE)


@dataclass(frozen=True, kw_only=True)
class Server:
    """A server that runs.

    Args:
        pid: of its process.
        port: on 127.0.0.1.
        secret: of an operator; empty where none is asked for.
        said: what it told the person who started it.
    """

    pid: int
    port: int
    secret: str
    said: tuple[str, ...]


def put_into_service(
    folder: Path, model: bytes, photos: Sequence[bytes], *, keeps_images: bool = False
) -> str:
    """Make a service in a folder, with one task that this model answers; return the task's id."""
    with open_service(Place(folder=folder), os.environ) as service:
        begin_service(service)
        with service.database.read() as tx:
            here = workspaces.first(tx)
        assert here is not None
        return _task(service, here.id, model, photos, keeps_images)


def _task(service: Service, here: str, data: bytes, photos: Sequence[bytes], keeps_images: bool) -> str:
    now_us = service.now_us()
    version = Version(
        id=service.new_id(),
        workspace_id=here,
        task_id=service.new_id(),
        number=1,
        model_sha256=service.blobs.put(data),
        n_bytes=len(data),
        created_us=now_us,
    )
    model = LoadedModel.load(version, service.blobs)
    task = Task(
        id=version.task_id,
        workspace_id=here,
        name="served",
        task_type=TaskType.MULTI_CLASS,
        keeps_images=keeps_images,
        production_version=1,
        created_us=now_us,
    )
    made = [
        Label(id=service.new_id(), workspace_id=here, name=name, created_us=now_us)
        for name in model.predictor.labels
    ]
    reference = service.blobs.put(_reference(model, photos).to_npz())
    with service.database.write() as tx:
        tasks.insert(tx, task)
        labels.insert(tx, *made)
        for label in made:
            labels.connect(tx, TaskLabel(task_id=task.id, label_id=label.id))
        ids = tuple(label.id for label in made)
        versions.insert(tx, replace(version, reference_sha256=reference, labels=ids))
    return task.id


def _reference(model: LoadedModel, photos: Sequence[bytes]) -> DriftReference:
    answered = [model.ask(photo, item="photo", max_megapixels=100.0) for photo in photos]
    answers = [[dict(one.prediction.top)[label] for label in model.predictor.labels] for one in answered]
    observed = Observations(
        answers=np.array(answers, np.float32),
        distances=np.array([one.prediction.distance for one in answered], np.float32),
        facts=np.array([one.facts for one in answered], np.float32),
    )
    return DriftReference.made_from(observed, seed=0)


@contextmanager
def serving(*arguments: str | Path, **environment: str) -> Iterator[Server]:
    """Start ``apprenti serve`` on a free port and stop it again.

    Args:
        *arguments: model files, or options of the service.
        **environment: variables.
    """
    here = {"PYTHONUNBUFFERED": "1", "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-m", "apprenti", "serve", "--port", "0", "--lang", "en"]
    process = subprocess.Popen(
        [*command, *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env={**os.environ, **here, **environment},
        text=True,
    )
    assert process.stdout is not None
    said: list[str] = []
    reader = threading.Thread(target=process.stdout.read, daemon=True)
    try:
        for line in process.stdout:
            said.append(line.rstrip("\n"))
            if "Ctrl" in line:
                break
        text = "\n".join(said)
        address = _ADDRESS.search(text)
        if address is None:
            raise RuntimeError(f"the server did not start: {text}")
        secret = _SECRET.search(text)
        reader.start()
        yield Server(
            pid=process.pid,
            port=int(address[1]),
            secret=secret[1] if secret else "",
            said=tuple(said),
        )
    finally:
        process.terminate()
        process.wait(30)
        if reader.ident is not None:
            reader.join()
        process.stdout.close()


def cpu_seconds(pid: int) -> float:
    """Return the processor time, user and system, that a process has taken so far, all its threads together."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

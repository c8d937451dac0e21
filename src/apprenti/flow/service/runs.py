"""What lessons need of the trainings of a workspace: kept with each version, opened for whoever may read it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from apprenti.blocks.run_file import read_run
from apprenti.domain.errors import ModelFileError, NotFoundError
from apprenti.domain.lesson_context import CorrectedPhoto, LessonContext
from apprenti.domain.service import Caller, Role, Version
from apprenti.flow.run_keeping import run_path_of
from apprenti.flow.service.access import allow
from apprenti.flow.service.snapshot import photo_name
from apprenti.store.database import corrections as correction_table
from apprenti.store.database import labels as label_table
from apprenti.store.database import tasks as task_table
from apprenti.store.database import versions as table

if TYPE_CHECKING:
    from apprenti.flow.service.service import Service

MOST_RUNS = 100
MOST_CORRECTIONS = 200
N_DIGITS = 12
_RUN_ID = re.compile(rf"[0-9a-f]{{{N_DIGITS}}}", re.ASCII)
Reader = Callable[[str, Callable[[], LessonContext]], LessonContext]
"""Gives what stands under a key, read at the first time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptRun:
    """A version that lessons can be shown on.

    Args:
        id: of its run: the first digits of the SHA-256 of its model file.
        name: of its task, and its number.
        version: it.
    """

    id: str
    name: str
    version: Version


def run_id_of(version: Version) -> str:
    """Return the id of a version's run; empty where it kept none."""
    return version.model_sha256[:N_DIGITS] if version.run_sha256 else ""


def keep_run(service: Service, model: Path) -> str:
    """Return the blob of what a training left for lessons beside its model; empty where it left nothing whole."""
    try:
        data = run_path_of(model).read_bytes()
        read_run(data, name="run")
    except (FileNotFoundError, ModelFileError):
        return ""
    return service.blobs.put(data)


def list_runs(service: Service, caller: Caller, workspace_id: str) -> tuple[KeptRun, ...]:
    """Return the versions of a workspace that lessons can be shown on, newest first."""
    allow(caller, workspace_id, Role.READER)
    with service.database.read() as tx:
        versions = table.with_run(tx, workspace_id, limit=MOST_RUNS)
        names = {id_: task_table.get(tx, workspace_id, id_).name for id_ in {one.task_id for one in versions}}
    return tuple(_kept(version, names[version.task_id]) for version in versions)


def find_run(service: Service, caller: Caller, workspace_id: str, run_id: str) -> KeptRun:
    """Return a version by the id of its run.

    Raises:
        NotFoundError: no version of this workspace kept such a run.
    """
    allow(caller, workspace_id, Role.READER)
    with service.database.read() as tx:
        version = table.of_model(tx, workspace_id, run_id) if _RUN_ID.fullmatch(run_id) else None
        if version is None:
            raise NotFoundError("run_unknown", run=run_id[:100])
        return _kept(version, task_table.get(tx, workspace_id, version.task_id).name)


def open_kept_run(service: Service, caller: Caller, kept: KeptRun, *, once: Reader) -> LessonContext:
    """Return what lessons are shown on, with what people have put right since.

    Args:
        service: what to work with.
        caller: on whose behalf.
        kept: from ``list_runs`` or ``find_run``.
        once: keeps what was read.

    Raises:
        ModelFileError: what was kept is damaged.
    """
    version = kept.version
    allow(caller, version.workspace_id, Role.READER)
    context = once(
        version.run_sha256, lambda: read_run(service.blobs.get(version.run_sha256), name=kept.name)
    )
    corrections = _corrected(service, version)
    return replace(context, run_id=kept.id, name=kept.name, corrections=corrections)


def _kept(version: Version, task_name: str) -> KeptRun:
    return KeptRun(id=run_id_of(version), name=f"{task_name} · {version.number}", version=version)


def _corrected(service: Service, version: Version) -> tuple[CorrectedPhoto, ...]:
    with service.database.read() as tx:
        names = {label.id: label.name for label, _ in label_table.of_task(tx, version.task_id)}
        said = correction_table.contradicting(tx, version.task_id, limit=MOST_CORRECTIONS)
    return tuple(
        CorrectedPhoto(
            name=photo_name(one.sha256, one.format),
            answered=names[one.answered],
            corrected=", ".join(names[label] for label in one.label_ids if label in names),
        )
        for one in said
        if one.answered in names
    )

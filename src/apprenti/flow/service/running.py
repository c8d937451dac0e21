"""A training as a worker does it: from the images of a task to a version, going on where a killed worker stopped.

Every step leaves something behind that the next attempt finds: the snapshot, the steps of the training itself, the
model file. The last step, one transaction, makes the version and says that the training is over; whoever repeats it
finds it done. A worker that was taken for dead and was not writes nothing: each write names its attempt.
"""

from __future__ import annotations

import errno
import logging
import shutil
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from apprenti.domain.errors import (
    ApprentiError,
    ConflictError,
    InterruptedWorkError,
    NotFoundError,
    StoreError,
    UserError,
)
from apprenti.domain.service import JobState, TrainingJob, Version
from apprenti.flow.predict import read_model
from apprenti.flow.service.access import ITSELF
from apprenti.flow.service.challenge import Challenge, challenge, n_earlier_challenges, verdict_data
from apprenti.flow.service.events import tell
from apprenti.flow.service.job_progress import JobProgress
from apprenti.flow.service.known_embeddings import known_embeddings
from apprenti.flow.service.loaded_models import LoadedModel
from apprenti.flow.service.runs import keep_run
from apprenti.flow.service.service import Service, note
from apprenti.flow.service.snapshot import Snapshot, take_snapshot
from apprenti.flow.service.time_for_training import training_seconds
from apprenti.flow.service.versions import put_in_production
from apprenti.flow.train import train
from apprenti.store import FolderJournal
from apprenti.store.database import tasks as task_table
from apprenti.store.database import trainings as table
from apprenti.store.database import versions as version_table

if TYPE_CHECKING:
    from apprenti.flow.tools import Tools
    from apprenti.store.database.rows import Tx

LOG = logging.getLogger("apprenti.training")
MODEL = "model.apprenti"
DISK_TROUBLE = frozenset({"disk_full", "write_failed"})
MOST_TRIES = 5
"""Attempts in a row that came no step further: the next would not either."""


def run_training(
    service: Service, job: TrainingJob, *, tools: Tools, stopping: Callable[[], bool]
) -> TrainingJob:
    """Do a training that was claimed, and return it as it then stands.

    Args:
        service: what to work with.
        job: claimed by this worker.
        tools: where work runs; progress and journal are replaced.
        stopping: whether this worker is about to end; the training then waits for another.

    Raises:
        StoreError: the database or the disk gave out; the training waits, and goes on with the next attempt.
    """
    folder = folder_of(service, job.id)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    progress = JobProgress(service, job, clock=tools.clock)
    tools = replace(
        tools,
        progress=progress,
        planned=progress.planned,
        begun=progress.begun,
        tried=progress.tried,
        journal=FolderJournal(folder / "journal", still_mine=progress.refuse_if_taken_over),
        should_stop=lambda: stopping() or progress.cancel_requested,
    )
    try:
        _count_tries(service, job, folder)
        _work(service, job, folder, tools, progress)
    except InterruptedWorkError:
        _put_down(service, job, cancelled=progress.cancel_requested)
    except ConflictError as error:
        if error.key != "training_taken_over":
            _fail(service, job, error)
    except Exception as error:  # whatever it is, the queue goes on
        trouble = _trouble_of_the_machine(error)
        if trouble is not None:
            with suppress(StoreError, ConflictError):
                _put_down(service, job, cancelled=False)
            raise trouble from error
        if isinstance(error, NotFoundError) and not _task_is_there(service, job):
            LOG.info("training %s: its task was deleted", job.id)
        elif isinstance(error, ApprentiError):
            _fail(service, job, error)
        else:
            LOG.exception("training %s broke off", job.id)
            _fail(service, job, ApprentiError("training_broke", cause=type(error).__name__))
    return _as_it_stands(service, job, folder)


def _trouble_of_the_machine(error: Exception) -> StoreError | None:
    """Return the error that says that the database or the disk gave out; ``None`` where the training is at fault.

    A training waits for such trouble to pass, however often it meets it; it does not fail by it.
    """
    if isinstance(error, StoreError):
        return error
    if isinstance(error, UserError) and error.key in DISK_TROUBLE:
        return StoreError("store_full" if error.key == "disk_full" else "store_unreadable", cause=str(error))
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return StoreError("store_full", cause=error.strerror or str(error))
    return None


def folder_of(service: Service, job_id: str) -> Path:
    """Return where a training keeps what the next attempt needs."""
    return service.folder / "trainings" / job_id


def _work(service: Service, job: TrainingJob, folder: Path, tools: Tools, progress: JobProgress) -> None:
    snapshot = take_snapshot(service, job, folder, tools)
    model_path = folder / MODEL
    if not model_path.exists():
        train(
            snapshot.table,
            out=model_path,
            budget_seconds=training_seconds(job.budget_seconds, snapshot),
            seed=job.seed,
            recipes="all",
            tools=tools,
        )
    if tools.should_stop is not None and tools.should_stop():
        raise InterruptedWorkError("stopped_from_outside")
    data = read_model(model_path)
    version = _version(service, job, snapshot, data)
    with service.database.read() as tx:
        champion = _champion(tx, job)
        n_earlier = n_earlier_challenges(tx, job.task_id, champion)
    challenger = LoadedModel.load(version, service.blobs)
    came = challenge(
        service,
        snapshot,
        challenger,
        (champion, service.models.of(champion, service.blobs)) if champion else None,
        label_ids=version.labels,
        n_earlier=n_earlier,
        seed=job.seed,
        progress=progress,
    )
    known = known_embeddings(
        snapshot,
        challenger,
        max_megapixels=service.limits.max_megapixels,
        n_threads=tools.engine.n_workers,
    )
    progress.flush()
    kept = replace(
        version,
        known_sha256=service.blobs.put(known.to_npz()) if known is not None else "",
        run_sha256=keep_run(service, model_path),
    )
    _finish(service, job, kept, came, champion)


def _version(service: Service, job: TrainingJob, snapshot: Snapshot, data: bytes) -> Version:
    """Return the version a model file makes, its bytes kept."""
    from apprenti.stages.predict import Predictor

    manifest = Predictor.open(data).manifest
    return Version(
        id=service.new_id(),
        workspace_id=job.workspace_id,
        task_id=job.task_id,
        number=0,  # given when it is written
        job_id=job.id,
        model_sha256=service.blobs.put(data),
        n_bytes=len(data),
        scores=dict(manifest.scores),
        labels=tuple(snapshot.label_ids[name] for name in manifest.labels),
        n_examples=sum(not image.is_test for image in snapshot.images),
        created_us=service.now_us(),
    )


def _champion(tx: Tx, job: TrainingJob) -> Version | None:
    number = task_table.get(tx, job.workspace_id, job.task_id).production_version
    if number is None:
        return None
    return version_table.numbered(tx, job.workspace_id, job.task_id, number)


def _finish(
    service: Service, job: TrainingJob, version: Version, came: Challenge, champion: Version | None
) -> None:
    """Write the version and that the training is over, all or nothing."""
    reference = service.blobs.put(came.reference.to_npz()) if came.reference is not None else ""
    with service.database.write() as tx:
        task = task_table.get(tx, job.workspace_id, job.task_id)
        number = version_table.next_number(tx, job.task_id)
        made = replace(
            version, number=number, reference_sha256=reference, verdict=verdict_data(came.verdict, champion)
        )
        now_us = service.now_us()
        table.write(tx, job, state=JobState.DONE, version_number=number, finished_us=now_us, owner="")
        for sha256 in made.blobs:
            if not service.blobs.has(sha256):  # swept since: nothing named it until now
                raise StoreError("blob_gone", sha256=sha256)
        version_table.insert(tx, made)
        note(
            tx,
            service,
            ITSELF,
            job.workspace_id,
            "create",
            "version",
            made.id,
            task_id=task.id,
            number=number,
        )
        same = task.production_version == (champion.number if champion else None)
        promoted = came.verdict.promote and same and not task.pinned
        if promoted:
            put_in_production(tx, service, ITSELF, job.workspace_id, task.id, number, pinned=task.pinned)
        told = {"task_id": task.id, "training_id": job.id, "version": number, "promoted": promoted}
        tell(tx, service, job.workspace_id, "training.done", told)


def _put_down(service: Service, job: TrainingJob, *, cancelled: bool) -> None:
    """Say that a training was cancelled, or that another worker may go on with it: this attempt counts for nothing."""
    with service.database.write() as tx:
        if cancelled:
            table.write(tx, job, state=JobState.CANCELLED, finished_us=service.now_us(), owner="")
        else:
            progress = {**table.get(tx, job.workspace_id, job.id).progress, "tries": 0}
            table.write(tx, job, state=JobState.QUEUED, owner="", progress=progress)


def _fail(service: Service, job: TrainingJob, error: ApprentiError) -> None:
    said = {"key": f"errors.{error.key}", "values": dict(error.values)}
    LOG.warning("training %s failed: %s", job.id, error)
    with service.database.write() as tx:
        table.write(tx, job, state=JobState.FAILED, error=said, finished_us=service.now_us(), owner="")
        tell(
            tx, service, job.workspace_id, "training.failed",
            {"task_id": job.task_id, "training_id": job.id, "why": str(error)},
        )  # fmt: skip


def _count_tries(service: Service, job: TrainingJob, folder: Path) -> None:
    """Note this attempt, and refuse when the last ones came no step further.

    Raises:
        ApprentiError: they did not.
    """
    n_steps = sum(1 for path in folder.rglob("*") if path.is_file())
    before: dict[str, Any] = dict(job.progress)
    tries = int(before.get("tries", 0)) + 1 if before.get("n_steps") == n_steps else 1
    with service.database.write() as tx:
        table.write(tx, job, progress={**before, "n_steps": n_steps, "tries": tries})
    if tries > MOST_TRIES:
        raise ApprentiError("training_keeps_dying", n=MOST_TRIES)


def _task_is_there(service: Service, job: TrainingJob) -> bool:
    try:
        with service.database.read() as tx:
            task_table.get(tx, job.workspace_id, job.task_id)
    except NotFoundError:
        return False
    return True


def sweep_folders(service: Service) -> int:
    """Delete the folders of trainings that are over or gone, which a kill left behind; return how many."""
    n = 0
    for folder in sorted((service.folder / "trainings").glob("*")):
        with service.database.read() as tx:
            if table.is_under_way(tx, folder.name):
                continue
        shutil.rmtree(folder, ignore_errors=True)
        n += 1
    return n


def _as_it_stands(service: Service, job: TrainingJob, folder: Path) -> TrainingJob:
    """Return the training, its folder deleted where nobody needs it any more."""
    try:
        with service.database.read() as tx:
            now = table.get(tx, job.workspace_id, job.id)
    except NotFoundError:
        shutil.rmtree(folder, ignore_errors=True)
        return job
    if now.state.is_over:
        shutil.rmtree(folder, ignore_errors=True)
    return now

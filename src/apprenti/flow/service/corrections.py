"""Corrections: a person's word on an answer, in one call; learnt from unless something speaks against it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from apprenti.domain.errors import ConflictError, ItemError
from apprenti.domain.json_form import to_json
from apprenti.domain.service import (
    Caller,
    Correction,
    CorrectionState,
    ReviewReason,
    Role,
    StoredImage,
    StoredPrediction,
    Task,
)
from apprenti.flow.service.access import ITSELF, allow
from apprenti.flow.service.events import tell
from apprenti.flow.service.judging import Evidence, judge
from apprenti.flow.service.retraining import retrain_if_due
from apprenti.flow.service.said_labels import Before, TaskWords
from apprenti.flow.service.service import Service, note
from apprenti.stages.feedback.quarantine import Held
from apprenti.store.database import corrections as table
from apprenti.store.database import images as image_table
from apprenti.store.database import predictions as prediction_table
from apprenti.store.database import tasks as task_table
from apprenti.store.database import versions as version_table
from apprenti.store.database.corrections import CorrectionFilter
from apprenti.store.database.rows import Page, Tx

QUARANTINED = "correction.quarantined"


def correct(
    service: Service,
    caller: Caller,
    workspace_id: str,
    prediction_id: str,
    *,
    label_ids: Sequence[str] = (),
    value: float | None = None,
    in_queue: bool = False,
) -> Correction:
    """Say what the image of a prediction shows; saying what the model said confirms it.

    Args:
        service: what to work with.
        caller: on whose behalf.
        workspace_id: where.
        prediction_id: what is corrected or confirmed.
        label_ids: one label, or all that fit (none of them: none) in a task of several.
        value: the number, in a task of numbers.
        in_queue: it was judged because the review queue showed it. Only then may it tell of the accuracy: what people
            correct of their own accord was mostly wrong.

    Returns:
        The correction; quarantined where something speaks against it, and then the image shows what it did.

    Raises:
        ConflictError: the image was not kept: that takes the task's consent.
        NotFoundError: there is no such prediction, or a label is not one of the task's.
        OptionError: it says too much or too little.
    """
    allow(caller, workspace_id, Role.EDITOR)
    service.prediction_log.settle()
    with service.database.read() as tx:
        prediction = prediction_table.get(tx, workspace_id, prediction_id)
        task = task_table.get(tx, workspace_id, prediction.task_id)
        if prediction.image_id is None:
            raise ConflictError("correction_without_image", task=task.name)
        image = image_table.get(tx, workspace_id, prediction.image_id)
    evidence = _evidence(service, task, image, prediction)
    return _given(service, caller, task, evidence, label_ids, value, in_queue=in_queue)


def correct_image(
    service: Service,
    caller: Caller,
    workspace_id: str,
    image_id: str,
    task_id: str,
    *,
    label_ids: Sequence[str] = (),
    value: float | None = None,
) -> Correction:
    """Say what an image shows for a task, whether or not a model was asked; otherwise as ``correct``."""
    allow(caller, workspace_id, Role.EDITOR)
    with service.database.read() as tx:
        task = task_table.get(tx, workspace_id, task_id)
        image = image_table.get(tx, workspace_id, image_id)
        prediction = prediction_table.newest_of_image(tx, task_id, image_id)
    evidence = _evidence(service, task, image, prediction)
    return _given(service, caller, task, evidence, label_ids, value, in_queue=False)


def _evidence(
    service: Service, task: Task, image: StoredImage, prediction: StoredPrediction | None
) -> Evidence:
    """Return what the model in production knows of photos like this one; asked before anything is locked."""
    alone = Evidence(image=image, prediction=prediction)
    if task.production_version is None or image.is_test:
        return alone
    with service.database.read() as tx:
        version = version_table.numbered(tx, task.workspace_id, task.id, task.production_version)
    if not version.known_sha256:
        return alone
    model = service.models.of(version, service.blobs)
    data = service.blobs.get(image.sha256)
    try:
        answered = model.ask(data, item=image.id, max_megapixels=service.limits.max_megapixels)
    except ItemError:
        return alone
    return replace(alone, embedding=answered.embedding, known=model.known)


def _given(
    service: Service,
    caller: Caller,
    task: Task,
    evidence: Evidence,
    label_ids: Sequence[str],
    value: float | None,
    *,
    in_queue: bool,
) -> Correction:
    """Write a correction with all that follows from it, in one transaction."""
    image, prediction = evidence.image, evidence.prediction
    with service.database.write() as tx:
        task = task_table.get(tx, task.workspace_id, task.id)
        image = image_table.get(tx, task.workspace_id, image.id)  # its place in the test set may have changed
        words = TaskWords.of(tx, task)
        said, number = words.checked(label_ids, value)
        is_drawn = in_queue and prediction is not None and prediction.review_reason is ReviewReason.RANDOM
        new = Correction(
            id=service.new_id(),
            workspace_id=task.workspace_id,
            task_id=task.id,
            image_id=image.id,
            prediction_id=prediction.id if prediction else None,
            label_ids=said,
            value=number,
            agrees=prediction is not None and words.agrees(prediction, said, number),
            token_id=caller.token_id,
            estimates_version=prediction.version_number if is_drawn and prediction else None,
            created_us=service.now_us(),
        )
        judged = judge(tx, words, new, replace(evidence, image=image))
        if prediction is not None:
            if is_drawn:
                table.forget_estimate(tx, prediction.id)
            prediction_table.mark_reviewed(tx, task.workspace_id, [prediction.id])
        for earlier, held in judged.earlier:
            _hold_back(tx, service, words, earlier, held)
        new = replace(new, before=before_any(tx, words, new.image_id))
        if judged.new is not None:
            new = replace(new, state=CorrectionState.QUARANTINED, reason=to_json(judged.new.reason))
        table.insert(tx, new)
        _note_given(tx, service, caller, new)
        if judged.new is not None:
            _tell_held(tx, service, new, judged.new)
            return new
        words.put(tx, new, now_us=new.created_us)
        if not new.agrees:
            retrain_if_due(tx, service, task)
    return new


def before_any(tx: Tx, words: TaskWords, image_id: str) -> Before:
    """Return what an image showed before any correction in force."""
    for earlier in table.in_force(tx, words.task.id, image_id):
        if not earlier.job_id:
            return earlier.before
    return words.before(tx, image_id)


def _hold_back(tx: Tx, service: Service, words: TaskWords, earlier: Correction, held: Held) -> None:
    """Hold back a correction that was accepted."""
    reason = to_json(held.reason)
    take_out_of_force(tx, service, words, earlier, state=CorrectionState.QUARANTINED, reason=reason)
    _tell_held(tx, service, earlier, held)


def take_out_of_force(
    tx: Tx, service: Service, words: TaskWords, gone: Correction, **changes: Any
) -> Correction:
    """Change a correction that was accepted, and let its image show what it would without it."""
    in_force = table.in_force(tx, words.task.id, gone.image_id)
    changed = table.change(tx, gone.workspace_id, gone.id, **changes)
    place = [one.id for one in in_force].index(gone.id)
    for later in in_force[place + 1 :]:
        if words.read(later.before) == words.said(gone):  # it began where this one ended
            table.change(tx, later.workspace_id, later.id, before=gone.before)
    others = [one for one in in_force if one.id != gone.id]
    instead = words.said(others[-1]) if others else words.read(gone.before)
    words.take_back(tx, gone, instead, now_us=service.now_us())
    return changed


def _tell_held(tx: Tx, service: Service, correction: Correction, held: Held) -> None:
    where = correction.workspace_id
    note(
        tx, service, ITSELF, where, "quarantine", "correction", correction.id,
        task_id=correction.task_id, why=held.kind.value,
    )  # fmt: skip
    told = {"task_id": correction.task_id, "correction_id": correction.id, "why": held.reason.said("en")}
    tell(tx, service, where, QUARANTINED, told)


def _note_given(tx: Tx, service: Service, caller: Caller, new: Correction) -> None:
    said: dict[str, Any] = {"value": new.value} if new.value is not None else {"labels": list(new.label_ids)}
    note(
        tx, service, caller, new.workspace_id, "confirm" if new.agrees else "correct", "correction", new.id,
        task_id=new.task_id, image_id=new.image_id, prediction_id=new.prediction_id, **said,
    )  # fmt: skip


def get_correction(service: Service, caller: Caller, workspace_id: str, correction_id: str) -> Correction:
    """Return a correction."""
    allow(caller, workspace_id, Role.READER)
    with service.database.read() as tx:
        return table.get(tx, workspace_id, correction_id)


def list_corrections(
    service: Service,
    caller: Caller,
    workspace_id: str,
    *,
    task_id: str | None = None,
    state: CorrectionState | None = None,
    token_id: str | None = None,
    from_us: int | None = None,
    until_us: int | None = None,
    cursor: str | None = None,
    limit: int = 50,
) -> Page[Correction]:
    """Return corrections, newest first: those of a task, in one state, of a source, of a time, or all."""
    allow(caller, workspace_id, Role.READER)
    chosen = CorrectionFilter(
        task_id=task_id, state=state, token_id=token_id, from_us=from_us, until_us=until_us
    )
    with service.database.read() as tx:
        if task_id is not None:
            task_table.get(tx, workspace_id, task_id)
        return table.page(tx, workspace_id, chosen, cursor=cursor, limit=limit)

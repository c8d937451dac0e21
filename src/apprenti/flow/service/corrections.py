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
        new = replace(new, before=_before(tx, words, new.image_id))
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


def _before(tx: Tx, words: TaskWords, image_id: str) -> Before:
    """Return what an image showed before any correction in force."""
    for earlier in table.in_force(tx, words.task.id, image_id):
        if not earlier.job_id:
            return earlier.before
    return words.before(tx, image_id)


def _hold_back(tx: Tx, service: Service, words: TaskWords, earlier: Correction, held: Held) -> None:
    """Hold back a correction that was accepted: its image shows what it would without it."""
    table.change(
        tx, earlier.workspace_id, earlier.id, state=CorrectionState.QUARANTINED, reason=to_json(held.reason)
    )
    others = table.in_force(tx, words.task.id, earlier.image_id)
    if others:
        words.put(tx, others[-1], now_us=service.now_us())
    else:
        words.put_back(tx, earlier.image_id, earlier.before, now_us=service.now_us())
    _tell_held(tx, service, earlier, held)


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
    cursor: str | None = None,
    limit: int = 50,
) -> Page[Correction]:
    """Return corrections, newest first: of a task or of all, those in one state or all."""
    allow(caller, workspace_id, Role.READER)
    with service.database.read() as tx:
        if task_id is not None:
            task_table.get(tx, workspace_id, task_id)
        return table.page(tx, workspace_id, task_id=task_id, state=state, cursor=cursor, limit=limit)


def release(service: Service, caller: Caller, workspace_id: str, correction_id: str) -> Correction:
    """Accept a correction that was held back; those held back that say otherwise of its image are rejected.

    Raises:
        ConflictError: it is not held back, or its image belongs to the fixed test set, which no correction touches.
        NotFoundError: a label is no longer one of the task's.
    """
    allow(caller, workspace_id, Role.OWNER)
    with service.database.write() as tx:
        held = _held(tx, workspace_id, correction_id)
        image = image_table.get(tx, workspace_id, held.image_id)
        task = task_table.get(tx, workspace_id, held.task_id)
        if image.is_test:
            raise ConflictError("correction_of_test_image", image=image.id)
        words = TaskWords.of(tx, task)
        words.checked(held.label_ids, held.value)
        released = table.change(
            tx, workspace_id, held.id,
            state=CorrectionState.ACCEPTED, decided_by=caller.token_id, before=_before(tx, words, image.id),
        )  # fmt: skip
        note(tx, service, caller, workspace_id, "release", "correction", held.id, task_id=task.id)
        for other in table.of_image(tx, image.id):
            same = (other.label_ids, other.value) == (held.label_ids, held.value)
            if other.task_id == task.id and other.state is CorrectionState.QUARANTINED and not same:
                _reject(tx, service, caller, other)
        words.put(tx, released, now_us=service.now_us())
        if not released.agrees:
            retrain_if_due(tx, service, task)
    return released


def reject(service: Service, caller: Caller, workspace_id: str, correction_id: str) -> Correction:
    """Drop a correction that was held back: it is never learnt from.

    Raises:
        ConflictError: it is not held back.
    """
    allow(caller, workspace_id, Role.OWNER)
    with service.database.write() as tx:
        return _reject(tx, service, caller, _held(tx, workspace_id, correction_id))


def _reject(tx: Tx, service: Service, caller: Caller, held: Correction) -> Correction:
    note(tx, service, caller, held.workspace_id, "reject", "correction", held.id, task_id=held.task_id)
    return table.change(
        tx, held.workspace_id, held.id, state=CorrectionState.REJECTED, decided_by=caller.token_id
    )


def _held(tx: Tx, workspace_id: str, correction_id: str) -> Correction:
    correction = table.get(tx, workspace_id, correction_id)
    if correction.state is not CorrectionState.QUARANTINED:
        raise ConflictError("correction_not_held", id=correction.id)
    return correction

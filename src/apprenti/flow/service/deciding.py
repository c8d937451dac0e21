"""What owners decide about corrections: those held back are released, and any is rejected, learnt from or not."""

from __future__ import annotations

from dataclasses import replace

from apprenti.domain.errors import ConflictError, OptionError
from apprenti.domain.service import Caller, Correction, CorrectionState, Role
from apprenti.flow.service.access import allow
from apprenti.flow.service.corrections import before_any, take_out_of_force
from apprenti.flow.service.retraining import retrain_if_due
from apprenti.flow.service.said_labels import TaskWords
from apprenti.flow.service.service import Service, note
from apprenti.store.database import corrections as table
from apprenti.store.database import images as image_table
from apprenti.store.database import tasks as task_table
from apprenti.store.database.corrections import CorrectionFilter
from apprenti.store.database.rows import Tx

AT_ONCE = 200
"""Corrections rejected in one transaction, so that others may write in between."""


def release(service: Service, caller: Caller, workspace_id: str, correction_id: str) -> Correction:
    """Accept a correction that was held back; those held back that say otherwise of its image are rejected.

    Raises:
        ConflictError: it is not held back, or its image belongs to the fixed test set, which no correction touches.
        NotFoundError: a label is no longer one of the task's.
    """
    allow(caller, workspace_id, Role.OWNER)
    with service.database.write() as tx:
        held = table.get(tx, workspace_id, correction_id)
        if held.state is not CorrectionState.QUARANTINED:
            raise ConflictError("correction_not_held", id=held.id)
        image = image_table.get(tx, workspace_id, held.image_id)
        task = task_table.get(tx, workspace_id, held.task_id)
        if image.is_test:
            raise ConflictError("correction_of_test_image", image=image.id)
        words = TaskWords.of(tx, task)
        words.checked(held.label_ids, held.value)
        released = table.change(
            tx, workspace_id, held.id,
            state=CorrectionState.ACCEPTED, decided_by=caller.token_id, before=before_any(tx, words, image.id),
        )  # fmt: skip
        note(tx, service, caller, workspace_id, "release", "correction", held.id, task_id=task.id)
        for other in table.of_image(tx, image.id):
            same = (other.label_ids, other.value) == (held.label_ids, held.value)
            if other.task_id == task.id and other.state is CorrectionState.QUARANTINED and not same:
                _reject(tx, service, caller, words, other)
        words.put(tx, released, now_us=service.now_us())
        if not released.agrees:
            retrain_if_due(tx, service, task)
    return released


def reject(service: Service, caller: Caller, workspace_id: str, correction_id: str) -> Correction:
    """Drop a correction: no later training learns from it.

    One that was accepted is withdrawn, whether or not a training has learnt from it: its image shows what it would
    without it, unless somebody has labelled it by hand since.

    Raises:
        ConflictError: it is rejected already.
    """
    allow(caller, workspace_id, Role.OWNER)
    with service.database.write() as tx:
        correction = table.get(tx, workspace_id, correction_id)
        if correction.state is CorrectionState.REJECTED:
            raise ConflictError("correction_rejected", id=correction.id)
        words = TaskWords.of(tx, task_table.get(tx, workspace_id, correction.task_id))
        return _reject(tx, service, caller, words, correction)


def reject_several(service: Service, caller: Caller, workspace_id: str, chosen: CorrectionFilter) -> int:
    """Drop every correction that fits, newest first, as ``reject`` does; return how many there were.

    Raises:
        NotFoundError: this workspace has no such task.
        OptionError: nothing says which are meant.
    """
    allow(caller, workspace_id, Role.OWNER)
    if chosen == CorrectionFilter():
        raise OptionError("corrections_unnamed")
    left, n = replace(chosen, is_rejected=False), 0
    while True:
        with service.database.write() as tx:
            if chosen.task_id is not None:
                task_table.get(tx, workspace_id, chosen.task_id)
            found = table.page(tx, workspace_id, left, limit=AT_ONCE).items
            tasks = {
                task_id: task_table.get(tx, workspace_id, task_id)
                for task_id in {one.task_id for one in found}
            }
            words = {task_id: TaskWords.of(tx, task) for task_id, task in tasks.items()}
            for one in found:
                # an earlier one may have changed what this one began with
                _reject(tx, service, caller, words[one.task_id], table.get(tx, workspace_id, one.id))
        n += len(found)
        if len(found) < AT_ONCE:
            return n


def _reject(tx: Tx, service: Service, caller: Caller, words: TaskWords, correction: Correction) -> Correction:
    was_accepted = correction.state is CorrectionState.ACCEPTED
    note(
        tx, service, caller, correction.workspace_id, "withdraw" if was_accepted else "reject", "correction",
        correction.id, task_id=correction.task_id, image_id=correction.image_id, training_id=correction.job_id,
    )  # fmt: skip
    if was_accepted:
        return take_out_of_force(
            tx, service, words, correction, state=CorrectionState.REJECTED, decided_by=caller.token_id
        )
    return table.change(
        tx, correction.workspace_id, correction.id,
        state=CorrectionState.REJECTED, decided_by=caller.token_id,
    )  # fmt: skip

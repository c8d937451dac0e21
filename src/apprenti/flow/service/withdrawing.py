"""Taking back a correction that was a slip: everything stands as if it had not been given."""

from __future__ import annotations

from apprenti.domain.errors import ConflictError
from apprenti.domain.service import Caller, Correction, CorrectionState, Role
from apprenti.flow.service.access import allow
from apprenti.flow.service.corrections import take_out_of_force
from apprenti.flow.service.said_labels import TaskWords
from apprenti.flow.service.service import Service, note
from apprenti.stages.feedback.quarantine import HoldKind
from apprenti.store.database import corrections as table
from apprenti.store.database import predictions as prediction_table
from apprenti.store.database import tasks as task_table
from apprenti.store.database.rows import Tx

_SUPERSEDED = f"feedback.held_{HoldKind.SUPERSEDED.value}"


def withdraw(service: Service, caller: Caller, workspace_id: str, correction_id: str) -> Correction:
    """Take a correction back: its image shows what it did before, and its prediction waits for a look again.

    Whoever gave it may, and owners. What others said in between, and a training it has led to, stay.

    Raises:
        AccessError: somebody else gave it.
        ConflictError: a training has learnt from it, or it was decided on or taken back already.
    """
    allow(caller, workspace_id, Role.EDITOR)
    with service.database.write() as tx:
        there = table.get(tx, workspace_id, correction_id)
        if there.token_id != caller.token_id:
            allow(caller, workspace_id, Role.OWNER)
        if there.job_id or there.decided_by or there.state is CorrectionState.REJECTED:
            raise ConflictError("correction_settled", id=there.id)
        changes = {
            "state": CorrectionState.REJECTED,
            "decided_by": caller.token_id,
            "estimates_version": None,
        }
        if there.state is CorrectionState.ACCEPTED:
            words = TaskWords.of(tx, task_table.get(tx, workspace_id, there.task_id))
            _accept_earlier(tx, there)
            gone = take_out_of_force(tx, service, words, there, **changes)
        else:
            gone = table.change(tx, workspace_id, there.id, **changes)
        _ask_again(tx, there)
        note(tx, service, caller, workspace_id, "withdraw", "correction", there.id, task_id=there.task_id)
    return gone


def _accept_earlier(tx: Tx, gone: Correction) -> None:
    """Accept again what the same source had said of the image before, held back only because of this correction."""
    before = [
        one
        for one in table.of_image(tx, gone.image_id)
        if (one.task_id, one.token_id) == (gone.task_id, gone.token_id)
        and one.created_us <= gone.created_us
        and one.state is CorrectionState.QUARANTINED
        and one.reason.get("key") == _SUPERSEDED
    ]
    if before:
        table.change(tx, gone.workspace_id, before[-1].id, state=CorrectionState.ACCEPTED, reason={})


def _ask_again(tx: Tx, gone: Correction) -> None:
    """Put the prediction back into the queue, where nobody else has judged it."""
    if gone.prediction_id is None:
        return
    others = [
        one
        for one in table.of_image(tx, gone.image_id)
        if one.prediction_id == gone.prediction_id and one.state is not CorrectionState.REJECTED
    ]
    if not others:
        prediction_table.put_back(tx, gone.workspace_id, gone.prediction_id)

"""Versions of a task's model: which one answers, and going back in one call."""

from __future__ import annotations

from apprenti.domain.errors import ConflictError
from apprenti.domain.service import Caller, Role, Task, Version
from apprenti.flow.service.access import allow
from apprenti.flow.service.events import tell
from apprenti.flow.service.images import drop_blobs
from apprenti.flow.service.service import Service, note
from apprenti.store.database import audit
from apprenti.store.database import tasks as task_table
from apprenti.store.database import versions as table
from apprenti.store.database.rows import Page, Tx

PROMOTE = "promote"
ROLL_BACK = "roll_back"


def list_versions(
    service: Service,
    caller: Caller,
    workspace_id: str,
    *,
    task_id: str | None = None,
    cursor: str | None = None,
    limit: int = 50,
) -> Page[Version]:
    """Return versions, newest first."""
    allow(caller, workspace_id, Role.READER)
    with service.database.read() as tx:
        if task_id is not None:
            task_table.get(tx, workspace_id, task_id)
        return table.page(tx, workspace_id, task_id=task_id, cursor=cursor, limit=limit)


def count_versions(service: Service, caller: Caller, workspace_id: str, *, task_id: str | None = None) -> int:
    """Return how many versions ``list_versions`` would give in all."""
    allow(caller, workspace_id, Role.READER)
    with service.database.read() as tx:
        return table.count(tx, workspace_id, task_id=task_id)


def get_version(service: Service, caller: Caller, workspace_id: str, task_id: str, number: int) -> Version:
    """Return a version by its number."""
    allow(caller, workspace_id, Role.READER)
    with service.database.read() as tx:
        return table.numbered(tx, workspace_id, task_id, number)


def version_by_id(service: Service, caller: Caller, workspace_id: str, version_id: str) -> Version:
    """Return a version by its id."""
    allow(caller, workspace_id, Role.READER)
    with service.database.read() as tx:
        return table.get(tx, workspace_id, version_id)


def model_file(service: Service, caller: Caller, workspace_id: str, task_id: str, number: int) -> bytes:
    """Return the ``.apprenti`` file of a version."""
    return service.blobs.get(get_version(service, caller, workspace_id, task_id, number).model_sha256)


def promote(
    service: Service,
    caller: Caller,
    workspace_id: str,
    task_id: str,
    number: int,
    *,
    pin: bool | None = None,
) -> Task:
    """Let a version answer from now on; pinned, no later challenger takes its place by itself.

    Args:
        service: what to work with.
        caller: on whose behalf.
        workspace_id: where.
        task_id: whose version.
        number: which.
        pin: ``None`` leaves the task pinned or not, as it is.
    """
    allow(caller, workspace_id, Role.OWNER)
    with service.database.write() as tx:
        table.numbered(tx, workspace_id, task_id, number)
        task = task_table.get(tx, workspace_id, task_id)
        pinned = task.pinned if pin is None else pin
        if task.production_version != number:
            return put_in_production(tx, service, caller, workspace_id, task_id, number, pinned=pinned)
        if task.pinned == pinned:
            return task
        note(tx, service, caller, workspace_id, "pin" if pinned else "unpin", "task", task_id)
        return task_table.change(tx, workspace_id, task_id, pinned=pinned)


def roll_back(service: Service, caller: Caller, workspace_id: str, task_id: str) -> Task:
    """Let the version answer that did before the present one.

    Raises:
        ConflictError: there was none, or it was deleted.
    """
    allow(caller, workspace_id, Role.OWNER)
    with service.database.write() as tx:
        task = task_table.get(tx, workspace_id, task_id)
        before = _before(tx, workspace_id, task)
        if before is None:
            raise ConflictError("nothing_to_roll_back_to", task=task.name)
        return put_in_production(
            tx, service, caller, workspace_id, task_id, before, pinned=task.pinned, verb=ROLL_BACK
        )


def unpin(service: Service, caller: Caller, workspace_id: str, task_id: str) -> Task:
    """Let challengers take the place of the version in production again, if they are better."""
    allow(caller, workspace_id, Role.OWNER)
    with service.database.write() as tx:
        note(tx, service, caller, workspace_id, "unpin", "task", task_id)
        return task_table.change(tx, workspace_id, task_id, pinned=False)


def put_in_production(
    tx: Tx,
    service: Service,
    caller: Caller,
    workspace_id: str,
    task_id: str,
    number: int,
    *,
    pinned: bool,
    verb: str = PROMOTE,
) -> Task:
    """Change which version answers, in the transaction given, and note which did before."""
    task = task_table.get(tx, workspace_id, task_id)
    note(
        tx, service, caller, workspace_id, verb, "task", task_id,
        version=number, version_before=task.production_version, pinned=pinned,
    )  # fmt: skip
    told = {"task_id": task_id, "version": number, "version_before": task.production_version}
    tell(tx, service, workspace_id, "version.promoted", told)
    return task_table.change(tx, workspace_id, task_id, production_version=number, pinned=pinned)


def _before(tx: Tx, workspace_id: str, task: Task) -> int | None:
    """Return the version that answered before the present one, as the audit log tells; skipping what was undone."""
    undone = 0
    cursor: str | None = None
    while True:
        page = audit.page(tx, workspace_id, noun_id=task.id, cursor=cursor, limit=200)
        for entry in page.items:
            if entry.details.get("version") == entry.details.get("version_before"):
                continue  # it was only pinned
            if entry.verb == ROLL_BACK:
                undone += 1
            elif entry.verb == PROMOTE and undone:
                undone -= 1
            elif entry.verb == PROMOTE:
                before = entry.details.get("version_before")
                return before if _is_there(tx, workspace_id, task.id, before) else None
        cursor = page.next_cursor
        if cursor is None:
            return None


def _is_there(tx: Tx, workspace_id: str, task_id: str, number: int | None) -> bool:
    there = {version.number for version in table.page(tx, workspace_id, task_id=task_id, limit=10_000).items}
    return number in there


def delete_version(service: Service, caller: Caller, workspace_id: str, task_id: str, number: int) -> None:
    """Delete a version and its model file.

    Raises:
        ConflictError: it is the one that answers.
    """
    allow(caller, workspace_id, Role.OWNER)
    with service.database.write() as tx:
        task = task_table.get(tx, workspace_id, task_id)
        version = table.numbered(tx, workspace_id, task_id, number)
        if task.production_version == number:
            raise ConflictError("version_answers", number=number)
        table.delete(tx, workspace_id, version.id)
        note(tx, service, caller, workspace_id, "delete", "version", version.id, number=number)
    drop_blobs(service, version.blobs)

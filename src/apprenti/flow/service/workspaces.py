"""Workspaces: made and deleted by an operator, each a world of its own."""

from __future__ import annotations

from apprenti.domain.errors import AccessError, ConflictError, NotFoundError
from apprenti.domain.service import Caller, Role, Workspace
from apprenti.flow.service.access import allow
from apprenti.flow.service.service import MAX_NAME_LETTERS, Service, note
from apprenti.flow.service.words import required_text
from apprenti.store.database import rows
from apprenti.store.database import workspaces as table
from apprenti.store.database.rows import Page


def create_workspace(service: Service, caller: Caller, *, name: str) -> Workspace:
    """Make a workspace.

    Raises:
        AccessError: the caller is not an operator.
    """
    name = required_text(name, "name", most=MAX_NAME_LETTERS)
    if caller.role < Role.OPERATOR:
        raise AccessError("role_too_low", role=caller.role.name.lower(), needed="operator")
    made = Workspace(id=service.new_id(), name=name, created_us=service.now_us())
    with service.database.write() as tx:
        table.insert(tx, made)
        note(tx, service, caller, made.id, "create", "workspace", made.id)
    return made


def list_workspaces(
    service: Service, caller: Caller, *, cursor: str | None = None, limit: int = 50
) -> Page[Workspace]:
    """Return the workspaces a caller may enter."""
    with service.database.read() as tx:
        if caller.workspace_id is not None:
            return rows.Page(items=(table.get(tx, caller.workspace_id),))
        return table.page(tx, cursor=cursor, limit=limit)


def workspace_meant(service: Service, caller: Caller, workspace_id: str | None) -> Workspace:
    """Return the workspace somebody means who names one, or none: then the token's own, or the first there is.

    Raises:
        NotFoundError: it is not the caller's, or not there.
    """
    with service.database.read() as tx:
        meant = workspace_id or caller.workspace_id
        found = table.first(tx) if meant is None else table.get(tx, meant)
    if found is None:
        raise NotFoundError("not_found", noun="workspace", id="")
    allow(caller, found.id, Role.READER)
    return found


def delete_workspace(service: Service, caller: Caller, workspace_id: str) -> None:
    """Delete a workspace with everything in it; its blobs go with the next sweep.

    Raises:
        AccessError: the caller is not an operator.
        NotFoundError: there is none of this id.
        ConflictError: it is the only one; without any nobody could come in.
    """
    if caller.role < Role.OPERATOR:
        raise AccessError("role_too_low", role=caller.role.name.lower(), needed="operator")
    with service.database.write() as tx:
        found = table.get(tx, workspace_id)
        if len(table.page(tx, limit=2).items) < 2:
            raise ConflictError("last_workspace", name=found.name)
        table.delete(tx, workspace_id)
        note(tx, service, caller, workspace_id, "delete", "workspace", workspace_id)

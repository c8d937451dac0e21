"""Workspaces in the database."""

from __future__ import annotations

from apprenti.domain.errors import NotFoundError
from apprenti.domain.service import Workspace
from apprenti.store.database import rows
from apprenti.store.database.rows import Page, Tx
from apprenti.store.database.tables import WORKSPACES


def insert(tx: Tx, *workspaces: Workspace) -> None:
    """Write new workspaces."""
    rows.add(tx, WORKSPACES, *workspaces)


def get(tx: Tx, workspace_id: str) -> Workspace:
    """Return a workspace.

    Raises:
        NotFoundError: there is none of this id.
    """
    found = rows.find(tx, WORKSPACES, Workspace, WORKSPACES.c.id == workspace_id)
    if found is None:
        raise NotFoundError("not_found", noun="workspace", id=workspace_id[:100])
    return found


def first(tx: Tx) -> Workspace | None:
    """Return the oldest workspace: the one meant where none is named."""
    return next(iter(rows.page(tx, WORKSPACES, Workspace, limit=1).items), None)


def page(tx: Tx, *, cursor: str | None = None, limit: int = 50) -> Page[Workspace]:
    """Return workspaces, oldest first."""
    return rows.page(tx, WORKSPACES, Workspace, cursor=cursor, limit=limit)


def rename(tx: Tx, workspace_id: str, name: str) -> None:
    """Give a workspace another name."""
    rows.change(tx, WORKSPACES, WORKSPACES.c.id == workspace_id, name=name)


def delete(tx: Tx, workspace_id: str) -> int:
    """Delete a workspace with everything in it; what it was named in the audit log stays."""
    return rows.remove(tx, WORKSPACES, WORKSPACES.c.id == workspace_id)

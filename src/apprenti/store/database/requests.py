"""Requests in the database, with their answers."""

from __future__ import annotations

from typing import Any

from apprenti.domain.service import StoredRequest
from apprenti.store.database import rows
from apprenti.store.database.rows import Page, Tx
from apprenti.store.database.tables import REQUESTS


def insert(tx: Tx, *requests: StoredRequest) -> None:
    """Write new requests."""
    rows.add(tx, REQUESTS, *requests)


def get(tx: Tx, workspace_id: str, request_id: str) -> StoredRequest:
    """Return a request.

    Raises:
        NotFoundError: this workspace has none of this id.
    """
    return rows.get(tx, REQUESTS, StoredRequest, workspace_id, request_id)


def page(
    tx: Tx, workspace_id: str, *, kind: str | None = None, cursor: str | None = None, limit: int = 50
) -> Page[StoredRequest]:
    """Return requests of a workspace, newest first; those whose body says ``type``, where ``kind`` is given."""
    where = _where(workspace_id, kind)
    return rows.page(tx, REQUESTS, StoredRequest, *where, cursor=cursor, limit=limit, newest_first=True)


def count(tx: Tx, workspace_id: str, *, kind: str | None = None) -> int:
    """Return how many requests ``page`` would give in all."""
    return rows.count(tx, REQUESTS, *_where(workspace_id, kind))


def _where(workspace_id: str, kind: str | None) -> list[Any]:
    where: list[Any] = [REQUESTS.c.workspace_id == workspace_id]
    if kind is not None:
        where.append(REQUESTS.c.body["type"].as_string() == kind)
    return where

"""Requests kept with their answers, for those who come back for them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from apprenti.domain.errors import OptionError
from apprenti.domain.service import Caller, Role, StoredRequest
from apprenti.flow.service.access import allow
from apprenti.flow.service.service import Service
from apprenti.store.database import requests as table
from apprenti.store.database.rows import Page

MAX_BODY_BYTES = 100_000


def keep_request(
    service: Service,
    caller: Caller,
    workspace_id: str,
    *,
    body: Mapping[str, Any],
    status: int,
    answer: Mapping[str, Any],
) -> StoredRequest:
    """Keep a request that was answered.

    Args:
        service: what to work with.
        caller: on whose behalf.
        workspace_id: where.
        body: what was asked, without the bytes of images.
        status: HTTP status of the answer.
        answer: as JSON.

    Raises:
        OptionError: what was asked is too long to be kept.
    """
    allow(caller, workspace_id, Role.READER)
    if len(json.dumps(body)) > MAX_BODY_BYTES:
        raise OptionError("text_too_long", field="records", limit=MAX_BODY_BYTES)
    kept = StoredRequest(
        id=service.new_id(),
        workspace_id=workspace_id,
        body=body,
        status=status,
        answer=answer,
        created_us=service.now_us(),
    )
    with service.database.write() as tx:
        table.insert(tx, kept)
    return kept


def get_request(service: Service, caller: Caller, workspace_id: str, request_id: str) -> StoredRequest:
    """Return a request with its answer."""
    allow(caller, workspace_id, Role.READER)
    with service.database.read() as tx:
        return table.get(tx, workspace_id, request_id)


def list_requests(
    service: Service,
    caller: Caller,
    workspace_id: str,
    *,
    kind: str | None = None,
    cursor: str | None = None,
    limit: int = 50,
) -> Page[StoredRequest]:
    """Return requests, newest first; those whose body says ``type``, where ``kind`` is given."""
    allow(caller, workspace_id, Role.READER)
    with service.database.read() as tx:
        return table.page(tx, workspace_id, kind=kind, cursor=cursor, limit=limit)


def count_requests(service: Service, caller: Caller, workspace_id: str, *, kind: str | None = None) -> int:
    """Return how many requests ``list_requests`` would give in all."""
    allow(caller, workspace_id, Role.READER)
    with service.database.read() as tx:
        return table.count(tx, workspace_id, kind=kind)

"""Routes of what was done, and of what there is."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query

from apprenti.api.v1.asking import Asks, Cursor, Limit, nouns
from apprenti.api.v1.schemas import Listed
from apprenti.api.v1.schemas_access import AuditView
from apprenti.flow.service import looking_back
from apprenti.flow.service.looking_back import Usage

ROUTER = nouns("audit")


@ROUTER.get("/audit")
def list_audit(
    asks: Asks,
    noun_id: Annotated[
        str | None, Query(max_length=100, description="what was done with this one thing")
    ] = None,
    noun: Annotated[
        str | None, Query(max_length=32, description="what was done with this kind of thing, such as image")
    ] = None,
    token: Annotated[str | None, Query(max_length=100, description="what this token did")] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Listed[AuditView]:
    """List what was done in the workspace, newest first; owners only."""
    page = looking_back.list_audit(
        *asks.who, noun=noun, noun_id=noun_id, token_id=token, cursor=cursor, limit=limit
    )
    return Listed(items=[AuditView.of(entry) for entry in page.items], next_cursor=page.next_cursor)


@ROUTER.get("/usage")
def show_usage(asks: Asks) -> Usage:
    """Say how much the workspace holds."""
    return looking_back.usage_of(*asks.who)

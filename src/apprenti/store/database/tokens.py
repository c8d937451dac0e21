"""Tokens in the database."""

from __future__ import annotations

from apprenti.domain.service import Token
from apprenti.store.database import rows
from apprenti.store.database.rows import Page, Tx
from apprenti.store.database.tables import TOKENS


def insert(tx: Tx, *tokens: Token) -> None:
    """Write new tokens."""
    rows.add(tx, TOKENS, *tokens)


def by_hash(tx: Tx, sha256: str) -> Token | None:
    """Return the token whose secret has this SHA-256, unless it was taken back."""
    return rows.find(tx, TOKENS, Token, TOKENS.c.sha256 == sha256, TOKENS.c.revoked_us.is_(None))


def page(tx: Tx, workspace_id: str | None, *, cursor: str | None = None, limit: int = 50) -> Page[Token]:
    """Return the tokens of a workspace, or those of operators."""
    return rows.page(
        tx,
        TOKENS,
        Token,
        TOKENS.c.workspace_id.is_(workspace_id)
        if workspace_id is None
        else TOKENS.c.workspace_id == workspace_id,
        cursor=cursor,
        limit=limit,
    )


def count(tx: Tx) -> int:
    """Return how many tokens there are, of all workspaces."""
    return rows.count(tx, TOKENS)


def note_use(tx: Tx, token_id: str, *, now_us: int) -> None:
    """Note when a token was last used."""
    rows.change(tx, TOKENS, TOKENS.c.id == token_id, last_used_us=now_us)


def revoke(tx: Tx, workspace_id: str | None, token_id: str, *, now_us: int) -> int:
    """Take a token back; return 1, or 0 where this workspace has none of this id."""
    where = [TOKENS.c.id == token_id]
    if workspace_id is not None:
        where.append(TOKENS.c.workspace_id == workspace_id)
    return rows.change(tx, TOKENS, *where, revoked_us=now_us)

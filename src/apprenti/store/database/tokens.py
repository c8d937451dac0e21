"""Tokens in the database."""

from __future__ import annotations

from sqlalchemy import ColumnElement, or_

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


def revoke(
    tx: Tx, workspace_id: str | None, token_id: str, *, now_us: int, with_operators: bool = False
) -> int:
    """Take a token of a workspace back, or of any where it is ``None``; return 1, or 0 where none has this id.

    Args:
        tx: a transaction.
        workspace_id: whose token.
        token_id: which.
        now_us: when.
        with_operators: it may be one that opens all workspaces, too.
    """
    where: list[ColumnElement[bool]] = [TOKENS.c.id == token_id]
    if workspace_id is not None:
        of_operators = TOKENS.c.workspace_id.is_(None)
        here = TOKENS.c.workspace_id == workspace_id
        where.append(or_(here, of_operators) if with_operators else here)
    return rows.change(tx, TOKENS, *where, revoked_us=now_us)

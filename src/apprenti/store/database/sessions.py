"""Sessions of browsers in the database."""

from __future__ import annotations

from apprenti.domain.service import Session, Token
from apprenti.store.database import rows
from apprenti.store.database.rows import Tx
from apprenti.store.database.tables import SESSIONS, TOKENS


def insert(tx: Tx, session: Session) -> None:
    """Write a new session."""
    rows.add(tx, SESSIONS, session)


def by_hash(tx: Tx, sha256: str) -> tuple[Session, Token] | None:
    """Return the session whose secret has this SHA-256 with its token, unless the token was taken back."""
    session = rows.find(tx, SESSIONS, Session, SESSIONS.c.sha256 == sha256)
    if session is None:
        return None
    token = rows.find(tx, TOKENS, Token, TOKENS.c.id == session.token_id, TOKENS.c.revoked_us.is_(None))
    return None if token is None else (session, token)


def note_use(tx: Tx, session_id: str, *, now_us: int) -> None:
    """Note when a session was last used."""
    rows.change(tx, SESSIONS, SESSIONS.c.id == session_id, last_used_us=now_us)


def end(tx: Tx, sha256: str) -> int:
    """Delete the session whose secret has this SHA-256; return how many there were."""
    return rows.remove(tx, SESSIONS, SESSIONS.c.sha256 == sha256)


def forget(tx: Tx, *, before_us: int) -> int:
    """Delete the sessions that nobody has used since; return how many there were."""
    return rows.remove(tx, SESSIONS, SESSIONS.c.last_used_us < before_us)

"""People at a browser: a token is shown once, and a cookie nobody else can make stands for it from then on.

The database keeps the hash of the cookie's secret, so that a copy of it opens nothing; and a session goes with its
token: taken back, it lets nobody in any more.
"""

from __future__ import annotations

import hashlib
import hmac

from apprenti.domain.errors import TokenError
from apprenti.domain.service import Caller, Session
from apprenti.flow.service.service import Service, hash_of
from apprenti.store.database import sessions as table
from apprenti.store.database import tokens

COOKIE = "apprenti_session"
"""What the cookie is called."""
DAY_US = 24 * 3600 * 1_000_000
UNUSED_US = 14 * DAY_US
"""So long after it was last used a session has ended."""
NOTED_US = 3600 * 1_000_000


def begin_session(service: Service, secret: str) -> str:
    """Let a browser in that shows the secret of a token; return the secret of its cookie.

    Raises:
        TokenError: nobody knows the token, or it was taken back.
    """
    now_us, cookie = service.now_us(), service.new_secret()
    with service.database.write() as tx:
        token = tokens.by_hash(tx, hash_of(secret))
        if token is None:
            raise TokenError("token_unknown")
        table.forget(tx, before_us=now_us - UNUSED_US)
        session = Session(
            id=service.new_id(),
            token_id=token.id,
            sha256=hash_of(cookie),
            created_us=now_us,
            last_used_us=now_us,
        )
        table.insert(tx, session)
        tokens.note_use(tx, token.id, now_us=now_us)
    return cookie


def caller_of_session(service: Service, cookie: str) -> Caller:
    """Return on whose behalf a browser with this cookie acts.

    Raises:
        TokenError: nobody's: the session has ended, or its token was taken back.
    """
    now_us = service.now_us()
    with service.database.read() as tx:
        found = table.by_hash(tx, hash_of(cookie))
    if found is None or now_us - found[0].last_used_us > UNUSED_US:
        raise TokenError("token_unknown")
    session, token = found
    if now_us - session.last_used_us > NOTED_US:
        with service.database.write() as tx:
            table.note_use(tx, session.id, now_us=now_us)
            tokens.note_use(tx, token.id, now_us=now_us)
    return Caller(token_id=token.id, role=token.role, workspace_id=token.workspace_id)


def end_session(service: Service, cookie: str) -> None:
    """End a session; nothing happens where it has ended already."""
    with service.database.write() as tx:
        table.end(tx, hash_of(cookie))


def form_word(cookie: str) -> str:
    """Return the word that forms of this session carry: no other page can know it.

    Example:
        >>> form_word("a") == form_word("b")
        False
    """
    return hmac.new(cookie.encode(), b"form", hashlib.sha256).hexdigest()


def is_form_word(cookie: str, word: str) -> bool:
    """Return whether a form came from a page of this session."""
    return hmac.compare_digest(form_word(cookie).encode(), word.encode())

"""People at a browser, let in by a token they showed once."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """That a browser was let in: what it may do is what the token allows, for as long as the token does.

    Args:
        id: lower-case UUID.
        token_id: of the token that was shown.
        sha256: of the secret in the browser's cookie; the secret itself is kept nowhere.
        created_us: when.
        last_used_us: when, to the hour; a session nobody uses ends by itself.
    """

    id: str
    token_id: str
    sha256: str
    created_us: int
    last_used_us: int

"""Who may do what, and who did."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any


class Role(IntEnum):
    """What a token allows; each includes those below.

    ``READER`` looks and asks for predictions. ``EDITOR`` adds images, labels and corrections and begins trainings.
    ``OWNER`` promotes, deletes, exports, and gives tokens of its workspace. ``OPERATOR`` makes workspaces.
    """

    READER = 1
    EDITOR = 2
    OWNER = 3
    OPERATOR = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """What opens a workspace; its secret is shown once and kept as a hash.

    Args:
        id: lower-case UUID.
        workspace_id: what it opens; ``None`` opens all (an operator's).
        name: for people.
        role: what it allows.
        sha256: of the secret, which is random and long, so that no slower hash is needed.
        created_us: when.
        last_used_us: when, to the minute.
        revoked_us: when it was taken back.
    """

    id: str
    workspace_id: str | None = None
    name: str = ""
    role: Role
    sha256: str
    created_us: int
    last_used_us: int | None = None
    revoked_us: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """On whose behalf something is done.

    Args:
        token_id: of the token; a word in brackets where the service itself acts, such as ``(worker)``.
        role: what it may do.
        workspace_id: where it may; ``None`` is everywhere.
    """

    token_id: str
    role: Role
    workspace_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """That something was done.

    Args:
        id: lower-case UUID.
        workspace_id: where; empty for the service as a whole.
        token_id: who.
        verb: what: ``promote``.
        noun: with what kind of thing: ``version``.
        noun_id: with which.
        details: what else should be known, such as the versions before and after.
        created_us: when.
    """

    id: str
    workspace_id: str
    token_id: str
    verb: str
    noun: str
    noun_id: str
    details: Mapping[str, Any] = field(default_factory=dict)
    created_us: int

"""Whom the service tells of what happens, and what it still has to tell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class DeliveryState(StrEnum):
    """Whether a message has arrived."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    GIVEN_UP = "given_up"


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook:
    """An address that is told of events.

    Args:
        id: lower-case UUID.
        workspace_id: whose events.
        url: where to post; checked at each delivery, never followed elsewhere.
        events: which, such as ``training.done``.
        secret: messages are signed with it; shown once.
        is_active: whether it is told anything.
        created_us: when.
    """

    id: str
    workspace_id: str
    url: str
    events: tuple[str, ...]
    secret: str
    is_active: bool = True
    created_us: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """A message for a webhook.

    Args:
        id: lower-case UUID.
        workspace_id: where it belongs.
        webhook_id: whom it is for.
        event: what happened.
        body: JSON object to post.
        state: whether it has arrived.
        n_attempts: how often it was tried.
        next_us: when it is tried next.
        problem: what the last try met.
        created_us: when it happened.
    """

    id: str
    workspace_id: str
    webhook_id: str
    event: str
    body: Mapping[str, Any] = field(default_factory=dict)
    state: DeliveryState = DeliveryState.WAITING
    n_attempts: int = 0
    next_us: int = 0
    problem: str = ""
    created_us: int

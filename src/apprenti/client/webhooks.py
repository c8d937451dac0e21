"""Calls about webhooks: addresses that are told what happens."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from apprenti.client.shelves import Shelf, at
from apprenti.domain.service import DeliveryState


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook:
    """An address that is told of events.

    Args:
        id: lower-case UUID.
        url: where messages are posted.
        events: which, such as ``training.done``.
        is_active: ``False`` once it answered 410: nobody will ever listen there again.
        secret: signs messages as Standard Webhooks do; only there when it has just been made.
        created_at: when.
    """

    id: str
    url: str
    events: tuple[str, ...] = ()
    is_active: bool = True
    secret: str | None = field(default=None, repr=False)
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """A message for a webhook.

    Args:
        id: the same at every attempt: the header ``webhook-id``.
        event: what happened.
        state: whether it has arrived.
        n_attempts: how often it was tried.
        problem: what the last attempt met; for programs.
        body: what is posted.
        next_at: when it is tried next; ``None`` where it is not.
        created_at: when it happened.
    """

    id: str
    event: str
    state: DeliveryState
    n_attempts: int = 0
    problem: str = ""
    body: Mapping[str, Any] = field(default_factory=dict)
    next_at: datetime | None = None
    created_at: datetime


class Webhooks(Shelf):
    """``client.webhooks``; owners only."""

    def list(self) -> Iterator[Webhook]:
        """Yield the webhooks of the workspace, without their secrets."""
        return self._every(Webhook, at("webhooks"))

    def create(self, url: str, events: Sequence[str] = ()) -> Webhook:
        """Let an address be told of events, by default of all; only where whoever runs the service allows its host.

        Its ``secret`` is there this once.
        """
        data = {"url": url, "events": list(events)}
        return self._one(Webhook, self._transport.ask_json("POST", at("webhooks"), data=data))

    def delete(self, webhook_id: str) -> None:
        """Tell an address nothing any more."""
        self._transport.ask("DELETE", at("webhooks", webhook_id))

    def test(self, webhook_id: str) -> Delivery:
        """Send a message that tells nothing, once and now, and return what came of it."""
        return self._one(Delivery, self._transport.ask_json("POST", at("webhooks", webhook_id, "test")))

    def deliveries(self, webhook_id: str) -> Iterator[Delivery]:
        """Yield what a webhook was told, or still has to be, newest first."""
        return self._every(Delivery, at("webhooks", webhook_id, "deliveries"))

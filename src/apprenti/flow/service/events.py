"""What happened, for those who want to be told: written with what happened, sent later."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from apprenti.domain.service import Delivery
from apprenti.flow.service.service import Service
from apprenti.store.database import webhooks
from apprenti.store.database.rows import Tx

EVENTS = (
    "training.done",
    "training.failed",
    "version.promoted",
    "correction.quarantined",
    "drift.alarm",
)


def tell(tx: Tx, service: Service, workspace_id: str, event: str, body: Mapping[str, Any]) -> None:
    """Put a message for every webhook that wants to hear of ``event`` into the queue."""
    now_us = service.now_us()
    for webhook in webhooks.for_event(tx, workspace_id, event):
        delivery = Delivery(
            id=service.new_id(),
            workspace_id=workspace_id,
            webhook_id=webhook.id,
            event=event,
            body={"event": event, "at_us": now_us, "workspace_id": workspace_id, **body},
            next_us=now_us,
            created_us=now_us,
        )
        webhooks.queue(tx, delivery)

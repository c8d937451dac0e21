"""Webhooks in the database, and the messages that wait for them."""

from __future__ import annotations

from sqlalchemy import or_

from apprenti.domain.service import Delivery, DeliveryState, Webhook
from apprenti.store.database import rows
from apprenti.store.database.rows import Page, Tx
from apprenti.store.database.tables import DELIVERIES, WEBHOOKS


def insert(tx: Tx, *webhooks: Webhook) -> None:
    """Write new webhooks."""
    rows.add(tx, WEBHOOKS, *webhooks)


def get(tx: Tx, workspace_id: str, webhook_id: str) -> Webhook:
    """Return a webhook.

    Raises:
        NotFoundError: this workspace has none of this id.
    """
    return rows.get(tx, WEBHOOKS, Webhook, workspace_id, webhook_id)


def page(tx: Tx, workspace_id: str, *, cursor: str | None = None, limit: int = 50) -> Page[Webhook]:
    """Return the webhooks of a workspace, oldest first."""
    where = WEBHOOKS.c.workspace_id == workspace_id
    return rows.page(tx, WEBHOOKS, Webhook, where, cursor=cursor, limit=limit)


def for_event(tx: Tx, workspace_id: str, event: str) -> tuple[Webhook, ...]:
    """Return the active webhooks of a workspace that want to hear of an event."""
    where = (WEBHOOKS.c.workspace_id == workspace_id, WEBHOOKS.c.is_active.is_(True))
    return tuple(one for one in rows.every(tx, WEBHOOKS, Webhook, *where) if event in one.events)


def delete(tx: Tx, workspace_id: str, webhook_id: str) -> int:
    """Delete a webhook with what waits for it."""
    return rows.remove(tx, WEBHOOKS, WEBHOOKS.c.workspace_id == workspace_id, WEBHOOKS.c.id == webhook_id)


def queue(tx: Tx, *deliveries: Delivery) -> None:
    """Write messages that wait."""
    rows.add(tx, DELIVERIES, *deliveries)


def due(tx: Tx, *, now_us: int, limit: int = 20) -> tuple[Delivery, ...]:
    """Return messages whose time has come, oldest first; those written later than now, as well: the clock went back."""
    come = or_(DELIVERIES.c.next_us <= now_us, DELIVERIES.c.created_us > now_us)
    where = (DELIVERIES.c.state == DeliveryState.WAITING.value, come)
    return rows.page(tx, DELIVERIES, Delivery, *where, limit=limit).items


def claim_due(tx: Tx, *, now_us: int, until_us: int, limit: int) -> tuple[tuple[Delivery, Webhook], ...]:
    """Take messages whose time has come: nobody else does before ``until_us``, unless somebody notes an attempt."""
    claimed = []
    for delivery in due(tx, now_us=now_us, limit=limit):
        webhook = get(tx, delivery.workspace_id, delivery.webhook_id)
        if webhook.is_active:
            created_us = min(delivery.created_us, now_us)
            rows.change(
                tx, DELIVERIES, DELIVERIES.c.id == delivery.id, next_us=until_us, created_us=created_us
            )
            claimed.append((delivery, webhook))
        else:
            note_attempt(tx, delivery, state=DeliveryState.GIVEN_UP, next_us=now_us, problem="switched off")
    return tuple(claimed)


def delivery(tx: Tx, workspace_id: str, delivery_id: str) -> Delivery:
    """Return a message.

    Raises:
        NotFoundError: this workspace has none of this id.
    """
    return rows.get(tx, DELIVERIES, Delivery, workspace_id, delivery_id)


def deliveries(tx: Tx, webhook_id: str, *, cursor: str | None = None, limit: int = 50) -> Page[Delivery]:
    """Return the messages for a webhook, newest first."""
    here = DELIVERIES.c.webhook_id == webhook_id
    return rows.page(tx, DELIVERIES, Delivery, here, cursor=cursor, limit=limit, newest_first=True)


def count(tx: Tx, workspace_id: str) -> int:
    """Return how many webhooks a workspace has."""
    return rows.count(tx, WEBHOOKS, WEBHOOKS.c.workspace_id == workspace_id)


def n_waiting(tx: Tx) -> int:
    """Return how many messages wait, of all workspaces."""
    return rows.count(tx, DELIVERIES, DELIVERIES.c.state == DeliveryState.WAITING.value)


def switch_off(tx: Tx, webhook_id: str) -> None:
    """Tell a webhook nothing any more."""
    rows.change(tx, WEBHOOKS, WEBHOOKS.c.id == webhook_id, is_active=False)


def forget(tx: Tx, *, before_us: int) -> int:
    """Delete messages that wait no longer and were last tried before a moment; return how many there were."""
    over = (DELIVERIES.c.state != DeliveryState.WAITING.value, DELIVERIES.c.next_us < before_us)
    return rows.remove(tx, DELIVERIES, *over)


def note_attempt(tx: Tx, delivery: Delivery, *, state: DeliveryState, next_us: int, problem: str) -> None:
    """Note what came of sending a message."""
    here = DELIVERIES.c.id == delivery.id
    n_attempts = delivery.n_attempts + 1
    rows.change(tx, DELIVERIES, here, state=state, next_us=next_us, problem=problem, n_attempts=n_attempts)

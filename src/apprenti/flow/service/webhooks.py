"""Webhooks: addresses that are told what happens, and the messages that wait for them.

A message is written in the transaction of what it tells, and sent later by whoever does the upkeep: claimed for two
minutes, sent without a lock, noted. A crash in between sends it again, with the same id.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass

from apprenti.domain.errors import ConflictError, EgressError, NotFoundError, OptionError
from apprenti.domain.service import Caller, Delivery, DeliveryState, Role, Webhook
from apprenti.egress import Notice, Transport, deliver, new_secret
from apprenti.egress.places import place_of
from apprenti.flow.service.access import ITSELF, allow
from apprenti.flow.service.events import EVENTS
from apprenti.flow.service.service import Service, note
from apprenti.store.database import webhooks as table
from apprenti.store.database.rows import Page

MOST_WEBHOOKS = 20
TEST_EVENT = "test"
SECOND_US = 1_000_000
LEASE_US = 120 * SECOND_US
KEPT_US = 30 * 24 * 3600 * SECOND_US
"""Messages that arrived or were given up are kept for a month, so that people can see what was sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewWebhook:
    """A webhook that was made, with the secret that is shown this once.

    Args:
        webhook: it.
        secret: by which the receiver knows that messages are ours.
    """

    webhook: Webhook
    secret: str


def create_webhook(
    service: Service, caller: Caller, workspace_id: str, *, url: str, events: Sequence[str]
) -> NewWebhook:
    """Let an address be told of events.

    Raises:
        ConflictError: the workspace has as many as it may.
        EgressError: the address is none, or this service may not ask it.
        OptionError: an event is none of ours.
    """
    allow(caller, workspace_id, Role.OWNER)
    wanted = tuple(dict.fromkeys(events)) or EVENTS
    for event in wanted:
        if event not in EVENTS:
            raise OptionError("webhook_event", event=event[:50], known=", ".join(EVENTS))
    place = place_of(url)
    _transport(service)
    if service.egress_policy.is_off:
        raise EgressError("webhook_off")
    if not service.egress_policy.allows_name(place.host.name):
        raise EgressError("webhook_host", host=place.host.name)
    secret = new_secret(hashlib.sha256(service.new_secret().encode()).digest())
    made = Webhook(
        id=service.new_id(),
        workspace_id=workspace_id,
        url=url,
        events=wanted,
        secret=secret,
        created_us=service.now_us(),
    )
    with service.database.write() as tx:
        if table.count(tx, workspace_id) >= MOST_WEBHOOKS:
            raise ConflictError("webhooks_too_many", limit=MOST_WEBHOOKS)
        table.insert(tx, made)
        note(
            tx, service, caller, workspace_id, "create", "webhook", made.id,
            host=place.host.name, events=list(wanted),
        )  # fmt: skip
    return NewWebhook(webhook=made, secret=secret)


def list_webhooks(
    service: Service, caller: Caller, workspace_id: str, *, cursor: str | None = None, limit: int = 50
) -> Page[Webhook]:
    """Return the webhooks of a workspace, oldest first."""
    allow(caller, workspace_id, Role.OWNER)
    with service.database.read() as tx:
        return table.page(tx, workspace_id, cursor=cursor, limit=limit)


def list_deliveries(
    service: Service,
    caller: Caller,
    workspace_id: str,
    webhook_id: str,
    *,
    cursor: str | None = None,
    limit: int = 50,
) -> Page[Delivery]:
    """Return what a webhook was told, or still has to be, newest first."""
    allow(caller, workspace_id, Role.OWNER)
    with service.database.read() as tx:
        table.get(tx, workspace_id, webhook_id)
        return table.deliveries(tx, webhook_id, cursor=cursor, limit=limit)


def delete_webhook(service: Service, caller: Caller, workspace_id: str, webhook_id: str) -> None:
    """Tell an address nothing any more.

    Raises:
        NotFoundError: this workspace has no such webhook.
    """
    allow(caller, workspace_id, Role.OWNER)
    with service.database.write() as tx:
        if not table.delete(tx, workspace_id, webhook_id):
            raise NotFoundError("not_found", noun="webhook", id=webhook_id[:100])
        note(tx, service, caller, workspace_id, "delete", "webhook", webhook_id)


def test_webhook(service: Service, caller: Caller, workspace_id: str, webhook_id: str) -> Delivery:
    """Send a webhook a message that tells nothing, once and now, and return what came of it.

    Raises:
        EgressError: this service asks nobody.
    """
    allow(caller, workspace_id, Role.OWNER)
    now_us = service.now_us()
    with service.database.write() as tx:
        webhook = table.get(tx, workspace_id, webhook_id)
        _transport(service)
        message = Delivery(
            id=service.new_id(),
            workspace_id=workspace_id,
            webhook_id=webhook.id,
            event=TEST_EVENT,
            body={"event": TEST_EVENT, "at_us": now_us, "workspace_id": workspace_id},
            next_us=now_us + LEASE_US,
            created_us=now_us,
        )
        table.queue(tx, message)
        note(tx, service, caller, workspace_id, "test", "webhook", webhook.id)
    _send(service, message, webhook, is_last=True)
    with service.database.read() as tx:
        return table.delivery(tx, workspace_id, message.id)


test_webhook.__test__ = False  # type: ignore[attr-defined]  # it is no test, whatever its name begins with


def deliver_due(service: Service, *, most: int = 5) -> int:
    """Send messages whose time has come, each once; return how many were tried."""
    if service.transport is None:
        return 0
    with service.database.read() as tx:
        if not table.due(tx, now_us=service.now_us(), limit=1):
            return 0
    with service.database.write() as tx:
        now_us = service.now_us()
        claimed = table.claim_due(tx, now_us=now_us, until_us=now_us + LEASE_US, limit=most)
    for message, webhook in claimed:
        _send(service, message, webhook)
    return len(claimed)


def forget_old_deliveries(service: Service) -> int:
    """Forget messages that arrived or were given up a month ago; return how many there were."""
    with service.database.write() as tx:
        return table.forget(tx, before_us=service.now_us() - KEPT_US)


def _transport(service: Service) -> Transport:
    """Return the way to other addresses.

    Raises:
        EgressError: there is none.
    """
    if service.transport is None:
        raise EgressError("webhook_off")
    return service.transport


def _send(service: Service, message: Delivery, webhook: Webhook, *, is_last: bool = False) -> None:
    """Try once, and note what came of it and when it is tried again."""
    body = json.dumps(message.body, separators=(",", ":"), ensure_ascii=False).encode()
    came = deliver(
        Notice(notice_id=message.id, body=body),
        webhook.url,
        webhook.secret,
        policy=service.egress_policy,
        transport=_transport(service),
        timestamp=service.now_us() // SECOND_US,
        n_tried=message.n_attempts,
        jitter=_jitter(message),
    )
    state = DeliveryState(came.state)
    if is_last and state is DeliveryState.WAITING:
        state = DeliveryState.GIVEN_UP
    problem = "" if came.state == "delivered" else came.error or f"status {came.status}"
    wait_us = int((came.wait_seconds or 0) * SECOND_US)
    with service.database.write() as tx:
        table.note_attempt(tx, message, state=state, next_us=service.now_us() + wait_us, problem=problem)
        if came.is_unwanted:
            table.switch_off(tx, webhook.id)
            note(tx, service, ITSELF, webhook.workspace_id, "switch_off", "webhook", webhook.id)


def _jitter(message: Delivery) -> float:
    """Return a number in 0..1 that no two messages share, and that is the same when it is asked for again."""
    digest = hashlib.sha256(f"{message.id} {message.n_attempts}".encode()).digest()
    return int.from_bytes(digest[:6]) / 2**48

"""Webhooks: told what happens through the guard, tried again, given up, never kept waiting for."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from tests.egress.servers import Server, local, sends, serving
from tests.fake_service import OPERATOR, WorldClock, default_workspace, make_service

from apprenti.domain.errors import AccessError, ConflictError, EgressError, NotFoundError, OptionError
from apprenti.domain.service import Caller, DeliveryState, Role
from apprenti.egress import RETRIES, EgressPolicy, Transport, verify
from apprenti.flow.service import looking_back, webhooks
from apprenti.flow.service.events import EVENTS, tell
from apprenti.flow.service.service import Service
from apprenti.store.database import webhooks as table

SECOND_US = 1_000_000


@pytest.fixture
def receiver() -> Iterator[Server]:
    with serving(sends(b"", 204)) as server:
        yield server


def listening(folder: Path, server: Server) -> Service:
    return replace(
        make_service(folder), egress_policy=local(server), transport=Transport(clock=time.monotonic)
    )


@pytest.fixture
def service(tmp_path: Path, receiver: Server) -> Service:
    return listening(tmp_path, receiver)


def make(service: Service, server: Server, *events: str) -> webhooks.NewWebhook:
    here = default_workspace(service)
    url = f"http://127.0.0.1:{server.port}/hook"
    return webhooks.create_webhook(service, OPERATOR, here, url=url, events=events)


def happen(service: Service, event: str) -> None:
    here = default_workspace(service)
    with service.database.write() as tx:
        tell(tx, service, here, event, {"task_id": "t"})


def later(service: Service, seconds: float) -> None:
    assert isinstance(service.now_us, WorldClock)
    service.now_us.now += int(seconds * SECOND_US)


def test_what_happened_arrives_signed_and_once(service: Service, receiver: Server) -> None:
    made = make(service, receiver, "drift.alarm")
    happen(service, "drift.alarm")
    happen(service, "training.done")  # nobody wants to hear of it
    assert webhooks.deliver_due(service) == 1
    assert webhooks.deliver_due(service) == 0
    ((_, path, headers, body),) = receiver.requests
    assert path == "/hook"
    assert verify(headers, body, made.secret, service.now_us() // SECOND_US)
    assert json.loads(body)["event"] == "drift.alarm"
    here = default_workspace(service)
    (kept,) = webhooks.list_deliveries(service, OPERATOR, here, made.webhook.id).items
    assert (kept.state, kept.n_attempts, headers["webhook-id"]) == (DeliveryState.DELIVERED, 1, kept.id)


def test_a_receiver_that_is_down_is_tried_again_and_given_up_after_the_last(tmp_path: Path) -> None:
    with serving(sends(b"", 500)) as server:
        service = listening(tmp_path, server)
        made = make(service, server)
        happen(service, "training.done")
        for _ in range(RETRIES.n_attempts):
            assert webhooks.deliver_due(service) == 1
            assert webhooks.deliver_due(service) == 0
            later(service, 2 * 72_000)
        assert webhooks.deliver_due(service) == 0
        assert len(server.requests) == RETRIES.n_attempts
        assert len({headers["webhook-id"] for _, _, headers, _ in server.requests}) == 1
    (kept,) = webhooks.list_deliveries(service, OPERATOR, default_workspace(service), made.webhook.id).items
    assert (kept.state, kept.problem) == (DeliveryState.GIVEN_UP, "status 500")


def test_a_receiver_that_says_it_is_gone_is_switched_off(tmp_path: Path) -> None:
    with serving(sends(b"", 410)) as server:
        service = listening(tmp_path, server)
        make(service, server)
        happen(service, "training.done")
        happen(service, "training.failed")
        webhooks.deliver_due(service)
        happen(service, "training.done")
    here = default_workspace(service)
    (hook,) = webhooks.list_webhooks(service, OPERATOR, here).items
    assert not hook.is_active
    assert webhooks.deliver_due(service) == 0
    entry = looking_back.list_audit(service, OPERATOR, here, limit=1).items[0]
    assert (entry.verb, entry.noun_id) == ("switch_off", hook.id)


def test_two_who_deliver_at_once_do_not_send_the_same(service: Service, receiver: Server) -> None:
    make(service, receiver)
    happen(service, "training.done")
    with service.database.write() as tx:
        claimed = table.claim_due(
            tx, now_us=service.now_us(), until_us=service.now_us() + 60 * SECOND_US, limit=5
        )
    assert len(claimed) == 1
    assert webhooks.deliver_due(service) == 0
    later(service, 61)  # who claimed it died
    assert webhooks.deliver_due(service) == 1


def test_a_clock_that_was_set_back_keeps_no_message_waiting(service: Service, receiver: Server) -> None:
    make(service, receiver, "drift.alarm")
    happen(service, "drift.alarm")
    later(service, -24 * 3600)
    assert webhooks.deliver_due(service) == 1
    assert webhooks.deliver_due(service) == 0
    assert len(receiver.requests) == 1


def test_the_secret_is_shown_once_and_in_no_log(service: Service, receiver: Server) -> None:
    made = make(service, receiver)
    here = default_workspace(service)
    assert made.secret.startswith("whsec_")
    assert made.webhook.events == EVENTS
    audit = looking_back.list_audit(service, OPERATOR, here, limit=50).items
    assert made.secret not in str(audit)


def test_a_test_message_says_what_came_of_it(service: Service, receiver: Server) -> None:
    made = make(service, receiver)
    here = default_workspace(service)
    assert webhooks.test_webhook(service, OPERATOR, here, made.webhook.id).state is DeliveryState.DELIVERED
    receiver.close()
    failed = webhooks.test_webhook(service, OPERATOR, here, made.webhook.id)
    assert (failed.state, failed.problem) == (DeliveryState.GIVEN_UP, "egress_failed")


def test_a_deleted_webhook_hears_nothing_more(service: Service, receiver: Server) -> None:
    made = make(service, receiver)
    here = default_workspace(service)
    happen(service, "training.done")
    webhooks.delete_webhook(service, OPERATOR, here, made.webhook.id)
    assert webhooks.deliver_due(service) == 0
    with pytest.raises(NotFoundError):
        webhooks.delete_webhook(service, OPERATOR, here, made.webhook.id)


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("http://169.254.169.254/latest", "webhook_host"),
        ("https://user:word@example.org/", "egress_credentials"),
        ("file:///etc/passwd", "egress_url"),
        ("https://internal.example.org/", "webhook_host"),
    ],
)
def test_addresses_that_may_not_be_asked_are_refused_at_once(service: Service, url: str, key: str) -> None:
    with pytest.raises(EgressError) as caught:
        webhooks.create_webhook(service, OPERATOR, default_workspace(service), url=url, events=())
    assert caught.value.key == key


def test_a_service_that_asks_nobody_makes_no_webhooks(service: Service) -> None:
    for silent in (replace(service, transport=None), replace(service, egress_policy=EgressPolicy())):
        with pytest.raises(EgressError) as caught:
            webhooks.create_webhook(
                silent, OPERATOR, default_workspace(service), url="https://example.org/", events=()
            )
        assert caught.value.key == "webhook_off"
        assert "upload" not in caught.value.said("en")


def test_events_are_ours_and_webhooks_are_few(service: Service, receiver: Server) -> None:
    with pytest.raises(OptionError, match="no event"):
        make(service, receiver, "everything")
    for _ in range(webhooks.MOST_WEBHOOKS):
        make(service, receiver)
    with pytest.raises(ConflictError):
        make(service, receiver)


def test_webhooks_are_an_owners(service: Service) -> None:
    here = default_workspace(service)
    editor = Caller(token_id="e", role=Role.EDITOR, workspace_id=here)
    with pytest.raises(AccessError):
        webhooks.list_webhooks(service, editor, here)

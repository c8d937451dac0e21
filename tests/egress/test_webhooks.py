"""Notices are signed as the standard says and tried as often as the schedule says."""

from __future__ import annotations

import time

import pytest
from tests.egress.servers import local, sends, serving, transport

from apprenti.domain.errors import OptionError
from apprenti.egress import (
    RETRIES,
    Delivery,
    EgressPolicy,
    Notice,
    RetrySchedule,
    Transport,
    deliver,
    new_secret,
    sign,
    verify,
)
from apprenti.egress.webhooks import signed_headers

SECRET = new_secret(bytes(range(32)))
NOTICE = Notice(notice_id="msg_1", body=b'{"type": "version.promoted"}')
NOW = 1_700_000_000


def test_the_signature_is_the_one_of_the_published_example() -> None:
    # from the specification of Standard Webhooks
    notice = Notice(notice_id="msg_p5jXN8AQM9LWM0D4loKWxJek", body=b'{"test": 2432232314}')
    signature = sign(notice, "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", 1614265330)
    assert signature == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_a_receiver_can_verify_what_was_sent() -> None:
    headers = signed_headers(NOTICE, SECRET, NOW)
    assert verify(headers, NOTICE.body, SECRET, NOW + 200)


@pytest.mark.parametrize(
    "change",
    [
        {"webhook-id": "msg_2"},
        {"webhook-timestamp": str(NOW + 1)},
        {"webhook-timestamp": "x"},
        {"webhook-signature": "v1,AAAA"},
        {"webhook-signature": "é"},
        {"webhook-signature": ""},
        {"webhook-id": "a.b"},
    ],
)
def test_a_notice_that_was_changed_is_not_verified(change: dict[str, str]) -> None:
    assert not verify({**signed_headers(NOTICE, SECRET, NOW), **change}, NOTICE.body, SECRET, NOW)


def test_another_body_another_secret_or_an_old_notice_is_not_verified() -> None:
    headers = signed_headers(NOTICE, SECRET, NOW)
    assert not verify(headers, NOTICE.body + b" ", SECRET, NOW)
    assert not verify(headers, NOTICE.body, new_secret(bytes(32)), NOW)
    assert not verify(headers, NOTICE.body, SECRET, NOW + 301)
    assert not verify(headers, NOTICE.body, SECRET, NOW - 301)


def test_one_of_several_signatures_is_enough_while_a_secret_is_replaced() -> None:
    headers = signed_headers(NOTICE, SECRET, NOW)
    headers["webhook-signature"] = "v1,AAAA " + headers["webhook-signature"]
    assert verify(headers, NOTICE.body, SECRET, NOW)


@pytest.mark.parametrize("secret", ["", "whsec_", "whsec_é", "whsec_c2hvcnQ=", SECRET.removeprefix("whsec_")])
def test_what_is_no_secret_is_refused(secret: str) -> None:
    with pytest.raises(OptionError):
        sign(NOTICE, secret, NOW)


def test_an_id_that_could_be_taken_for_a_timestamp_is_refused() -> None:
    with pytest.raises(ValueError, match="dot"):
        Notice(notice_id="a.1", body=b"")


def attempt(url: str, policy: EgressPolicy, **options: object) -> Delivery:
    way = Transport(clock=time.monotonic)
    return deliver(NOTICE, url, SECRET, policy=policy, transport=way, timestamp=NOW, **options)  # type: ignore[arg-type]


def test_a_notice_is_delivered_signed() -> None:
    with serving(sends(b"", 204)) as server:
        delivery = attempt(f"http://127.0.0.1:{server.port}/hook", local(server))
    assert delivery == Delivery(state="delivered", status=204)
    method, _, headers, body = server.requests[0]
    assert method == "POST"
    assert verify(headers, body, SECRET, NOW)
    assert headers["content-type"] == "application/json"


@pytest.mark.parametrize("status", [302, 400, 429, 500])
def test_any_other_answer_is_tried_again_later(status: int) -> None:
    with serving(sends(b"", status)) as server:
        delivery = attempt(f"http://127.0.0.1:{server.port}/", local(server), n_tried=1, jitter=0.5)
    assert delivery == Delivery(state="waiting", status=status, wait_seconds=300 * 1.1)


def test_a_receiver_that_is_gone_is_not_tried_again() -> None:
    with serving(sends(b"", 410)) as server:
        delivery = attempt(f"http://127.0.0.1:{server.port}/", local(server))
    assert delivery.state == "given_up"
    assert delivery.is_unwanted


def test_an_address_that_may_not_be_asked_is_an_attempt_that_failed() -> None:
    delivery = deliver(
        NOTICE, "http://127.0.0.1/", SECRET, policy=EgressPolicy(), transport=transport(), timestamp=NOW
    )
    assert delivery == Delivery(state="waiting", error="egress_off", wait_seconds=5)


def test_a_notice_is_given_up_after_the_last_attempt() -> None:
    with serving(sends(b"", 500)) as server:
        url = f"http://127.0.0.1:{server.port}/"
        states = [attempt(url, local(server), n_tried=n).state for n in range(RETRIES.n_attempts)]
    assert states == ["waiting"] * (RETRIES.n_attempts - 1) + ["given_up"]


def test_waits_grow_and_chance_only_lengthens_them() -> None:
    schedule = RetrySchedule(waits_seconds=(1, 10), jitter_share=0.5)
    assert [schedule.wait_seconds(n, 0.0) for n in (1, 2, 3)] == [1, 10, None]
    assert schedule.wait_seconds(2, 1.0) == 15
    assert list(RETRIES.waits_seconds) == sorted(RETRIES.waits_seconds)


@pytest.mark.parametrize("n_bytes", [0, 23, 65])
def test_a_secret_has_enough_entropy_and_not_too_much(n_bytes: int) -> None:
    with pytest.raises(ValueError, match="expected 24 to 64"):
        new_secret(bytes(n_bytes))

"""Webhooks: a notice, the signature that tells whom it comes from, and what becomes of one attempt to deliver it.

The form is that of Standard Webhooks, so that receivers find libraries for it in every language: the headers
``webhook-id``, ``webhook-timestamp`` (seconds since the epoch) and ``webhook-signature``, which is ``v1,`` and the
base64 of HMAC-SHA256 over ``ID.TIMESTAMP.BODY``. A receiver computes the same, compares, and refuses a timestamp more
than a few minutes off, so that a notice overheard cannot be sent again; the ID is the same at every attempt.

Source: https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from apprenti.domain.errors import EgressError, OptionError
from apprenti.egress.policy import EgressPolicy
from apprenti.egress.requests import Transport, post

SECRET_START = "whsec_"  # noqa: S105 - how a secret begins, none itself
LEAST_SECRET_BYTES = 24
MOST_SECRET_BYTES = 64
TOLERANCE_SECONDS = 300
GONE = 410
_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")

State = Literal["delivered", "waiting", "given_up"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """What is told.

    Args:
        notice_id: letters, digits, ``-`` and ``_``; receivers know by it that they were told before.
        body: JSON, as it is sent and signed.
    """

    notice_id: str
    body: bytes

    def __post_init__(self) -> None:
        if not _ID.fullmatch(self.notice_id):
            raise ValueError(f"{self.notice_id!r} cannot stand before a dot that is signed")


@dataclass(frozen=True, slots=True, kw_only=True)
class RetrySchedule:
    """How often a notice is sent, and how long after each failure.

    Args:
        waits_seconds: after the first attempt, the second, and so on; there is one attempt more than waits.
        jitter_share: up to this share of a wait is added by chance, so that a receiver that comes back is not met by
            everything at once.
    """

    waits_seconds: tuple[float, ...]
    jitter_share: float = 0.2

    @property
    def n_attempts(self) -> int:
        """How often a notice is sent at most."""
        return len(self.waits_seconds) + 1

    def wait_seconds(self, n_tried: int, jitter: float) -> float | None:
        """Return how long to wait after ``n_tried`` failures, or ``None`` where it is to be given up.

        Args:
            n_tried: attempts so far, 1 or more.
            jitter: drawn evenly from 0 to 1.
        """
        if n_tried >= self.n_attempts:
            return None
        return self.waits_seconds[n_tried - 1] * (1 + self.jitter_share * jitter)


RETRIES = RetrySchedule(waits_seconds=(5, 300, 1800, 7200, 18000, 36000, 50400, 72000))
"""Nine attempts over two days and a bit: a receiver that was down for a day hears all the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """What became of one attempt.

    Args:
        state: ``delivered``; ``waiting`` for the next attempt; ``given_up``.
        status: of the receiver's answer; ``None`` where there was none.
        error: why there was none: a key of the errors; ``""`` else.
        wait_seconds: until the next attempt, while ``waiting``.
    """

    state: State
    status: int | None = None
    error: str = ""
    wait_seconds: float | None = None

    @property
    def is_unwanted(self) -> bool:
        """Whether the receiver says that nobody will ever listen there again: the webhook can be switched off."""
        return self.status == GONE


def new_secret(entropy: bytes) -> str:
    """Return a secret made of ``entropy``, 24 to 64 random bytes.

    Raises:
        ValueError: too few or too many.
    """
    if not LEAST_SECRET_BYTES <= len(entropy) <= MOST_SECRET_BYTES:
        raise ValueError(f"{len(entropy)} bytes, expected {LEAST_SECRET_BYTES} to {MOST_SECRET_BYTES}")
    return SECRET_START + base64.b64encode(entropy).decode("ascii")


def sign(notice: Notice, secret: str, timestamp: int) -> str:
    """Return the signature of a notice: the value of the header ``webhook-signature``.

    Args:
        notice: its ID and its body are signed.
        secret: as ``new_secret`` makes it.
        timestamp: seconds since the epoch.

    Raises:
        OptionError: the secret is none.

    Example:
        >>> sign(Notice(notice_id="msg_1", body=b"{}"), new_secret(bytes(24)), 1)
        'v1,OmiNie3fi8ZEZmbPlxeTQD55tTTpVS4mgkAkQDtSVQg='
    """
    signed = f"{notice.notice_id}.{timestamp}.".encode() + notice.body
    digest = hmac.new(_key(secret), signed, hashlib.sha256).digest()
    return "v1," + base64.b64encode(digest).decode("ascii")


def signed_headers(notice: Notice, secret: str, timestamp: int) -> dict[str, str]:
    """Return the headers a notice is sent with."""
    return {
        "content-type": "application/json",
        "webhook-id": notice.notice_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": sign(notice, secret, timestamp),
    }


def verify(headers: Mapping[str, str], body: bytes, secret: str, now: int) -> bool:
    """Return whether what was received is a notice of whoever holds ``secret``, sent within five minutes of ``now``.

    Args:
        headers: by lower-case name.
        body: as it was received, not parsed and written again.
        secret: as ``new_secret`` makes it.
        now: seconds since the epoch.
    """
    notice_id, stamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not _ID.fullmatch(notice_id) or not re.fullmatch(r"[0-9]{1,12}", stamp):
        return False
    if abs(now - int(stamp)) > TOLERANCE_SECONDS:
        return False
    expected = sign(Notice(notice_id=notice_id, body=body), secret, int(stamp)).encode()
    # several signatures stand side by side while a secret is being replaced
    given = headers.get("webhook-signature", "").split()
    return any(hmac.compare_digest(expected, one.encode()) for one in given)


def deliver(
    notice: Notice,
    url: str,
    secret: str,
    *,
    policy: EgressPolicy,
    transport: Transport,
    timestamp: int,
    n_tried: int = 0,
    schedule: RetrySchedule = RETRIES,
    jitter: float = 0.0,
) -> Delivery:
    """Try once to deliver a notice, and say what is to be done next.

    One attempt a call, so that whoever keeps the notices can write down each and a crash costs none.

    Args:
        notice: what is told.
        url: whom.
        secret: what the receiver knows us by.
        policy: what may be asked; each attempt is judged anew.
        transport: by which way.
        timestamp: now, in seconds since the epoch.
        n_tried: attempts that failed before this one.
        schedule: how often, and how long after each failure.
        jitter: drawn evenly from 0 to 1.

    Raises:
        OptionError: the secret is none.
    """
    headers = signed_headers(notice, secret, timestamp)
    status, error = None, ""
    try:
        status = post(url, notice.body, headers, policy, transport)
    except EgressError as failure:
        error = failure.key
    if status is not None and 200 <= status < 300:
        return Delivery(state="delivered", status=status)
    wait = None if status == GONE else schedule.wait_seconds(n_tried + 1, jitter)
    state: State = "given_up" if wait is None else "waiting"
    return Delivery(state=state, status=status, error=error, wait_seconds=wait)


def _key(secret: str) -> bytes:
    try:
        key = base64.b64decode(secret.removeprefix(SECRET_START), validate=True)
    except (binascii.Error, ValueError) as error:
        raise OptionError("webhook_secret") from error
    if not secret.startswith(SECRET_START) or not LEAST_SECRET_BYTES <= len(key) <= MOST_SECRET_BYTES:
        raise OptionError("webhook_secret")
    return key

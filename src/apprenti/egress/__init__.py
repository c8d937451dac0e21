"""Egress: the only room beside ``hub`` that asks a network: photos taken by address, notices sent, one guard.

Whatever address a person types here is asked by our machine, from inside its network. So nothing is asked unless a
policy names it, the address a name leads to is looked up once and judged, and that very address is connected to.
"""

from __future__ import annotations

from apprenti.egress.policy import EgressPolicy
from apprenti.egress.requests import Transport, check_endpoint, fetch, post
from apprenti.egress.webhooks import (
    RETRIES,
    Delivery,
    Notice,
    RetrySchedule,
    deliver,
    new_secret,
    sign,
    verify,
)

__all__ = [
    "RETRIES",
    "Delivery",
    "EgressPolicy",
    "Notice",
    "RetrySchedule",
    "Transport",
    "check_endpoint",
    "deliver",
    "fetch",
    "new_secret",
    "post",
    "sign",
    "verify",
]

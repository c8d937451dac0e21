"""Requests that were answered once and are answered the same when they come again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledged:
    """An answer that was given to a request with an idempotency key.

    Args:
        workspace_id: where it belongs.
        key: the sender's word for the request.
        request_sha256: of what was asked, so that another request under the same key is noticed.
        status: HTTP status of the answer.
        body: JSON of the answer; never a secret.
        created_us: when.
    """

    workspace_id: str
    key: str
    request_sha256: str
    status: int
    body: Mapping[str, Any]
    created_us: int

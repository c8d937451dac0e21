"""Requests whose answers are fetched later."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredRequest:
    """A request and its answer, kept until they are asked for.

    Args:
        id: lower-case UUID.
        workspace_id: where it belongs.
        body: what was asked, as JSON, without the bytes of images.
        status: HTTP status of the answer.
        answer: as JSON.
        created_us: when.
    """

    id: str
    workspace_id: str
    body: Mapping[str, Any] = field(default_factory=dict)
    status: int
    answer: Mapping[str, Any] = field(default_factory=dict)
    created_us: int

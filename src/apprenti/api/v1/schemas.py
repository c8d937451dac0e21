"""The shapes that every noun's share: pages, times, texts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated, Generic, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from apprenti.flow.service.service import MAX_NAME_LETTERS, MAX_TEXT_LETTERS

View = TypeVar("View")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

Name = Annotated[str, Field(min_length=1, max_length=MAX_NAME_LETTERS)]
Text = Annotated[str, Field(max_length=MAX_TEXT_LETTERS)]


def _lower(text: str) -> str:
    return text.lower()


IdText = Annotated[
    str,
    Field(
        pattern=r"^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$",
        examples=["9a3c8f1e-5b2d-4e7f-8a6b-0c1d2e3f4a5b"],
    ),
    AfterValidator(_lower),
]


class Shape(BaseModel):
    """A body somebody sends: what it knows, and nothing else."""

    model_config = ConfigDict(extra="forbid")


class Listed(BaseModel, Generic[View]):
    """Some of many, in order."""

    items: list[View]
    next_cursor: str | None = Field(
        default=None, description="ask with ?cursor= for those after; null at the end"
    )


def time_of(us: int) -> datetime:
    """Return the moment so many microseconds after the epoch.

    Example:
        >>> time_of(1_760_000_000_000_000).isoformat()
        '2025-10-09T08:53:20+00:00'
    """
    return _EPOCH + timedelta(microseconds=us)


def us_of(moment: datetime | None) -> int | None:
    """Return how many microseconds after the epoch a moment is, where there is one.

    Example:
        >>> us_of(time_of(1_760_000_000_000_001))
        1760000000000001
    """
    return None if moment is None else (moment - _EPOCH) // timedelta(microseconds=1)


def time_or_none(us: int | None) -> datetime | None:
    """Return the moment, where there is one."""
    return None if us is None else time_of(us)

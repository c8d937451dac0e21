"""What is watched: the photos of a task, and the workers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """What the last window of a task's photos said, held against the photos its model learnt from.

    Args:
        task_id: whose photos.
        version_number: who answered them.
        checked_seq: place of the last prediction that was looked at; the next window begins behind it.
        checked_us: when.
        n: photos in that window.
        is_on: whether they differ from the training photos; told once, when it begins.
        since_day: the first day of the change, in days since the epoch, UTC; ``None`` where none stands out.
        begun_us: when the alarm began; ``None`` while there is none.
        drift: JSON form of what the tests said.
        notices: for people: ``{"since": {"key", "values"}, "what": {"key", "values"}}`` each.
        moved: ids of the predictions that differ most, the clearest first.
    """

    task_id: str
    version_number: int
    checked_seq: int = 0
    checked_us: int = 0
    n: int = 0
    is_on: bool = False
    since_day: int | None = None
    begun_us: int | None = None
    drift: Mapping[str, Any] = field(default_factory=dict)
    notices: tuple[Mapping[str, Any], ...] = ()
    moved: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Worker:
    """A worker that was seen; its lock tells whether it is alive.

    Args:
        id: no other worker has ever had.
        begun_us: when it began.
        seen_us: when it last looked around.
    """

    id: str
    begun_us: int
    seen_us: int

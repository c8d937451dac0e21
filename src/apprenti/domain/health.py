"""What was found by looking after the machine and the service on it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum

from apprenti.domain.sentence import Sentence


class Level(IntEnum):
    """How bad it is."""

    OK = 0
    WARNING = 1
    PROBLEM = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was looked at.

    Args:
        topic: what, for programs: ``disk``.
        level: how bad it is.
        found: what is so.
        advice: what to do about it; ``None`` where nothing needs doing.
    """

    topic: str
    level: Level
    found: Sentence
    advice: Sentence | None = None


def worst(findings: Iterable[Finding]) -> Level:
    """Return the level of the worst finding.

    Example:
        >>> worst([]).name
        'OK'
    """
    return max((finding.level for finding in findings), default=Level.OK)


def finding(topic: str, level: Level, key: str, *, advice: str = "", **values: str | int | float) -> Finding:
    """Return a finding told in sentences of ``texts/*/doctor.toml``; ``values`` are put into both."""
    return Finding(
        topic=topic,
        level=level,
        found=Sentence(key=f"doctor.{key}", values=values),
        advice=Sentence(key=f"doctor.{advice}", values=values) if advice else None,
    )

"""The recipes tried, as rows of a dot-and-interval chart."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from apprenti.domain.recipe import TrialStatus
from apprenti.domain.report import Attempt, Report, Timing
from apprenti.stages.report.words import Words

STEP = 0.05
"""The scale of the chart begins and ends on a multiple of this share."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """The part of 0..1 that a chart shows."""

    low: float
    high: float

    def place(self, share: float) -> float:
        """Return where a share stands between the ends, 0..1; what lies beyond them stands at an end."""
        return min(max((share - self.low) / (self.high - self.low), 0.0), 1.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptRow:
    """One recipe tried.

    Args:
        attempt: what it was and what came of it.
        name: in words.
        transform: what is done to the features first, in words; may be empty.
        is_kept: whether it is the recipe in the model.
        problem: why there is no score, in words; empty when there is one.
        took: how long it took and was expected to take, in words; empty when not known.
    """

    attempt: Attempt
    name: str
    transform: str
    is_kept: bool
    problem: str
    took: str


def attempt_rows(report: Report, timing: Timing | None, words: Words) -> tuple[AttemptRow, ...]:
    """Return the recipes in the order they were picked."""
    return tuple(
        AttemptRow(
            attempt=attempt,
            name=words.recipe(attempt.recipe),
            transform=words.transform(attempt.recipe),
            is_kept=attempt.recipe.name == report.kept.name,
            problem=_problem(attempt, words),
            took=_took(attempt, timing, words),
        )
        for attempt in report.attempts
    )


def shared_scale(report: Report) -> Scale | None:
    """Return a scale just wide enough for every interval, to tell close recipes apart; ``None`` without."""
    intervals = [attempt.interval for attempt in report.attempts if attempt.interval is not None]
    return scale_around([share for one in intervals for share in (one.low, one.high)])


def scale_around(shares: Sequence[float]) -> Scale | None:
    """Return a scale just wide enough for all ``shares``; ``None`` without any."""
    if not shares:
        return None
    low = STEP * math.floor(min(shares) / STEP)
    high = STEP * math.ceil(max(shares) / STEP)
    return Scale(low=max(0.0, low), high=min(1.0, max(high, low + STEP)))


def _problem(attempt: Attempt, words: Words) -> str:
    if attempt.status is None:
        return words("status_not_begun")
    if attempt.status is TrialStatus.FINISHED:
        return ""
    problem = words(f"status_{attempt.status.value}")
    return problem if attempt.detail is None else problem + words("colon") + words.said(attempt.detail)


def _took(attempt: Attempt, timing: Timing | None, words: Words) -> str:
    name = attempt.recipe.name
    if timing is None or name not in timing.seconds or name not in timing.predicted_seconds:
        return ""
    return words(
        "recipe_took",
        seconds=words.duration(timing.seconds[name]),
        predicted=words.duration(timing.predicted_seconds[name]),
    )

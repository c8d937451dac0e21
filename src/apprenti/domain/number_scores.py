"""What is measured where a number is told: every score with its interval, in the number's own unit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from apprenti.domain.metric import Metric
from apprenti.domain.recipe import Interval


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberMiss:
    """A photo and how far its answer is off.

    Args:
        name: the photo.
        expected: the number it stands under.
        answered: the number it was given.
        thumbnail: a small JPEG, or nothing.
    """

    name: str
    expected: float
    answered: float
    thumbnail: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberScores:
    """Everything measured on photos with a number each that the model never saw.

    Args:
        n: how many photos.
        mean_absolute_error: how far answers are off, on average.
        mean_absolute_error_interval: 95 % bootstrap interval.
        root_mean_squared_error: the same with large errors counting for more.
        root_mean_squared_error_interval: 95 % bootstrap interval.
        r2: share of the variance explained; ``None`` where all test photos have the same number.
        r2_interval: 95 % bootstrap interval; ``None`` where it cannot be told.
        baseline: the median of the training numbers, which costs nothing to answer.
        baseline_absolute_error: how far it is off, on average.
        margin: half the width of the interval around each answer.
        margin_level: share of photos whose number it was made to hold, 0..1.
        n_held: test photos whose number lies inside it.
        held_interval: 95 % Wilson interval of ``held``.
        points: (expected, answered) of the test photos, at most ``MAX_POINTS``.
        misses: the answers that are furthest off, furthest first.
    """

    n: int
    mean_absolute_error: float
    mean_absolute_error_interval: Interval
    root_mean_squared_error: float
    root_mean_squared_error_interval: Interval
    r2: float | None
    r2_interval: Interval | None
    baseline: float
    baseline_absolute_error: float
    margin: float
    margin_level: float
    n_held: int
    held_interval: Interval
    points: tuple[tuple[float, float], ...]
    misses: tuple[NumberMiss, ...] = ()

    @property
    def metric(self) -> Metric:
        """What ``score`` is."""
        return Metric.R2

    @property
    def score(self) -> float | None:
        """The one number that counts."""
        return self.r2

    @property
    def held(self) -> float:
        """Share of the test photos whose number lies within the margin around the answer, 0..1."""
        return self.n_held / self.n

    def flat(self) -> dict[str, Any]:
        """Return the scores as JSON data under the names ``evaluate --json`` promises."""
        return {
            "n": self.n,
            "mean_absolute_error": self.mean_absolute_error,
            "mean_absolute_error_interval": _ends(self.mean_absolute_error_interval),
            "root_mean_squared_error": self.root_mean_squared_error,
            "root_mean_squared_error_interval": _ends(self.root_mean_squared_error_interval),
            "r2": self.r2,
            "r2_interval": _ends(self.r2_interval),
            "baseline": self.baseline,
            "baseline_absolute_error": self.baseline_absolute_error,
            "margin": self.margin,
            "margin_level": self.margin_level,
            "held": self.held,
            "held_interval": _ends(self.held_interval),
        }


def _ends(interval: Interval | None) -> list[float] | None:
    return None if interval is None else [interval.low, interval.high]

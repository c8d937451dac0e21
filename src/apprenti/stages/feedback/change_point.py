"""Since when? The day on which photos began to differ, once it is known that they do."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from apprenti.stages.feedback.two_sample import mid_ranks

LEVEL = 0.01


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangePoint:
    """When a quantity changed.

    Args:
        day: number of the first day of the change, 0..n-1.
        p_value: how likely so clear a step is where nothing changed (Pettitt's bound).
        before: median until then.
        after: median since.
    """

    day: int
    p_value: float
    before: float
    after: float


def change_point(days: Sequence[ArrayLike], *, usual: ArrayLike = ()) -> ChangePoint | None:
    """Return the day since which a quantity is different, or ``None`` where no day stands out.

    The day is the one at which the mean ranks before and after lie farthest apart, measured against chance.
    Ranks, since a few odd photos must not decide it.

    Source: A. N. Pettitt, "A non-parametric approach to the change-point problem", 1979.

    Args:
        days: for each day in order, the quantity of its photos (brightness, say, or distance); a day may have none.
        usual: of held-out training photos: with them, the change may lie before the first day.

    Example:
        >>> dark, light = np.linspace(0.2, 0.4, 20), np.linspace(0.5, 0.7, 20)
        >>> change_point([light, light, dark, dark, dark]).day
        2
    """
    parts = [np.asarray(usual, np.float64), *(np.asarray(day, np.float64) for day in days)]
    values = np.concatenate(parts)
    n = len(values)
    ends = np.cumsum([len(part) for part in parts])[:-1]
    starts = [day for day, end in enumerate(ends) if 0 < end < n and len(parts[day + 1])]
    if not starts:
        return None
    ranks = mid_ranks(values) - (n + 1) / 2
    sums = np.cumsum(ranks)
    clearness = {day: _against_chance(float(sums[ends[day] - 1]), int(ends[day]), n) for day in starts}
    day = max(starts, key=lambda one: clearness[one])
    largest = 2 * max(abs(float(sums[ends[one] - 1])) for one in starts)
    p_value = min(1.0, 2 * math.exp(-6 * largest**2 / (n**3 + n**2)))
    if p_value > LEVEL:
        return None
    before, after = values[: ends[day]], values[ends[day] :]
    return ChangePoint(
        day=day, p_value=p_value, before=float(np.median(before)), after=float(np.median(after))
    )


def _against_chance(sum_of_ranks: float, n_before: int, n: int) -> float:
    """Return how many standard deviations the centred ranks before the day sum away from 0."""
    return abs(sum_of_ranks) / math.sqrt(n_before * (n - n_before) * (n + 1) / 12)

"""How strict a test must be when the same test photos are looked at again and again, and what it can see.

Every challenge looks at the same fixed test photos. At 5 % each, ten challengers no better than the champion would
bring a false promotion in up to 40 % of the cases. So a champion has one allowance for all the challengers it ever
meets: the k-th is tested at ``ALLOWANCE / (k (k + 1))``, and these sum to the allowance however many there are. A
champion loses its place to one that is no better with a probability of at most ``ALLOWANCE``; one who is promoted
starts with an allowance of its own. It is why challengers should come with enough new photos, not every day.
"""

from __future__ import annotations

import math
from functools import cache

import numpy as np

from apprenti.blocks.binomial import binomial_probabilities, binomial_tails

ALLOWANCE = 0.05
"""Probability that a champion is ever replaced by one that is no better."""

POWER = 0.8
"""Probability with which a difference that is called visible is seen."""

USUAL_SHARE_CHANGED = 0.1
"""Share of test photos on which one of two models is right and the other wrong, where nothing is known of it."""

SMALLEST_STEP = 1e-3
LEAST_PROBABILITY = 1e-9


def level_of(n_earlier: int) -> float:
    """Return the level of the next challenge, for a champion that met so many challengers on these test photos.

    Example:
        >>> [round(level_of(n), 4) for n in (0, 1, 2, 9)]
        [0.025, 0.0083, 0.0042, 0.0005]
    """
    if n_earlier < 0:
        raise ValueError(f"n_earlier is {n_earlier}, expected 0 or more")
    return ALLOWANCE / ((n_earlier + 1) * (n_earlier + 2))


def smallest_visible_difference(
    n: int, *, n_earlier: int = 0, share_changed: float = USUAL_SHARE_CHANGED
) -> float | None:
    """Return the difference in accuracy that a challenge on ``n`` photos sees in ``POWER`` of the cases, 0..1.

    It is worked out exactly, over every number of photos on which the two models may differ.

    Args:
        n: test photos.
        n_earlier: challengers the champion met before.
        share_changed: share of photos on which only one of the two models is right; the more they differ by chance,
            the harder a difference is to see.

    Returns:
        To a tenth of a point; ``None`` where not even the largest difference would be seen.

    Example:
        >>> smallest_visible_difference(5), smallest_visible_difference(500)
        (None, 0.041)
    """
    level = level_of(n_earlier)
    low, high = 0, round(1 / SMALLEST_STEP)
    if n < 1 or _power(n, 1.0, share_changed, level) < POWER:
        return None
    while high - low > 1:
        middle = (low + high) // 2
        seen = _power(n, middle * SMALLEST_STEP, share_changed, level) >= POWER
        low, high = (low, middle) if seen else (middle, high)
    return round(high * SMALLEST_STEP, 3)


def n_photos_for(difference: float, *, n_earlier: int = 0, share_changed: float = USUAL_SHARE_CHANGED) -> int:
    """Return how many test photos see a difference in accuracy in about ``POWER`` of the cases, to two digits.

    Example:
        >>> n_photos_for(0.05)
        340
    """
    if not 0 < difference <= 1:
        raise ValueError(f"difference is {difference}, expected above 0 and at most 1")
    level, n = level_of(n_earlier), 10
    while _power(n, difference, share_changed, level) < POWER:
        n += 10 ** max(len(str(n)) - 2, 0)
    return n


def _power(n: int, difference: float, share_changed: float, level: float) -> float:
    """Return the probability that the sign test of n photos calls ``difference`` real."""
    changed = min(max(share_changed, difference), 1.0)
    p_gained = (1 + difference / changed) / 2
    p_of_changed = binomial_probabilities(n, changed)
    likely = np.flatnonzero(p_of_changed > LEAST_PROBABILITY)
    return math.fsum(
        float(p_of_changed[m] * binomial_tails(int(m), p_gained)[needed])
        for m in likely
        if (needed := _needed(int(m), level)) <= m
    )


@cache
def _needed(n_changed: int, level: float) -> int:
    """Return how many of the photos that changed must be gained; one more than there are where none would do."""
    return int(np.searchsorted(-binomial_tails(n_changed, 0.5), -level))

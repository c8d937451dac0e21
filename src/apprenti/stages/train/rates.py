"""Learning rates over a training: how high they are at each step, and how high they may be at most."""

from __future__ import annotations

import math
from collections.abc import Callable

from apprenti.domain.network_training import Schedule

CLIMBING: dict[Schedule, float] = {"one_cycle": 0.3, "cosine": 0.05}
FIRST_SHARE = 0.04
"""Of the highest rate: what a training begins with."""

LOWEST_TRIED, HIGHEST_TRIED = 1e-5, 1.0
STEEP_SHARE = 0.3
"""Of the rate at which the loss was lowest: what the finder proposes."""
TURNED = 1.5
"""A loss of so many times the lowest ends the search: from here on the training falls apart."""
SMOOTHING = 0.7


def rate_share(progress: float, schedule: Schedule) -> float:
    """Return the rate after a share of the training, as a share of the highest.

    It climbs along half a cosine, then falls to nothing along another.

    Args:
        progress: 0..1.
        schedule: how long it climbs.

    Source: L. Smith, N. Topin, "Super-convergence", 2018 (arXiv:1708.07120).
    """
    climbing = CLIMBING[schedule]
    if progress < climbing:
        return FIRST_SHARE + (1 - FIRST_SHARE) * (1 - math.cos(math.pi * progress / climbing)) / 2
    return (1 + math.cos(math.pi * min(1.0, (progress - climbing) / (1 - climbing)))) / 2


def find_rate(step_at: Callable[[float], float], *, n_steps: int) -> float:
    """Return a good highest rate: somewhat below the one at which the loss stops falling.

    Args:
        step_at: takes one step at a rate on a network of its own, and returns the loss before it.
        n_steps: how many are taken at most, at rates from ``LOWEST_TRIED`` to ``HIGHEST_TRIED``.

    Source: L. Smith, "Cyclical learning rates for training neural networks", 2017 (arXiv:1506.01186).
    """
    rates: list[float] = [
        LOWEST_TRIED * (HIGHEST_TRIED / LOWEST_TRIED) ** (step / (n_steps - 1)) for step in range(n_steps)
    ]
    losses: list[float] = []
    for rate in rates:
        loss = step_at(rate)
        if not math.isfinite(loss):
            break
        losses.append(SMOOTHING * losses[-1] + (1 - SMOOTHING) * loss if losses else loss)
        if losses[-1] > TURNED * min(losses):
            break
    if not losses:
        return LOWEST_TRIED
    return STEEP_SHARE * rates[losses.index(min(losses))]

"""What regrets of several ways of choosing amount to, and what each gains over others."""

from __future__ import annotations

from collections.abc import Mapping

import results
from apprenti.stages.select import standing
from left_out import Floats, OwnKnowledge

COMPARED_WITH = ("random", "prior", "portfolio")


def figures(own: OwnKnowledge, method: str, lost: Mapping[str, Floats]) -> results.Row:
    """Return mean, median and hit rate of a way of choosing, and its gains with 95 % intervals over families.

    Args:
        own: says which data sets are one family.
        method: an entry of ``lost``.
        lost: points lost by each way of choosing, [n, draws].
    """
    alone = standing(lost[method], lost[method], own.family_numbers, seed=0)
    found: results.Row = {
        "mean_regret_points": alone.mean_regret_points,
        "median_regret_points": alone.median_regret_points,
        "hit_rate": alone.hit_rate,
    }
    for other in COMPARED_WITH:
        if other != method:
            gained = standing(lost[method], lost[other], own.family_numbers, seed=0)
            interval = gained.gain_interval
            found[f"gain_over_{other}"] = gained.gain_points
            found[f"gain_over_{other}_interval"] = [round(interval.low, 4), round(interval.high, 4)]
    return found

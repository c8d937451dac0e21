"""How often what is foretold of a recipe holds on a data set left out: its score and its seconds."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

import results
from apprenti.domain.recipe import Pick
from apprenti.recipes.times import PROCESS_SECONDS
from apprenti.stages.select.comparison import bootstrap_interval
from apprenti.stages.select.selector import N_PICKS
from apprenti.stages.train.folds import N_FOLDS
from left_out import OwnKnowledge, Rows, opened, raced

FACTOR = 2.0
LEAST_SECONDS = 1e-3
"""Shorter times are not measured to a factor of two."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Foretold:
    """What was said of a recipe on a data set left out, and what came of it.

    Args:
        row: the data set.
        is_picked: whether it was one of the five.
        is_inside: whether the score was inside its interval.
        width_points: of that interval.
        level: share of scores it is said to hold, 0..1.
        factor: foretold by measured seconds of one fit, or the reverse, whichever is larger.
    """

    row: int
    is_picked: bool
    is_inside: bool
    width_points: float
    level: float
    factor: float


def foresight(own: OwnKnowledge) -> Iterator[results.Row]:
    """Yield how often scores lie in their interval and seconds within a factor of two, of picks and of all recipes."""
    found = list(foretold(own))
    for method, chosen in (("picks", [one for one in found if one.is_picked]), ("all recipes", found)):
        rows = np.array([one.row for one in chosen])
        widths = [one.width_points for one in chosen]
        factors = np.array([one.factor for one in chosen])
        yield {
            "setting": "scores within their interval",
            "method": method,
            **_share(own, rows, [one.is_inside for one in chosen]),
            "median_width_points": float(np.median(widths)),
            "level": chosen[0].level,
        }
        yield {
            "setting": "seconds of one fit within a factor of 2",
            "method": method,
            **_share(own, rows, (factors <= FACTOR).tolist()),
            "median_factor": float(np.median(factors)),
            "p90_factor": float(np.percentile(factors, 90)),
        }


def foretold(own: OwnKnowledge) -> Iterator[Foretold]:
    """Yield every recipe measured on every data set: those a training picks, and all the others after them."""
    for rows, known in own.without_families():
        for row in map(int, rows):
            n_measured = int(np.isfinite(own.points[row]).sum())
            selector = opened(own, row, known, n_picks=n_measured - 1)
            picked = raced(own, row, selector, n_picks=N_PICKS)
            for pick in selector.plan():
                score, interval = own.score(row, pick.recipe), pick.predicted_score
                if interval is None:
                    raise SystemExit("too few families to choose by: nothing is foretold")
                ratio = fit_seconds(pick) / max(own.seconds(row, pick.recipe), LEAST_SECONDS)
                yield Foretold(
                    row=row,
                    is_picked=pick.recipe in picked,
                    is_inside=interval.low <= score <= interval.high,
                    width_points=100 * (interval.high - interval.low),
                    level=interval.level,
                    factor=math.exp(abs(math.log(ratio))),
                )


def fit_seconds(pick: Pick) -> float:
    """Return what is foretold for one fit of a cross-validated pick: what a cell measures.

    A pick's seconds are those of its features, of starting its process and of fitting it once for each fold.
    """
    return (pick.predicted_seconds - pick.embedding_seconds - PROCESS_SECONDS) / N_FOLDS


def _share(own: OwnKnowledge, rows: Rows, held: Sequence[bool]) -> results.Row:
    values = np.asarray(held, np.float64)
    interval = bootstrap_interval(values, own.family_numbers[rows], seed=0)
    return {"share": float(values.mean()), "share_low": interval.low, "share_high": interval.high}

"""Why a recipe was picked, in numbers and then as a sentence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from apprenti.domain.sentence import Sentence
from apprenti.stages.select.choice import Past
from apprenti.stages.select.losses import regret_points

Floats = NDArray[np.float64]

N_NEIGHBOURS = 9
N_NAMED = 3
NEAR_POINTS = 1.0
LEAST_SHOWN_POINTS = 0.05
"""A smaller gain is not worth a number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """What speaks for a recipe.

    Args:
        n_near: of the most alike data sets, on how many it comes within a point of the best.
        n_alike: how many of them there are.
        alike: rows of those on which it does, the most alike first.
        gain_points: points it is expected to add to the best of the picks before it; the lead over the
            average recipe for the first pick.
        is_first: whether no pick came before it.
    """

    n_near: int
    n_alike: int
    alike: tuple[int, ...]
    gain_points: float
    is_first: bool


def reason_for(
    recipe: int, before: Sequence[int], past: Past, weights: Floats, nearest: Sequence[int]
) -> Reason:
    """Return what speaks for a recipe on the data sets that are most alike.

    Args:
        recipe: its column.
        before: columns of the picks before it.
        past: what is known of past data sets.
        weights: how much each of them counts, [n].
        nearest: their rows, the most alike first.
    """
    alike = [int(row) for row in nearest[:N_NEIGHBOURS]]
    regret = regret_points(past.points)[:, recipe]
    near = [row for row in alike if regret[row] <= NEAR_POINTS]
    points = past.points[:, recipe]
    if before:
        gained = np.maximum(points - past.points[:, list(before)].max(axis=1), 0.0)
    else:
        gained = points - past.points.mean(axis=1)
    return Reason(
        n_near=len(near),
        n_alike=len(alike),
        alike=tuple(near),
        gain_points=float(weights @ gained),
        is_first=not before,
    )


def sentence_of(reason: Reason, datasets: Sequence[str]) -> Sentence:
    """Return a reason as one sentence.

    Args:
        reason: the numbers.
        datasets: what the past data sets are called.
    """
    names = [datasets[row] for row in reason.alike[:N_NAMED]]
    values: dict[str, str | int | float] = {
        "n": round(reason.gain_points, 1),  # the number that decides between point and points
        "n_near": reason.n_near,
        "n_alike": reason.n_alike,
        "names": " · ".join(names) + (" …" if reason.n_near > N_NAMED else ""),
    }
    key = "learned_first" if reason.is_first else "learned_next"
    if not names:
        key += "_unlike"
    elif not reason.is_first and reason.gain_points < LEAST_SHOWN_POINTS:
        key = "learned_same"
    return Sentence(key=f"select.{key}", values=values)

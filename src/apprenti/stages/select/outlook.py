"""What a choice rests on: the past data most like these, and what would have been chosen without them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from apprenti.domain.outlook import Neighbour
from apprenti.domain.recipe import Recipe

Floats = NDArray[np.float64]

N_FAMILIES = 5
"""How many neighbours are told of; more are not read."""


def neighbours(
    scores: Floats,
    weights: Floats,
    *,
    nearest: Sequence[int],
    families: Sequence[str],
    names: Sequence[str],
    recipes: Sequence[Recipe],
    plan_without: Callable[[NDArray[np.bool_]], list[int]],
) -> Iterator[Neighbour]:
    """Yield the families of the most alike data sets, the most alike first.

    What would have been chosen without one is found by leaving it no weight. What is alike is not judged anew, so
    that the answer costs next to nothing.

    Args:
        scores: [n, m], 0..1; NaN where missing.
        weights: how much each data set counts, [n], in all 1.
        nearest: rows, the most alike first.
        families: of the data sets, n of them.
        names: of the data sets, n of them.
        recipes: m of them.
        plan_without: gives the columns that would be picked if some data sets, [n] bool, counted for nothing.
    """
    family_of = np.asarray(families)
    picked = plan_without(np.zeros(len(families), dtype=bool))
    first_row: dict[str, int] = {}
    for row in nearest:
        first_row.setdefault(families[row], int(row))
    for family, row in list(first_row.items())[:N_FAMILIES]:
        members = family_of == family
        without = plan_without(members)
        best, best_score, behind_points = _best(scores[row], picked)
        yield Neighbour(
            name=names[row],
            weight=float(weights[members].sum()),
            n_related=int(members.sum()) - 1,
            best=None if best is None else recipes[best],
            best_score=best_score,
            behind_points=behind_points,
            gone=tuple(recipes[at] for at in picked if at not in without),
            instead=tuple(recipes[at] for at in without if at not in picked),
        )


def _best(scores: Floats, picked: Sequence[int]) -> tuple[int | None, float | None, float | None]:
    """Return the best recipe of one data set, its score, and how many points the best of the picks is behind it."""
    known = ~np.isnan(scores)
    if not known.any():
        return None, None, None
    best = int(np.argmax(np.where(known, scores, -np.inf)))
    reached = [float(scores[at]) for at in picked if known[at]]
    behind = 100 * (float(scores[best]) - max(reached)) if reached else None
    return best, float(scores[best]), behind

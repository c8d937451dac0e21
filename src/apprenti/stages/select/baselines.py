"""Simpler ways of choosing, to compare with: each returns recipes in the order they would be tried."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Order = list[int]


def average_order(points: Floats) -> Order:
    """Return recipes from the best to the worst on average.

    Args:
        points: [n, m] without gaps.
    """
    return [int(recipe) for recipe in np.argsort(-points.mean(axis=0), kind="stable")]


def portfolio_order(points: Floats, k: int) -> Order:
    """Return the greedy complementary portfolio: each recipe adds most to the best of those before it.

    Source: Feurer et al., Auto-sklearn 2.0 (2022), without its normalisation.

    Args:
        points: [n, m] without gaps.
        k: recipes that are chosen so; the others follow from the best to the worst on average.
    """
    order: Order = []
    best = np.full(len(points), -np.inf)
    for _ in range(min(k, points.shape[1])):
        reached = np.maximum(best[:, None], points).mean(axis=0)
        reached[order] = -np.inf
        order.append(int(np.argmax(reached)))
        best = np.maximum(best, points[:, order[-1]])
    return _followed(order, average_order(points))


def nearest_order(points: Floats, profiles: Floats, profile: Floats, k: int) -> Order:
    """Return the best recipe of each of the most alike data sets, the most alike first.

    Source: Feurer et al., Efficient and robust automated machine learning (2015): L1 distance between profiles,
    each column scaled to 0..1; columns not known for the new data set are left out.

    Args:
        points: [n, m] without gaps.
        profiles: [n, p]; NaN where not known.
        profile: [p], of the new data set.
        k: recipes that are chosen so.
    """
    known = np.isfinite(profile) & np.isfinite(profiles).all(axis=0)
    seen = profiles[:, known]
    low, high = seen.min(axis=0, initial=np.inf), seen.max(axis=0, initial=-np.inf)
    distances = (np.abs(seen - profile[known]) / np.where(high > low, high - low, 1.0)).sum(axis=1)
    order: Order = []
    for row in np.argsort(distances, kind="stable"):
        best = int(np.argmax(points[row]))
        if best not in order:
            order.append(best)
        if len(order) >= k:
            break
    return _followed(order, average_order(points))


def chance_order(n_recipes: int, generator: np.random.Generator) -> Order:
    """Return all recipes in an order of chance."""
    return [int(recipe) for recipe in np.argsort(generator.random(size=n_recipes))]


def _followed(order: Order, others: Order) -> Order:
    first = set(order)
    return order + [recipe for recipe in others if recipe not in first]

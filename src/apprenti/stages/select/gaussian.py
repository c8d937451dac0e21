"""A Gaussian over the scores of all recipes on one data set: what a few results say about all the others.

Its covariance is a few common factors and what each recipe does on its own (factor analysis), so that a hundred
data sets are enough for hundreds of recipes, and taking in a result costs next to nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

N_FACTORS = 8
LEAST_VARIANCE = 0.25
"""In points²: no recipe is foretold to better than half a point, since scores themselves are not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gaussian:
    """What the scores of m recipes are on a data set not seen yet, in points.

    Args:
        mean: [m].
        factors: loadings of the q common factors, [q, m].
        own: variance of each recipe apart from the factors, [m].
    """

    mean: Floats
    factors: Floats
    own: Floats

    def given(self, seen: Sequence[int], points: Floats) -> tuple[Floats, Floats]:
        """Return mean and standard deviation of every recipe, [m] each, once some results are known.

        Args:
            seen: columns of the recipes that were tried.
            points: what they scored, [len(seen)].
        """
        at = list(seen)
        seen_factors = self.factors[:, at]
        covariance = seen_factors.T @ seen_factors + np.diag(self.own[at])
        cross = self.factors.T @ seen_factors
        gain = np.linalg.solve(covariance, cross.T) if at else np.zeros((0, len(self.mean)))
        mean = self.mean + (points - self.mean[at]) @ gain
        variance = (self.factors**2).sum(axis=0) + self.own - (cross.T * gain).sum(axis=0)
        return mean, np.sqrt(np.maximum(variance, 1e-6))


def fit_gaussian(points: Floats, weights: Floats, *, n_factors: int = N_FACTORS) -> Gaussian:
    """Return the Gaussian of weighted rows without gaps.

    Args:
        points: [n, m].
        weights: how much each row counts, [n]; their sum is 1.
        n_factors: how many common factors at most.
    """
    mean = weights @ points
    centred = (points - mean) * np.sqrt(weights)[:, None]
    _, strengths, directions = np.linalg.svd(centred, full_matrices=False)
    factors = strengths[:n_factors, None] * directions[:n_factors]
    own = (centred**2).sum(axis=0) - (factors**2).sum(axis=0)
    return Gaussian(mean=mean, factors=factors, own=np.maximum(own, LEAST_VARIANCE))

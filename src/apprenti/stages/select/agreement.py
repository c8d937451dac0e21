"""Past data sets on which the same recipes came out in the same way count for more."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from apprenti.stages.select.similarity import capped, most_weight

Floats = NDArray[np.float64]

LEAST_RESULTS = 2
DEGREES_OF_FREEDOM = 3.0
SCALE_POINTS = 2.0
PRIOR_SHARE = 0.3
"""How much of the weights stays as it was: a few results may agree by chance."""


def agreeing(weights: Floats, past_points: Floats, points: Floats) -> Floats:
    """Return weights multiplied by how likely the results are, were the data set like the past one; in all 1.

    How hard a data set is does not matter, only how its recipes differ: each row is taken from its own mean. The
    differences follow a Student t, so that one result out of line does not rule a data set out.

    Args:
        weights: [n], in all 1.
        past_points: of the recipes tried, on each past data set, [n, s].
        points: of the recipes tried, on this one, [s].
    """
    if len(points) < LEAST_RESULTS:
        return weights
    differences = (points - points.mean()) - (past_points - past_points.mean(axis=1, keepdims=True))
    share = np.log1p((differences / SCALE_POINTS) ** 2 / DEGREES_OF_FREEDOM).sum(axis=1)
    likelihood = np.exp(-(DEGREES_OF_FREEDOM + 1) / 2 * (share - share.min()))
    agreeing = weights * likelihood / (weights @ likelihood)
    mixed = (1 - PRIOR_SHARE) * agreeing + PRIOR_SHARE * weights
    return capped(mixed, most_weight(len(weights)))

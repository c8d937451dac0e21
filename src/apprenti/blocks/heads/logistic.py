"""Multinomial logistic regression with an L2 penalty."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from apprenti.blocks.heads.linear import Linear, linear, one_column_per_class
from apprenti.blocks.parameters import Parameters, number

TOLERANCE = 3e-4
MAX_ITERATIONS = 150
"""On standardised features both settle accuracy to a tenth of a point; tighter ones only cost time."""


def fit(
    features: NDArray[np.float32],
    labels: NDArray[np.int64],
    *,
    n_labels: int,
    parameters: Parameters,
    seed: int,
) -> Linear:
    """Fit by L-BFGS (scikit-learn), in float32 and without a copy of the features.

    Args:
        features: [n, d] float32, best standardised: the penalty is the same for every feature.
        labels: [n] int64, 0..n_labels-1, each at least once.
        n_labels: K.
        parameters: ``C`` (0.01), inverse of the penalty; larger fits the training rows more closely.
        seed: not used; L-BFGS has no chance in it.

    Example:
        >>> x = np.array([[-1.0], [1.0]], np.float32)
        >>> head = fit(x, np.array([0, 1]), n_labels=2, parameters={"C": 1.0}, seed=0)
        >>> head.logits(x).argmax(axis=1)
        array([0, 1])
    """
    from sklearn.linear_model import LogisticRegression

    estimator = LogisticRegression(
        C=number(parameters, "C", 0.01, above=0), tol=TOLERANCE, max_iter=MAX_ITERATIONS
    )
    estimator.fit(features, labels)
    return linear(*one_column_per_class(estimator.coef_.T, estimator.intercept_))

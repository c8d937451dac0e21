"""Logistic regression with an L2 penalty: multinomial, or one for each of several labels."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from apprenti.blocks.heads.linear import Linear, linear, one_column_per_class
from apprenti.blocks.parameters import Parameters, number

Floats = NDArray[np.float64]

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


def fit_labels(
    features: NDArray[np.float32], targets: NDArray[np.float32], *, parameters: Parameters, seed: int
) -> Linear:
    """Fit one logistic regression for each label, all in one run of L-BFGS: they share the products with the features.

    Args:
        features: [n, d] float32, best standardised.
        targets: [n, K] float32 of 0 and 1. A label that all rows have, or none, gets the same logit everywhere.
        parameters: ``C``, as of ``fit``.
        seed: not used.
    """
    from scipy.optimize import minimize

    penalty = 1 / number(parameters, "C", 0.01, above=0)
    n_true = targets.sum(axis=0, dtype=np.float64)
    varying = np.flatnonzero((n_true > 0) & (n_true < len(targets)))
    biases = np.log((n_true + 0.5) / (len(targets) - n_true + 0.5))
    weights = np.zeros((features.shape[1], targets.shape[1]))
    if len(varying):
        begun = np.concatenate([weights[:, varying], biases[np.newaxis, varying]]).ravel()
        solved = minimize(
            _binary_losses,
            begun,
            args=(features, targets[:, varying], penalty),
            jac=True,
            method="L-BFGS-B",
            options={"maxiter": MAX_ITERATIONS, "gtol": TOLERANCE * len(targets), "maxcor": 20},
        ).x.reshape(-1, len(varying))
        weights[:, varying], biases[varying] = solved[:-1], solved[-1]
    return linear(weights, biases)


def _binary_losses(
    flat: Floats, features: NDArray[np.float32], targets: NDArray[np.float32], penalty: float
) -> tuple[float, Floats]:
    """Return the summed log loss and penalty of weights and biases [(d + 1) · K], and its slope."""
    solved = flat.reshape(-1, targets.shape[1])
    weights, biases = solved[:-1], solved[-1]
    logits = features @ weights.astype(np.float32) + biases
    loss = float(np.sum(np.logaddexp(0, logits) - targets * logits)) + penalty / 2 * float(np.sum(weights**2))
    residuals = 1 / (1 + np.exp(-np.clip(logits, -500, 500))) - targets
    slope = features.T @ residuals.astype(np.float32) + penalty * weights
    return loss, np.concatenate([slope, residuals.sum(axis=0)[np.newaxis]]).ravel()

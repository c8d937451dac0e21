"""Linear support vector machine: one class against the others, squared hinge, L2 penalty."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from apprenti.blocks.gram import column_means
from apprenti.blocks.heads.linear import Linear, linear
from apprenti.blocks.parameters import Parameters, number

LOGIT_SCALE = 3.0
"""Margins are ±1: three times that is about the right confidence before calibration."""

MAX_ITERATIONS = 100
TOLERANCE = 1e-4


def fit(
    features: NDArray[np.float32],
    labels: NDArray[np.int64],
    *,
    n_labels: int,
    parameters: Parameters,
    seed: int,
) -> Linear:
    """Minimise for all classes at once by L-BFGS (SciPy): one matrix product serves every class.

    The objective is that of ``sklearn.svm.LinearSVC``, ½‖w‖² + C Σ max(0, 1 − y f)², but for the intercept,
    which is not penalised here; liblinear needed 2 to 7 CPU seconds where this takes a few tenths.

    Args:
        features: [n, d] float32, best standardised.
        labels: [n] int64, 0..n_labels-1, each at least once.
        n_labels: K.
        parameters: ``C`` (0.0003), inverse of the penalty.
        seed: not used.
    """
    from scipy.optimize import minimize

    c = number(parameters, "C", 0.0003, above=0)
    signs = np.where(labels[:, np.newaxis] == np.arange(n_labels), np.float32(1), np.float32(-1))
    offset = column_means(features).astype(np.float32)
    d = features.shape[1]

    def objective(flat: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        weights, biases = flat[: d * n_labels].reshape(d, n_labels), flat[d * n_labels :]
        w32 = weights.astype(np.float32)
        scores = features @ w32 + (biases - offset @ w32).astype(np.float32)
        slack = np.maximum(0, 1 - signs * scores)
        pull = -2 * c * signs * slack  # d loss / d score, [n, K]
        slope = features.T @ pull - np.outer(offset, pull.sum(axis=0)) + weights
        value = 0.5 * np.sum(np.square(weights)) + c * np.sum(np.square(slack), dtype=np.float64)
        return float(value), np.concatenate([slope.ravel(), pull.sum(axis=0, dtype=np.float64)])

    start = np.zeros((d + 1) * n_labels)
    options = {"maxiter": MAX_ITERATIONS, "gtol": TOLERANCE, "ftol": TOLERANCE**2}
    found = minimize(objective, start, jac=True, method="L-BFGS-B", options=options).x
    weights, biases = found[: d * n_labels].reshape(d, n_labels), found[d * n_labels :]
    return linear(weights * LOGIT_SCALE, (biases - offset @ weights) * LOGIT_SCALE)

"""Least squares towards +1 for the class and −1 for the others, with an L2 penalty: a closed form.

Source: R. Rifkin, R. Lippert, "Notes on regularized least squares", 2007 (the leave-one-out formula).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from apprenti.blocks.gram import (
    blocks,
    column_means,
    gram,
    principal_axes,
    solve_from_gram,
    solve_from_rows,
)
from apprenti.blocks.heads.linear import Linear, linear
from apprenti.blocks.parameters import Parameters, number

LOGIT_SCALE = 5.0
"""Targets are 2 apart, logits of a sure answer about 10: temperature scaling then starts near 1."""

ALPHAS = (0.03, 0.1, 0.3, 1.0, 3.0, 10.0)
"""What ``alpha="auto"`` chooses from."""


def fit(
    features: NDArray[np.float32],
    labels: NDArray[np.int64],
    *,
    n_labels: int,
    parameters: Parameters,
    seed: int,
) -> Linear:
    """Solve the normal equations on centred features and targets.

    Args:
        features: [n, d] float32.
        labels: [n] int64, 0..n_labels-1, each at least once.
        n_labels: K.
        parameters: ``alpha`` (1.0), the penalty in units of the mean eigenvalue of the centred Gram matrix,
            so that one value serves few and many rows, any d and any scale; ``"auto"`` takes the best of
            ``ALPHAS`` by the squared error of leaving each row out, which costs one eigendecomposition.
        seed: not used.
    """
    means = column_means(features)
    shares = np.bincount(labels, minlength=n_labels) / len(labels)
    products = class_sums(features, labels, n_labels, means)  # Aᵀ Y: centred targets change nothing in it

    def centred(rows: slice) -> NDArray[np.float64]:
        return np.asarray(2 * (np.eye(n_labels)[labels[rows]] - shares))

    weights = _weights(features, means, 2 * products, centred, parameters)
    biases = 2 * shares - 1 - means @ weights
    return linear(weights * LOGIT_SCALE, biases * LOGIT_SCALE)


def fit_targets(
    features: NDArray[np.float32], targets: NDArray[np.float32], *, parameters: Parameters, seed: int
) -> Linear:
    """Solve the same equations towards any targets.

    Args:
        features: [n, d] float32.
        targets: [n, m] float32, one column for each output.
        parameters: ``alpha``, as of ``fit``.
        seed: not used.
    """
    means, centre = column_means(features), targets.mean(axis=0, dtype=np.float64)
    products = np.zeros((features.shape[1], targets.shape[1]))
    for rows in blocks(len(features)):
        products += (features[rows] - means.astype(np.float32)).T @ (targets[rows] - centre)
    weights = _weights(features, means, products, lambda rows: targets[rows] - centre, parameters)
    return linear(weights, centre - means @ weights)


def _weights(
    features: NDArray[np.float32],
    means: NDArray[np.float64],
    right: NDArray[np.float64],
    centred: Callable[[slice], NDArray[np.float64]],
    parameters: Parameters,
) -> NDArray[np.float64]:
    """Return the weights [d, m]; ``centred`` gives the targets of some rows, less their mean."""
    if parameters.get("alpha") == "auto":
        return _best_left_out(features, centred, means, right)
    return _solve(features, means, right, number(parameters, "alpha", 1.0, above=0))


def class_sums(
    features: NDArray[np.float32], labels: NDArray[np.int64], n_labels: int, means: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return for each class the sum of its centred rows, [d, K] float64."""
    sums = np.zeros((features.shape[1], n_labels))
    for rows in blocks(len(features)):
        one_hot = np.eye(n_labels, dtype=np.float32)[labels[rows]]
        sums += (features[rows] - means.astype(np.float32)).T @ one_hot
    return sums


def _solve(
    features: NDArray[np.float32], means: NDArray[np.float64], right: NDArray[np.float64], alpha: float
) -> NDArray[np.float64]:
    """Return the weights [d, K] for one penalty, from the smaller of the two systems."""
    n, d = features.shape
    offset = means.astype(np.float32)
    if n < d:
        rows = features - offset
        return solve_from_rows(
            rows, _absolute(alpha, float(np.sum(np.square(rows, dtype=np.float64))), d), right
        )
    matrix = gram(features, offset)
    return solve_from_gram(matrix, _absolute(alpha, float(np.trace(matrix)), d), right)


def _absolute(alpha: float, trace: float, d: int) -> float:
    """Return the penalty in the units of the Gram matrix; 1 where all rows are alike and any will do."""
    return alpha * trace / d or 1.0


def _best_left_out(
    features: NDArray[np.float32],
    centred: Callable[[slice], NDArray[np.float64]],
    means: NDArray[np.float64],
    right: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Return the weights of the alpha with the least squared error on rows left out one at a time."""
    d = features.shape[1]
    offset = means.astype(np.float32)
    squares, axes = principal_axes(features, offset, n_wanted=min(features.shape))
    penalties = np.array([_absolute(alpha, float(squares.sum()), d) for alpha in ALPHAS])
    inverses = 1 / (squares + penalties[:, np.newaxis])
    errors = _left_out_errors(features, centred, offset, axes, inverses, axes.T @ right)
    return np.asarray((axes * inverses[np.argmin(errors)]) @ (axes.T @ right), np.float64)


def _left_out_errors(
    features: NDArray[np.float32],
    centred: Callable[[slice], NDArray[np.float64]],
    offset: NDArray[np.float32],
    axes: NDArray[np.float64],
    inverses: NDArray[np.float64],
    right: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Return the squared left-out errors for each penalty [m], summed over rows and columns.

    A row's left-out error is its residual / (1 − leverage), so that nothing is fitted twice.
    """
    n = len(features)
    errors = np.zeros(len(inverses))
    for rows in blocks(n):
        turned = (features[rows] - offset) @ axes.astype(np.float32)
        targets = centred(rows)
        kept = np.maximum(1 - 1 / n - np.square(turned) @ inverses.T, 1e-3)
        for i, inverse in enumerate(inverses):
            residuals = (targets - turned @ (inverse[:, np.newaxis] * right)) / kept[:, i, np.newaxis]
            errors[i] += np.sum(np.square(residuals))
    return errors

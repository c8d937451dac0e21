"""Nearest centroid: a class is its mean, and the nearest mean wins."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from apprenti.blocks.gram import blocks
from apprenti.blocks.heads.linear import Linear, linear
from apprenti.blocks.parameters import Parameters


def fit(
    features: NDArray[np.float32],
    labels: NDArray[np.int64],
    *,
    n_labels: int,
    parameters: Parameters,
    seed: int,
) -> Linear:
    """Average the rows of every class.

    The logit of class k is −‖x − mₖ‖² / (2 σ² √d), σ² the mean variance within classes, less what is common
    to all classes: a spherical Gaussian of equal priors, tempered by √d because features are not independent.

    Args:
        features: [n, d] float32.
        labels: [n] int64, 0..n_labels-1, each at least once.
        n_labels: K.
        parameters: none.
        seed: not used.
    """
    means = class_means(features, labels, n_labels)
    centre = means.mean(axis=0)
    sharpness = 1 / (_variance_within(features, labels, means) * np.sqrt(features.shape[1]))
    weights = (means - centre).T * sharpness
    middles = 0.5 * (means + centre)
    return linear(weights, -np.sum(middles.T * weights, axis=0))


def class_means(
    features: NDArray[np.float32], labels: NDArray[np.int64], n_labels: int
) -> NDArray[np.float64]:
    """Return the mean row of every class, [K, d] float64."""
    sums = np.zeros((n_labels, features.shape[1]))
    for rows in blocks(len(features)):
        sums += np.eye(n_labels, dtype=np.float32)[:, labels[rows]] @ features[rows]
    return sums / np.bincount(labels, minlength=n_labels)[:, np.newaxis]


def _variance_within(
    features: NDArray[np.float32], labels: NDArray[np.int64], means: NDArray[np.float64]
) -> float:
    """Return the mean squared distance of an entry from its class mean; between means where that is 0."""
    total = sum(
        float(np.sum(np.square(features[rows] - means[labels[rows]]))) for rows in blocks(len(features))
    )
    return total / features.size or float(np.mean(np.var(means, axis=0))) or 1.0

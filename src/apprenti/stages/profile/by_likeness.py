"""What photos without a label most likely show, and whose label is unlike that of its likes: before any training.

The learner is the one of learning curves, kernel ridge regression: its answers for each photo left out come from one
matrix inverse.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from apprenti.blocks.calibration import fit_temperature, softmax
from apprenti.blocks.gram import solve_from_gram
from apprenti.blocks.heads.kernel_machine import gaussian_kernel
from apprenti.blocks.sampling import sample_by_label
from apprenti.blocks.threads import one_thread
from apprenti.blocks.transforms import power

Features = NDArray[np.float32]
Labels = NDArray[np.int64]
Probabilities = NDArray[np.float32]

PENALTY = 0.03
MOST_LEARNT = 2_000
"""Labelled photos learnt from: a second of them."""


def answer_by_likeness(
    features: Features, labels: Labels, others: Features, *, n_labels: int, seed: int
) -> Probabilities:
    """Return how probable each label is for photos without one, [m, K] float32.

    Args:
        features: [n, d] float32 of labelled photos of two classes or more.
        labels: [n] int64 class indices.
        others: [m, d] float32.
        n_labels: K.
        seed: of which labelled photos are learnt from, where there are very many.
    """
    kept = sample_by_label(labels, MOST_LEARNT, seed=seed)
    with one_thread():
        fitted = power.fit(features[kept], parameters={}, seed=seed)
        references, gamma, kernel = gaussian_kernel(fitted.apply(features[kept]), 1.0)
        targets, shares = _targets(labels[kept], n_labels)
        inverse = solve_from_gram(kernel, PENALTY, np.eye(len(kept)))
        weights = inverse @ targets
        distances = references.squared_distances(fitted.apply(others)).astype(np.float64)
        scores = np.exp(-gamma * distances) @ weights + shares
    held_out = _left_out(inverse, weights, targets) + shares
    return softmax(scores, fit_temperature(held_out, labels[kept]))


def answer_left_out(features: Features, labels: Labels, *, n_labels: int, seed: int) -> Probabilities:
    """Return how probable each label is for every labelled photo, learnt from all others, [n, K] float32.

    Args:
        features: [n, d] float32, at most 5,000.
        labels: [n] int64 class indices.
        n_labels: K.
        seed: not used but by the transform.
    """
    with one_thread():
        rows = power.fit(features, parameters={}, seed=seed).apply(features)
        targets, shares = _targets(labels, n_labels)
        inverse = solve_from_gram(gaussian_kernel(rows, 1.0)[2], PENALTY, np.eye(len(labels)))
        held_out = _left_out(inverse, inverse @ targets, targets) + shares
    return softmax(held_out, fit_temperature(held_out, labels))


def _targets(labels: Labels, n_labels: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return one-hot rows less the shares of the labels, and those shares."""
    shares = np.bincount(labels, minlength=n_labels) / len(labels)
    return np.eye(n_labels)[labels] - shares, shares


def _left_out(
    inverse: NDArray[np.float64], weights: NDArray[np.float64], targets: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return what a learner of all other rows says of each: ``y − (G y) / diag(G)``."""
    return np.asarray(targets - weights / np.diag(inverse)[:, np.newaxis], np.float64)

"""Landmarks: how far three learners that cost almost nothing get on a part of the training data.

They say more about a data set than its sizes do: without them a third of the gain of meta-learning is gone.

Source: Pfahringer, Bensusan, Giraud-Carrier, "Meta-learning by landmarking various learning algorithms", 2000.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from apprenti.blocks.threads import one_thread

Features = NDArray[np.float32]
Labels = NDArray[np.int64]

MAX_ROWS = 1000
RIDGE = 0.1
"""Ridge of the linear landmark, as a share of the mean squared feature."""


def measure_landmarks(features: Features, labels: Labels, *, n_labels: int) -> dict[str, float]:
    """Return the balanced accuracy of three cheap learners, every other row held out.

    Args:
        features: [n, d] float32 training features in a random but fixed order; at most ``MAX_ROWS`` are used.
        labels: [n] int64 class indices.
        n_labels: number of classes.

    Returns:
        ``nearest_neighbour``, ``nearest_centroid`` and ``linear``, each 0..1; empty with fewer than four rows.
    """
    if len(labels) < 4:
        return {}
    rows = features[:MAX_ROWS].astype(np.float64)
    scale = rows.std(axis=0)
    rows = (rows - rows.mean(axis=0)) / np.where(scale > 1e-6, scale, 1.0)
    fit_rows, held_rows = rows[::2], rows[1::2]
    fit_labels, held_labels = labels[:MAX_ROWS:2], labels[1:MAX_ROWS:2]
    with one_thread():
        answers = {
            "nearest_neighbour": _nearest(fit_rows, fit_labels, held_rows),
            "nearest_centroid": _nearest(*_centroids(fit_rows, fit_labels, n_labels), held_rows),
            "linear": _linear(fit_rows, fit_labels, held_rows, n_labels),
        }
    return {name: _mean_recall(answer, held_labels) for name, answer in answers.items()}


def _nearest(references: NDArray[np.float64], labels: Labels, rows: NDArray[np.float64]) -> Labels:
    """Return the label of the nearest reference of each row (Euclidean)."""
    half_distance = 0.5 * (references**2).sum(axis=1) - rows @ references.T
    return np.asarray(labels[half_distance.argmin(axis=1)])


def _centroids(
    rows: NDArray[np.float64], labels: Labels, n_labels: int
) -> tuple[NDArray[np.float64], Labels]:
    """Return the mean row of every class that has one, and which class each is."""
    present = [label for label in range(n_labels) if (labels == label).any()]
    means = np.stack([rows[labels == label].mean(axis=0) for label in present])
    return means, np.asarray(present, dtype=np.int64)


def _linear(
    fit_rows: NDArray[np.float64], fit_labels: Labels, rows: NDArray[np.float64], n_labels: int
) -> Labels:
    """Return the answers of ridge regression on one-hot targets, solved in the n x n form."""
    targets = np.eye(n_labels)[fit_labels] - np.bincount(fit_labels, minlength=n_labels) / len(fit_labels)
    gram = fit_rows @ fit_rows.T
    ridge = RIDGE * max(np.trace(gram) / len(gram), 1e-9)
    weights = fit_rows.T @ np.linalg.solve(gram + ridge * np.eye(len(gram)), targets)
    return np.asarray((rows @ weights).argmax(axis=1), dtype=np.int64)


def _mean_recall(answers: Labels, labels: Labels) -> float:
    """Return the mean over classes of the share of their rows answered right."""
    return float(np.mean([(answers[labels == label] == label).mean() for label in np.unique(labels)]))

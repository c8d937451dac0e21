"""Gaussian naive Bayes: every class has its own mean and variance of every feature."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from apprenti.blocks.gram import blocks, column_moments
from apprenti.blocks.heads.centroid import class_means
from apprenti.blocks.parameters import Parameters, number

if TYPE_CHECKING:
    from apprenti.blocks.graph import GraphBuilder


def fit(
    features: NDArray[np.float32],
    labels: NDArray[np.int64],
    *,
    n_labels: int,
    parameters: Parameters,
    seed: int,
) -> Quadratic:
    """Estimate the Gaussians.

    Args:
        features: [n, d] float32.
        labels: [n] int64, 0..n_labels-1, each at least once.
        n_labels: K.
        parameters: ``smoothing`` (0.1), added to every variance, as a part of the largest variance of any
            feature over all rows (``var_smoothing`` of scikit-learn).
        seed: not used.
    """
    centre, deviations = column_moments(features)
    floor = number(parameters, "smoothing", 0.1, above=0) * (float(np.max(deviations)) ** 2 or 1.0)
    means = class_means(features, labels, n_labels)
    variances = _class_variances(features, labels, means) + floor
    shares = np.bincount(labels, minlength=n_labels) / len(labels)
    # ln p(x | k) written out as a quadratic in x − centre: [d, K] coefficients and [K] constants
    shifted = means - centre
    constants = np.log(shares) - 0.5 * np.sum(np.log(variances) + shifted**2 / variances, axis=1)
    temper = 1 / np.sqrt(features.shape[1])
    return Quadratic(
        centre=centre.astype(np.float32),
        squares=(-0.5 * temper / variances.T).astype(np.float32),
        slopes=(temper * (shifted / variances).T).astype(np.float32),
        constants=(temper * (constants - constants.max())).astype(np.float32),
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Quadratic:
    """``(x − centre)² @ squares + (x − centre) @ slopes + constants``.

    The joint log likelihood divided by √d: features are not independent, and without that every answer
    would claim certainty.

    Args:
        centre: [d] float32.
        squares: [d, K] float32.
        slopes: [d, K] float32.
        constants: [K] float32.
    """

    centre: NDArray[np.float32]
    squares: NDArray[np.float32]
    slopes: NDArray[np.float32]
    constants: NDArray[np.float32]

    def logits(self, features: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the logits of ``features`` [n, d] float32, [n, K] float32."""
        x = features - self.centre
        return np.asarray(np.square(x) @ self.squares + x @ self.slopes + self.constants, np.float32)

    def add_to(self, graph: GraphBuilder, features: str) -> str:
        """Add the nodes and return the tensor with the logits."""
        x = graph.add("Sub", features, graph.constant(self.centre))
        squares = graph.add("MatMul", graph.add("Mul", x, x), graph.constant(self.squares))
        slopes = graph.add("Gemm", x, graph.constant(self.slopes), graph.constant(self.constants))
        return graph.add("Add", squares, slopes)


def _class_variances(
    features: NDArray[np.float32], labels: NDArray[np.int64], means: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the variance (divisor: rows of the class) of every feature in every class, [K, d] float64."""
    sums = np.zeros_like(means)
    for rows in blocks(len(features)):
        squares = np.square(features[rows] - means[labels[rows]])
        sums += np.eye(len(means))[:, labels[rows]] @ squares
    return sums / np.bincount(labels, minlength=len(means))[:, np.newaxis]

"""Linear discriminant analysis: one Gaussian per class with a shared, shrunken covariance."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from apprenti.blocks.gram import blocks, solve_from_gram, solve_from_rows
from apprenti.blocks.heads.centroid import class_means
from apprenti.blocks.heads.linear import Linear, linear, median_gap
from apprenti.blocks.parameters import Parameters, number
from apprenti.blocks.sampling import sample_rows

GAP_ROWS = 1000
SURE_GAP = 8.0
"""With many features, classes seem hundreds of nats apart: the logits are then brought to this median."""

LEAST_SHRINKAGE = 1e-3
"""A covariance of few rows is singular: this much of the mean variance is always added to its diagonal."""


def fit(
    features: NDArray[np.float32],
    labels: NDArray[np.int64],
    *,
    n_labels: int,
    parameters: Parameters,
    seed: int,
) -> Linear:
    """Estimate class means and the pooled covariance, and solve for the discriminants.

    Where no class has two rows there is no covariance, and the head is the nearest mean.

    Args:
        features: [n, d] float32.
        labels: [n] int64, 0..n_labels-1, each at least once.
        n_labels: K.
        parameters: ``shrinkage`` ("auto"), from just above 0 (the covariance as it is) to 1 (a sphere);
            "auto" is the closed form of Ledoit and Wolf, 2004.
        seed: which rows the scale of the logits is read from.
    """
    means = class_means(features, labels, n_labels)
    shares = np.bincount(labels, minlength=n_labels) / len(labels)
    centre = shares @ means
    within = scatter(features, labels, means)
    if parameters.get("shrinkage", "auto") == "auto":
        shrinkage = within.ledoit_wolf()
    else:
        shrinkage = number(parameters, "shrinkage", 0.5, above=0, at_most=1)
    apart = (means - centre).T  # [d, K]
    if within.variance > 0:
        weights = within.solve(apart, max(shrinkage, LEAST_SHRINKAGE))
    else:
        weights = apart / (np.mean(np.square(apart)) or 1.0)
    biases = np.log(shares) - 0.5 * np.sum(apart * weights, axis=0) - centre @ weights
    rows = features[sample_rows(len(features), GAP_ROWS, seed=seed)]
    factor = min(1.0, SURE_GAP / median_gap(linear(weights, biases).logits(rows)))
    return linear(weights * factor, biases * factor)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Scatter:
    """The rows less the means of their classes, A [n, d], summed up by the smaller of its two Gram matrices.

    Args:
        n: rows.
        d: features.
        inner: AᵀA [d, d] where n ≥ d, else AAᵀ [n, n]; float64.
        rows: A itself where n < d, float32; else ``None``, for it may be large.
        fourth: sum over rows of ‖a‖⁴.
    """

    n: int
    d: int
    inner: NDArray[np.float64]
    rows: NDArray[np.float32] | None
    fourth: float

    @property
    def variance(self) -> float:
        """Mean square of an entry of A."""
        return float(np.trace(self.inner)) / (self.n * self.d)

    def ledoit_wolf(self) -> float:
        """Return the shrinkage towards ``variance · I`` with the least expected squared error, 0..1.

        Source: O. Ledoit, M. Wolf, "A well-conditioned estimator for large-dimensional covariance
        matrices", 2004.
        """
        norm = float(np.sum(np.square(self.inner))) / self.n**2  # ‖AᵀA‖ = ‖AAᵀ‖: either will do
        spread = norm / self.d - self.variance**2
        noise = (self.fourth / self.n - norm) / (self.d * self.n)
        return min(max(noise, 0.0) / spread, 1.0) if spread > 0 else 1.0

    def solve(self, right: NDArray[np.float64], shrinkage: float) -> NDArray[np.float64]:
        """Return Σ⁻¹ · ``right`` [d, K] for Σ = (1 − shrinkage) · AᵀA / n + shrinkage · variance · I."""
        share, penalty = (1 - shrinkage) / self.n, shrinkage * self.variance
        if self.rows is not None:
            return solve_from_rows(self.rows * np.float32(np.sqrt(share)), penalty, right)
        return solve_from_gram(share * self.inner, penalty, right)


def scatter(features: NDArray[np.float32], labels: NDArray[np.int64], means: NDArray[np.float64]) -> Scatter:
    """Return the scatter of ``features`` [n, d] around ``means`` [K, d] of their ``labels`` [n]."""
    n, d = features.shape
    small, fourth = means.astype(np.float32), 0.0
    inner = np.zeros((d, d) if n >= d else (0, 0))
    for part in blocks(n):
        block = features[part] - small[labels[part]]
        fourth += float(np.sum(np.square(np.sum(np.square(block), axis=1, dtype=np.float64))))
        if n >= d:
            inner += block.T @ block
    rows = None if n >= d else features - small[labels]
    if rows is not None:
        wide = rows.astype(np.float64)
        inner = wide @ wide.T
    return Scatter(n=n, d=d, inner=inner, rows=rows, fourth=fourth)

"""Support vector machine with a Gaussian (RBF) kernel, each class against the rest.

One against one, as libsvm does it, ends in votes, which cannot be calibrated; summing its margins instead cost
1 to 4 points on four data sets. Against the rest the margins are logits as they are, within a point of the votes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from apprenti.blocks.gram import blocks
from apprenti.blocks.heads.references import References, keep
from apprenti.blocks.parameters import Parameters, number
from apprenti.blocks.sampling import sample_by_label

if TYPE_CHECKING:
    from apprenti.blocks.graph import GraphBuilder

MAX_ROWS = 5000
"""The kernel of 5,000 rows is 200 MB of float64, and libsvm's time grows with the square of the rows."""


def fit(
    features: NDArray[np.float32],
    labels: NDArray[np.int64],
    *,
    n_labels: int,
    parameters: Parameters,
    seed: int,
) -> KernelMachine:
    """Fit scikit-learn's SVC once a class, on one kernel computed beforehand; past ``MAX_ROWS`` on a part of the rows.

    Args:
        features: [n, d] float32.
        labels: [n] int64, 0..n_labels-1, each at least once.
        n_labels: K.
        parameters: ``C`` (3.0); ``gamma`` (1.0), in units of 1 / median squared distance between rows
            (scikit-learn's "scale" is about 2 in these units).
        seed: which rows are used.
    """
    from sklearn.svm import SVC

    c, relative = number(parameters, "C", 3.0, above=0), number(parameters, "gamma", 1.0, above=0)
    kept = sample_by_label(labels, MAX_ROWS, seed=seed)
    rows = features[kept]
    references = keep(rows)
    kernel = all_distances(references, rows)
    gamma = relative / median_distance(kernel)
    np.exp(np.multiply(kernel, -gamma, out=kernel), out=kernel)
    weights, biases = np.zeros((len(kept), n_labels)), np.zeros(n_labels)
    for label in range(n_labels):
        machine = SVC(C=c, kernel="precomputed", cache_size=200).fit(kernel, labels[kept] == label)
        weights[machine.support_, label] = machine.dual_coef_[0]
        biases[label] = machine.intercept_[0]
    used = np.flatnonzero(weights.any(axis=1))
    support = References(centre=references.centre, scale=references.scale, rows=references.rows[used])
    return KernelMachine(
        references=support,
        gamma=float(np.float32(gamma)),
        weights=weights[used].astype(np.float32),
        biases=biases.astype(np.float32),
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class KernelMachine:
    """``exp(−gamma · squared distance to the support vectors) @ weights + biases``.

    Args:
        references: the m support vectors.
        gamma: of the kernel, on the scale of ``references``.
        weights: [m, K] float32.
        biases: [K] float32.
    """

    references: References
    gamma: float
    weights: NDArray[np.float32]
    biases: NDArray[np.float32]

    def logits(self, features: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the logits of ``features`` [n, d] float32, [n, K] float32."""
        result = np.empty((len(features), len(self.biases)), np.float32)
        for rows in blocks(len(features)):
            kernel = np.exp(-np.float32(self.gamma) * self.references.squared_distances(features[rows]))
            result[rows] = kernel @ self.weights + self.biases
        return result

    def add_to(self, graph: GraphBuilder, features: str) -> str:
        """Add the nodes and return the tensor with the logits."""
        scaled = graph.add("Mul", self.references.add_to(graph, features), graph.scalar(-self.gamma))
        kernel = graph.add("Exp", scaled)
        return graph.add("Gemm", kernel, graph.constant(self.weights), graph.constant(self.biases))


def all_distances(references: References, features: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return the squared distances of ``features`` [n, d] to all references, [n, m] float64, filled a block at a time.

    At 5,000 rows the matrix takes 200 MB; a float32 one beside it would be another 100.
    """
    distances = np.empty((len(features), len(references.rows)), dtype=np.float64)
    for rows in blocks(len(features)):
        distances[rows] = references.squared_distances(features[rows])
    return distances


def median_distance(squared: NDArray[np.float64]) -> float:
    """Return the median squared distance of some pairs of rows; 1 where all rows are alike."""
    step = max(1, len(squared) // 500)
    sample = squared[::step, ::step]
    return float(np.median(sample[~np.eye(len(sample), dtype=bool)])) or 1.0

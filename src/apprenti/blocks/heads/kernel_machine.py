"""What heads with a Gaussian (RBF) kernel share: the kernel of the kept rows, and the machine it leads to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from apprenti.blocks.gram import blocks
from apprenti.blocks.heads.references import References, keep

if TYPE_CHECKING:
    from apprenti.blocks.graph import GraphBuilder

MAX_ROWS = 5000
"""The kernel of 5,000 rows is 200 MB of float64, and the time to fit on it grows faster than the square of the rows."""


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


def gaussian_kernel(
    rows: NDArray[np.float32], relative: float
) -> tuple[References, float, NDArray[np.float64]]:
    """Return ``rows`` as references, the width of the kernel on their scale, and the kernel among them.

    Args:
        rows: [m, d] float32, at most ``MAX_ROWS``.
        relative: the width, in units of 1 / median squared distance between rows.

    Returns:
        References, gamma, and [m, m] float64 with a diagonal of 1.
    """
    references = keep(rows)
    kernel = _all_distances(references, rows)
    gamma = float(np.float32(relative / _median_distance(kernel)))
    np.exp(np.multiply(kernel, -gamma, out=kernel), out=kernel)
    return references, gamma, kernel


def _all_distances(references: References, features: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return the squared distances of ``features`` [n, d] to all references, [n, m] float64, filled a block at a time.

    At 5,000 rows the matrix takes 200 MB; a float32 one beside it would be another 100.
    """
    distances = np.empty((len(features), len(references.rows)), dtype=np.float64)
    for rows in blocks(len(features)):
        distances[rows] = references.squared_distances(features[rows])
    return distances


def _median_distance(squared: NDArray[np.float64]) -> float:
    """Return the median squared distance of some pairs of rows; 1 where all rows are alike."""
    step = max(1, len(squared) // 500)
    sample = squared[::step, ::step]
    return float(np.median(sample[~np.eye(len(sample), dtype=bool)])) or 1.0

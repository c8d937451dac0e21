"""The form many heads end in: one weight per feature and class."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from apprenti.blocks.graph import GraphBuilder


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Linear:
    """``features @ weights + biases``.

    Args:
        weights: [d, K] float32.
        biases: [K] float32.
    """

    weights: NDArray[np.float32]
    biases: NDArray[np.float32]

    def logits(self, features: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the logits of ``features`` [n, d] float32, [n, K] float32."""
        return features @ self.weights + self.biases

    def add_to(self, graph: GraphBuilder, features: str) -> str:
        """Add the node and return the tensor with the logits."""
        return graph.add("Gemm", features, graph.constant(self.weights), graph.constant(self.biases))


def linear(weights: NDArray[Any], biases: NDArray[Any]) -> Linear:
    """Return the head of ``weights`` [d, K] and ``biases`` [K] of any float type."""
    return Linear(weights=np.ascontiguousarray(weights, np.float32), biases=np.asarray(biases, np.float32))


def one_column_per_class(weights: NDArray[Any], biases: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
    """Undo the shortcut of scikit-learn, which keeps one column for two classes.

    The sigmoid of f is the softmax of (−f/2, f/2), so that probabilities stay what they were.

    Args:
        weights: [d, 1] or [d, K].
        biases: [1] or [K].

    Returns:
        [d, K] and [K].
    """
    if weights.shape[1] > 1:
        return weights, biases
    halves = np.array([-0.5, 0.5], weights.dtype)
    return weights * halves, biases * halves


def median_gap(logits: NDArray[np.float32]) -> float:
    """Return the median over rows of how far the largest logit is above the next; above 0."""
    largest = np.partition(logits, -2, axis=1)[:, -2:]
    return float(np.median(largest[:, 1] - largest[:, 0])) or float(np.finfo(np.float32).tiny)

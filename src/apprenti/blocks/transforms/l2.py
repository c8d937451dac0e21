"""Every row brought to the same length: only its direction is kept, and brightness or contrast forgotten."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from apprenti.blocks.parameters import Parameters

if TYPE_CHECKING:
    from apprenti.blocks.graph import GraphBuilder

SHORTEST = 1e-12
"""Rows shorter than this stay (almost) zero instead of being divided by zero."""


def fit(features: NDArray[np.float32], *, parameters: Parameters, seed: int) -> RowLength:
    """Return the transform that gives every row the length √d.

    With length √d the mean square of a value is 1, as after ``standardise``, so that a head's penalties
    (``C``) mean about the same behind either transform.

    Args:
        features: [n, d] float32; only d is used.
        parameters: none.
        seed: not used.
    """
    return RowLength(length=float(np.float32(np.sqrt(features.shape[1]))))


@dataclass(frozen=True, slots=True, kw_only=True)
class RowLength:
    """Scales every row to one Euclidean length.

    Args:
        length: of every row that is not zero.
    """

    length: float

    def apply(self, features: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the scaled rows, [n, d] float32."""
        lengths = np.sqrt(np.einsum("nd,nd->n", features, features))[:, np.newaxis]
        scale = np.float32(self.length) / np.maximum(lengths, np.float32(SHORTEST))
        return np.asarray(features * scale, np.float32)

    def add_to(self, graph: GraphBuilder, features: str) -> str:
        """Add the nodes and return the tensor with the scaled rows."""
        squares = graph.add("Mul", features, features)
        sums = graph.add("ReduceSum", squares, graph.shape(1), keepdims=1)
        lengths = graph.add("Max", graph.add("Sqrt", sums), graph.scalar(SHORTEST))
        return graph.add("Mul", features, graph.add("Div", graph.scalar(self.length), lengths))

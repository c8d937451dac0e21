"""Kept training rows and the distances to them: what k-NN and the RBF machine share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from apprenti.blocks.gram import column_means

if TYPE_CHECKING:
    from apprenti.blocks.graph import GraphBuilder

SHORTEST = 1e-12
"""Rows shorter than this have no direction."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class References:
    """Rows to measure distances to, seen from a centre and brought to a common scale.

    Args:
        centre: [d] float32, taken off every row.
        scale: what rows are multiplied by, so that squared distances are about 1; 0 brings each row to
            length 1 instead, which makes the distance that of directions (cosine).
        rows: [m, d] float16, already placed so: half the size in the file, and numpy and the graph read the
            same numbers.
    """

    centre: NDArray[np.float32]
    scale: float
    rows: NDArray[np.float16]

    def squared_distances(self, features: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the squared distances of ``features`` [n, d] float32 to the m rows, [n, m] float32."""
        rows = self.rows.astype(np.float32)
        x = _placed(features, self.centre, self.scale)
        distances = x @ rows.T
        distances *= -2
        distances += np.sum(np.square(rows), axis=1)
        distances += np.sum(np.square(x), axis=1, keepdims=True)
        return np.asarray(np.maximum(distances, 0, out=distances), np.float32)

    def add_to(self, graph: GraphBuilder, features: str) -> str:
        """Add the nodes and return the tensor with the squared distances."""
        x = self._add_placed(graph, features)
        rows = graph.add("Cast", graph.constant(self.rows), to=1)  # 1 = float32
        products = graph.add("MatMul", x, graph.add("Transpose", rows, perm=[1, 0]))
        lengths = np.sum(np.square(self.rows.astype(np.float32)), axis=1)
        crossed = graph.add("Add", graph.add("Mul", products, graph.scalar(-2)), graph.constant(lengths))
        own = graph.add("ReduceSum", graph.add("Mul", x, x), graph.shape(1), keepdims=1)
        return graph.add("Max", graph.add("Add", crossed, own), graph.scalar(0))

    def _add_placed(self, graph: GraphBuilder, features: str) -> str:
        centred = graph.add("Sub", features, graph.constant(self.centre))
        if self.scale:
            return graph.add("Mul", centred, graph.scalar(self.scale))
        squares = graph.add("ReduceSum", graph.add("Mul", centred, centred), graph.shape(1), keepdims=1)
        return graph.add("Div", centred, graph.add("Max", graph.add("Sqrt", squares), graph.scalar(SHORTEST)))


def keep(features: NDArray[np.float32], *, by_direction: bool = False) -> References:
    """Return ``features`` [m, d] float32 as references around their mean.

    Args:
        features: the rows to keep.
        by_direction: whether only directions count (cosine).
    """
    centre = column_means(features).astype(np.float32)
    size = float(np.sqrt(np.mean(np.sum(np.square(features - centre), axis=1, dtype=np.float64)))) or 1.0
    scale = 0.0 if by_direction else float(np.float32(1 / size))
    return References(centre=centre, scale=scale, rows=_placed(features, centre, scale).astype(np.float16))


def _placed(features: NDArray[np.float32], centre: NDArray[np.float32], scale: float) -> NDArray[np.float32]:
    x = features - centre
    if scale:
        return x * np.float32(scale)
    lengths = np.sqrt(np.sum(np.square(x), axis=1, keepdims=True))
    return np.asarray(x / np.maximum(lengths, np.float32(SHORTEST)), np.float32)

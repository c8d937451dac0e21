"""Brings the outputs of a head to the scale that is wanted of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from apprenti.blocks.heads.placement import Head

if TYPE_CHECKING:
    from apprenti.blocks.graph import GraphBuilder


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Rescaled:
    """``head · scale + offset``, column by column.

    Args:
        head: gives [n, m].
        scale: [m] float32.
        offset: [m] float32.
    """

    head: Head
    scale: NDArray[np.float32]
    offset: NDArray[np.float32]

    def logits(self, features: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the outputs for ``features`` [n, d] float32, [n, m] float32."""
        return np.asarray(self.head.logits(features) * self.scale + self.offset, np.float32)

    def add_to(self, graph: GraphBuilder, features: str) -> str:
        """Add the nodes and return the tensor with the outputs."""
        scaled = graph.add("Mul", self.head.add_to(graph, features), graph.constant(self.scale))
        return graph.add("Add", scaled, graph.constant(self.offset))

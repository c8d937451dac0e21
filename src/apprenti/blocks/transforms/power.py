"""Signed square root, then row length, then standardised: evens out features that burst, such as counts.

Source: F. Perronnin, J. Sánchez, T. Mensink, "Improving the Fisher kernel for large-scale image
classification", 2010.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from apprenti.blocks.gram import blocks, column_moments
from apprenti.blocks.parameters import Parameters
from apprenti.blocks.transforms import l2, standardise

if TYPE_CHECKING:
    from apprenti.blocks.graph import GraphBuilder


def fit(features: NDArray[np.float32], *, parameters: Parameters, seed: int) -> Power:
    """Learn mean and standard deviation of the signed roots of length √d; parameters and seed are not used.

    Args:
        features: [n, d] float32, finite.
        parameters: none.
        seed: not used.
    """
    length = l2.fit(features, parameters=parameters, seed=seed)
    moments = column_moments(features, lambda block: rooted(block, length))
    return Power(length=length, affine=standardise.affine_of(*moments))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Power:
    """``standardise(l2(sign(x) √|x|))``."""

    length: l2.RowLength
    affine: standardise.Affine

    def apply(self, features: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the transformed features, [n, d] float32."""
        result = np.empty(features.shape, np.float32)
        for rows in blocks(len(features)):  # one copy of what may be 250 MB, not three
            result[rows] = self.affine.apply(rooted(features[rows], self.length))
        return result

    def add_to(self, graph: GraphBuilder, features: str) -> str:
        """Add the nodes and return the tensor with the transformed features."""
        root = graph.add("Sqrt", graph.add("Abs", features))
        signed = graph.add("Mul", graph.add("Sign", features), root)
        return self.affine.add_to(graph, self.length.add_to(graph, signed))


def rooted(features: NDArray[np.float32], length: l2.RowLength) -> NDArray[np.float32]:
    """Return the signed square roots brought to ``length``, [n, d] float32."""
    return length.apply(np.sign(features) * np.sqrt(np.abs(features)))

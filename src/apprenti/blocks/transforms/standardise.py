"""Every feature with mean 0 and standard deviation 1 on the training rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from apprenti.blocks.gram import column_moments
from apprenti.blocks.parameters import Parameters

if TYPE_CHECKING:
    from apprenti.blocks.graph import GraphBuilder

CONSTANT_BELOW = 1e-5
"""A feature that varies by less than this part of its own size is rounding noise around a constant."""


def fit(features: NDArray[np.float32], *, parameters: Parameters, seed: int) -> Affine:
    """Learn mean and standard deviation of every feature; parameters and seed are not used.

    A feature that is constant in training becomes 0: nothing was learnt about it, and dividing by its
    rounding noise would let it drown all others.

    Args:
        features: [n, d] float32, finite.
        parameters: none.
        seed: not used.
    """
    return affine_of(*column_moments(features))


def affine_of(means: NDArray[np.float64], deviations: NDArray[np.float64]) -> Affine:
    """Return the scaling to mean 0 and deviation 1 of columns with these moments, both [d] float64."""
    varies = deviations > CONSTANT_BELOW * np.abs(means) + np.finfo(np.float32).tiny
    scale = np.divide(1.0, deviations, out=np.zeros_like(deviations), where=varies)
    return Affine(offset=means.astype(np.float32), scale=scale.astype(np.float32))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Affine:
    """``(features - offset) * scale``, feature by feature.

    Args:
        offset: [d] float32.
        scale: [d] float32; 0 takes a feature out.
    """

    offset: NDArray[np.float32]
    scale: NDArray[np.float32]

    def apply(self, features: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the scaled features, [n, d] float32."""
        scaled = features - self.offset
        scaled *= self.scale  # in place: the only copy made of what may be 250 MB
        return scaled

    def add_to(self, graph: GraphBuilder, features: str) -> str:
        """Add the nodes and return the tensor with the scaled features."""
        centred = graph.add("Sub", features, graph.constant(self.offset))
        return graph.add("Mul", centred, graph.constant(self.scale))

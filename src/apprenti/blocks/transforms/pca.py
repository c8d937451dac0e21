"""Standardised features projected on their principal components, for heads that slow down with many."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from apprenti.blocks.gram import principal_axes
from apprenti.blocks.parameters import Parameters, whole
from apprenti.blocks.sampling import sample_rows
from apprenti.blocks.transforms import standardise

if TYPE_CHECKING:
    from apprenti.blocks.graph import GraphBuilder

N_COMPONENTS = 64
MAX_ROWS = 10_000
"""More rows no longer move the leading components, they only cost seconds."""


def fit(features: NDArray[np.float32], *, parameters: Parameters, seed: int) -> Projection:
    """Learn the principal components of the standardised features.

    Past ``MAX_ROWS`` rows the components (not mean and deviation) come from as many rows, chosen by the seed.

    Args:
        features: [n, d] float32, finite.
        parameters: ``n_components`` (64), fewer where n or d do not allow as many; ``whiten`` (0), 1 gives
            every component the same variance.
        seed: which rows are looked at.
    """
    affine = standardise.fit(features, parameters=parameters, seed=seed)
    n_components = whole(parameters, "n_components", N_COMPONENTS)
    rows = (
        features if len(features) <= MAX_ROWS else features[sample_rows(len(features), MAX_ROWS, seed=seed)]
    )
    squares, axes = principal_axes(rows, affine.offset, affine.scale, n_wanted=n_components)
    if not len(squares):  # all rows alike: one axis that is zero everywhere
        squares, axes = np.ones(1), np.zeros((features.shape[1], 1))
    if whole(parameters, "whiten", 0, at_least=0):
        axes = axes / np.sqrt(squares / len(rows))
    matrix = np.ascontiguousarray(affine.scale[:, np.newaxis] * axes, np.float32)
    return Projection(offset=affine.offset, matrix=matrix)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Projection:
    """``(features - offset) @ matrix``.

    Args:
        offset: [d] float32.
        matrix: [d, k] float32, the scaling of each feature folded in.
    """

    offset: NDArray[np.float32]
    matrix: NDArray[np.float32]

    def apply(self, features: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the components, [n, k] float32."""
        return np.asarray((features - self.offset) @ self.matrix, np.float32)

    def add_to(self, graph: GraphBuilder, features: str) -> str:
        """Add the nodes and return the tensor with the components."""
        centred = graph.add("Sub", features, graph.constant(self.offset))
        return graph.add("MatMul", centred, graph.constant(self.matrix))

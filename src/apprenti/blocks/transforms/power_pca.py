"""The power transform, then its principal components: for kernel heads, whose distances many features drown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from apprenti.blocks.parameters import Parameters
from apprenti.blocks.transforms import pca, power

if TYPE_CHECKING:
    from apprenti.blocks.graph import GraphBuilder


def fit(features: NDArray[np.float32], *, parameters: Parameters, seed: int) -> PowerProjection:
    """Learn both steps, the second on what the first gives.

    Args:
        features: [n, d] float32, finite.
        parameters: those of ``pca.v1``.
        seed: which rows the components are found from.
    """
    first = power.fit(features, parameters=parameters, seed=seed)
    return PowerProjection(
        power=first, projection=pca.fit(first.apply(features), parameters=parameters, seed=seed)
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PowerProjection:
    """``pca(power(x))``."""

    power: power.Power
    projection: pca.Projection

    def apply(self, features: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the components, [n, k] float32."""
        return self.projection.apply(self.power.apply(features))

    def add_to(self, graph: GraphBuilder, features: str) -> str:
        """Add the nodes and return the tensor with the components."""
        return self.projection.add_to(graph, self.power.add_to(graph, features))

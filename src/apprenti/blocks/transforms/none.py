"""Features as they are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from apprenti.blocks.parameters import Parameters

if TYPE_CHECKING:
    from apprenti.blocks.graph import GraphBuilder


def fit(features: NDArray[np.float32], *, parameters: Parameters, seed: int) -> Identity:
    """Return the transform that changes nothing; every argument is ignored."""
    return Identity()


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Changes nothing."""

    def apply(self, features: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return ``features``, [n, d] float32."""
        return features

    def add_to(self, graph: GraphBuilder, features: str) -> str:
        """Return ``features``: no node is needed."""
        return features

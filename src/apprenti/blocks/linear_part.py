"""A whole pipeline as one linear layer on the features, where it is one: what lessons show of the last layer."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from apprenti.blocks.pipeline import Pipeline
from apprenti.domain.lesson_context import LinearHead

Floats = NDArray[np.float32]
MOST_FEATURES = 4096
"""Past that a square of axes would take more memory than the whole fit."""


def linear_part(pipeline: Pipeline, features: Floats, *, n_compared: int = 64) -> LinearHead | None:
    """Return the whole pipeline as one linear layer on the features; ``None`` where it is not one.

    Nothing is asked of the blocks it is made of: their answers to the axes are the weights, and where those do not
    give the answers to real features too, it is not linear.
    """
    n_features = features.shape[1]
    if n_features > MOST_FEATURES:
        return None
    biases = pipeline.logits(np.zeros((1, n_features), np.float32))[0]
    weights = pipeline.logits(np.eye(n_features, dtype=np.float32)) - biases
    compared = features[:n_compared]
    expected = pipeline.logits(compared)
    scale = float(np.abs(expected).max(initial=1e-6))
    if not np.allclose(compared @ weights + biases, expected, rtol=0, atol=1e-3 * scale):
        return None
    return LinearHead(weights=np.ascontiguousarray(weights), biases=np.ascontiguousarray(biases))

"""A feature extractor: one ONNX graph from pixels to a feature vector, whatever it was made of."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from apprenti.domain.recipe import Fit


@dataclass(frozen=True, slots=True, kw_only=True)
class Backbone:
    """A feature extractor that is the same wherever it runs, because it is only a graph.

    Args:
        name: stable and unique, used in recipe names: ``classic.v1``, ``mobilenet_v2-1a2b3c4d``.
        graph: serialized ONNX model. Input ``pixels`` uint8 [N, size_px, size_px, 3] RGB; output ``features``
            float32 [N, n_features] and, where ``has_feature_map``, ``feature_map`` float32 [N, c, h, w].
            Scaling is part of the graph.
        size_px: side of the square of pixels the graph takes.
        fit: how photos are best fitted into that square.
        n_features: length of one feature vector.
        has_feature_map: whether the graph publishes its last feature map.
        licence: licence of the weights, an SPDX identifier where there is one; ``""`` when nobody said.
        source: where the weights came from, for display.
        source_sha256: of the file they came in, 64 hex digits; ``""`` where there was none.
    """

    name: str
    graph: bytes
    size_px: int
    fit: Fit
    n_features: int
    has_feature_map: bool
    licence: str
    source: str
    source_sha256: str = ""

    @property
    def sha256(self) -> str:
        """SHA-256 of the graph, 64 hex digits: changes whenever a feature could."""
        return hashlib.sha256(self.graph).hexdigest()

    def graph_for(self, canvas_size_px: int) -> bytes:
        """Return the graph for squares of another size: an antialiased resize is put in front where needed.

        Args:
            canvas_size_px: side of the square the caller has.

        Returns:
            A serialized model whose input ``pixels`` is uint8 [N, canvas_size_px, canvas_size_px, 3].
        """
        if canvas_size_px == self.size_px:
            return self.graph
        from apprenti.blocks.resizing import resized_input

        return resized_input(self.graph, from_px=canvas_size_px, to_px=self.size_px)

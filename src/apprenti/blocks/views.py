"""Several views of a photo behind one backbone: features that no longer depend on which way a thing faces.

The mean over a photo and its mirror image is a graph like any other: it is embedded, shelved and put into a model
file as if a network had been made so. It costs two looks, and helps where left and right mean nothing; where they do
(letters, arrows), scores tell.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from apprenti.blocks.backbone import Backbone
from apprenti.domain.backbone_name import MIRRORED

if TYPE_CHECKING:
    from apprenti.blocks.graph import GraphBuilder


def mirrored(backbone: Backbone) -> Backbone:
    """Return the backbone whose features are the mean of those of a photo and of its mirror image.

    A feature map stays that of the photo itself, so that what it shows lies where the photo shows it.

    Args:
        backbone: its features of a photo do not depend on what else is in a batch.

    Example:
        >>> from apprenti.blocks.embedded import load_embedded
        >>> mirrored(load_embedded(64)).name
        'embedded.v2-64-mirrored'
    """
    return replace(backbone, name=f"{backbone.name}{MIRRORED}", graph=_mirrored_graph(backbone))


def _mirrored_graph(backbone: Backbone) -> bytes:
    """Return the graph: photos and mirror images go through the network as one batch, [2N, S, S, 3]."""
    import onnx

    from apprenti.blocks.graph import FLOAT, UINT8, GraphBuilder
    from apprenti.blocks.joining import default_opset, finished, include

    inner = onnx.load_model_from_string(backbone.graph)
    graph = GraphBuilder(opset=default_opset(inner))
    side = backbone.size_px
    pixels = graph.input("pixels", UINT8, ["N", side, side, 3])
    backwards = graph.constant(np.arange(side - 1, -1, -1, dtype=np.int64))
    both = graph.add("Concat", pixels, graph.add("Gather", pixels, backwards, axis=2), axis=0)
    tensors = include(graph, inner, prefix="seen/", inputs={"pixels": both})
    n = graph.add("Slice", graph.add("Shape", pixels), graph.shape(0), graph.shape(1), graph.shape(0))
    photos = _rows(graph, tensors["features"], graph.shape(0), n)
    mirror_images = _rows(graph, tensors["features"], n, graph.shape(np.iinfo(np.int64).max))
    features = graph.add("Mul", graph.add("Add", photos, mirror_images), graph.scalar(0.5))
    graph.output(features, "features", FLOAT, ["N", backbone.n_features])
    if backbone.has_feature_map:
        (value,) = (value for value in inner.graph.output if value.name == "feature_map")
        sides = [dim.dim_value or dim.dim_param for dim in value.type.tensor_type.shape.dim[1:]]
        shown = _rows(graph, tensors["feature_map"], graph.shape(0), n)
        graph.output(shown, "feature_map", FLOAT, ["N", *sides])
    return finished(graph)


def _rows(graph: GraphBuilder, tensor: str, start: str, end: str) -> str:
    return graph.add("Slice", tensor, start, end, graph.shape(0))

"""Joins backbones, pipeline and familiarity into the one graph a model file carries."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import onnx

from apprenti.blocks.answering import Calibration
from apprenti.blocks.answering.multi_class import TemperatureScaling
from apprenti.blocks.backbone import Backbone
from apprenti.blocks.graph import FLOAT, UINT8, GraphBuilder
from apprenti.blocks.joining import default_opset, finished, include
from apprenti.blocks.onnx_reading import with_opset
from apprenti.domain.recipe import Canvas


class GraphPart(Protocol):
    """Something fitted that can be written as ONNX nodes: a pipeline, a familiarity measure."""

    def add_to(self, graph: GraphBuilder, features: str, /) -> str:
        """Add its nodes, fed from ``features`` float32 [N,D], and return the name of its result."""
        ...


def assemble(
    backbones: Sequence[Backbone],
    canvas: Canvas,
    pipeline: GraphPart,
    *,
    n_labels: int,
    temperature: float = 1.0,
    familiarity: GraphPart,
    calibration: Calibration | None = None,
) -> bytes:
    """Return one model from pixels to calibrated answers.

    Args:
        backbones: their features stand side by side, in this order.
        canvas: the square every photo is decoded to; backbones of another size resize it inside the graph.
        pipeline: features [N,D] → logits [N,K].
        n_labels: K.
        temperature: divides the logits, above 0; where no calibration is given.
        familiarity: features [N,D] → distances [N].
        calibration: logits [N,K] → answers; softmax where it is left out.

    Returns:
        A serialized ONNX model; the same arguments give the same bytes. Input ``pixels`` uint8 [N,S,S,3];
        outputs ``probabilities`` float32 [N,K] (of a number ``value`` float32 [N]), ``embedding`` float32 [N,D],
        ``distance`` float32 [N], and ``feature_map`` float32 [N,c,h,w] of the first backbone that has one.

    Raises:
        BackboneError: one backbone cannot be brought to the operator set of another.
    """
    models = [onnx.load_model_from_string(backbone.graph_for(canvas.size_px)) for backbone in backbones]
    opset = max(default_opset(model) for model in models)
    graph = GraphBuilder(opset=opset)
    pixels = graph.input("pixels", UINT8, ["N", canvas.size_px, canvas.size_px, 3])
    parts = []
    for i, (backbone, model) in enumerate(zip(backbones, models, strict=True)):
        model = with_opset(model, opset, item=backbone.name)
        parts.append(include(graph, model, prefix=prefix_of(i), inputs={"pixels": pixels}))
    features = [part["features"] for part in parts]
    embedding = graph.add("Concat", *features, axis=1) if len(features) > 1 else features[0]

    calibrated = calibration or TemperatureScaling(temperature=temperature)
    calibrated.publish(graph, pipeline.add_to(graph, embedding), n_labels)
    n_features = sum(backbone.n_features for backbone in backbones)
    graph.output(embedding, "embedding", FLOAT, ["N", n_features])
    graph.output(familiarity.add_to(graph, embedding), "distance", FLOAT, ["N"])
    with_map = next((i for i, backbone in enumerate(backbones) if backbone.has_feature_map), None)
    if with_map is not None:
        shape = _shape(models[with_map], "feature_map")
        graph.output(parts[with_map]["feature_map"], "feature_map", FLOAT, shape)
    return finished(graph)


def prefix_of(place: int) -> str:
    """Return what every tensor of the backbone at ``place``, counted from 0, is named after in the graph."""
    return f"backbone{place}/"


def _shape(model: onnx.ModelProto, output: str) -> list[int | str]:
    (value,) = (value for value in model.graph.output if value.name == output)
    return [dim.dim_value or dim.dim_param for dim in value.type.tensor_type.shape.dim]

"""The graph of a network trained on a person's photos: its features, and what its own head says of them."""

from __future__ import annotations

from apprenti.blocks.backbone import Backbone
from apprenti.blocks.heads.linear import Linear
from apprenti.blocks.residual_graph import Network


def trained_graph(network: Network, head: Linear) -> bytes:
    """Return a trained network as a serialized model for squares of any size.

    Args:
        network: all its numbers.
        head: features [n, d] → logits [n, K], learnt with it.

    Returns:
        Input ``pixels`` uint8 [N, h, w, 3]; outputs ``features`` float32 [N, d + K], the logits last, and
        ``feature_map`` float32 [N, c, rows, columns]. The same numbers give the same bytes.
    """
    from apprenti.blocks.graph import FLOAT, UINT8, GraphBuilder
    from apprenti.blocks.joining import finished

    graph = GraphBuilder()
    pixels = graph.input("pixels", UINT8, ["N", "height", "width", 3])
    features, feature_map = network.add_to(graph, pixels)
    both = graph.add("Concat", features, head.add_to(graph, features), axis=1)
    graph.output(both, "features", FLOAT, ["N", network.n_features + len(head.biases)])
    graph.output(feature_map, "feature_map", FLOAT, ["N", len(network.head.bias), "rows", "columns"])
    return finished(graph)


def with_logits(backbone: Backbone, head: Linear) -> bytes:
    """Return the graph of any backbone with what a head says of its features as the last of them.

    Args:
        backbone: features float32 [N, d].
        head: features [n, d] → logits [n, K], learnt with it.

    Returns:
        Input ``pixels`` uint8 [N, S, S, 3]; outputs ``features`` float32 [N, d + K], and ``feature_map`` as it was.
    """
    import onnx

    from apprenti.blocks.graph import FLOAT, UINT8, GraphBuilder
    from apprenti.blocks.joining import default_opset, finished, include

    inner = onnx.load_model_from_string(backbone.graph)
    graph = GraphBuilder(opset=default_opset(inner))
    pixels = graph.input("pixels", UINT8, ["N", backbone.size_px, backbone.size_px, 3])
    made = include(graph, inner, prefix="tuned/", inputs={"pixels": pixels})
    both = graph.add("Concat", made["features"], head.add_to(graph, made["features"]), axis=1)
    graph.output(both, "features", FLOAT, ["N", backbone.n_features + len(head.biases)])
    if backbone.has_feature_map:
        (value,) = (value for value in inner.graph.output if value.name == "feature_map")
        sides = [dim.dim_value or dim.dim_param for dim in value.type.tensor_type.shape.dim[1:]]
        graph.output(made["feature_map"], "feature_map", FLOAT, ["N", *sides])
    return finished(graph)

"""The graph of a network trained on a person's photos: its features, and what its own head says of them."""

from __future__ import annotations

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

"""How much arithmetic a network takes for one photo: what its speed is foretold from, on whatever machine."""

from __future__ import annotations

from collections.abc import Mapping
from math import prod

import onnx

DEPTHWISE_WEIGHT = 12
"""A convolution that looks at each channel alone moves memory more than it multiplies: measured on EfficientNet-B0."""


def multiply_adds(graph: bytes) -> int:
    """Return the multiplications of one photo in convolutions and matrix products, each with its addition.

    Those of depthwise convolutions count ``DEPTHWISE_WEIGHT`` times; what cannot be told counts nothing.

    Args:
        graph: of a backbone; input ``pixels``, uint8 [N, S, S, 3].
    """
    model = onnx.load_model_from_string(graph)
    for value in (*model.graph.input, *model.graph.value_info):
        if value.type.tensor_type.shape.dim and value.type.tensor_type.shape.dim[0].dim_param:
            value.type.tensor_type.shape.dim[0].dim_value = 1
    del model.graph.value_info[:]
    known = onnx.shape_inference.infer_shapes(model, data_prop=True)
    sizes = {
        value.name: [dim.dim_value for dim in value.type.tensor_type.shape.dim]
        for value in (*known.graph.value_info, *known.graph.input, *known.graph.output)
    }
    sizes |= {tensor.name: list(tensor.dims) for tensor in known.graph.initializer}
    return sum(_of_node(node, sizes) for node in known.graph.node)


def _of_node(node: onnx.NodeProto, sizes: Mapping[str, list[int]]) -> int:
    if node.op_type not in ("Conv", "MatMul", "Gemm"):
        return 0
    given, weights, told = (sizes.get(name, []) for name in (node.input[0], node.input[1], node.output[0]))
    options = {attribute.name: attribute.i for attribute in node.attribute}
    if node.op_type == "Conv":
        counts = DEPTHWISE_WEIGHT if options.get("group", 1) > 1 and weights[1:2] == [1] else 1
        return counts * prod(told) * prod(weights[1:])
    inner = given[-2 if options.get("transA") else -1] if given else 0
    return prod(told) * inner

"""A residual network's numbers read back from its graph: the inverse of ``residual_graph.network_graph``."""

from __future__ import annotations

import numpy as np

from apprenti.blocks.residual_graph import Block, Convolution, Network

N_STEM = 2


def read_network(graph: bytes) -> Network:
    """Return the numbers of the network that ``network_graph`` wrote as ``graph``.

    The weights are those the graph computes with: through 8 bits and back.

    Args:
        graph: serialized ONNX model.
    """
    import onnx
    from onnx import numpy_helper

    model = onnx.load_model_from_string(graph)
    known = {part.name: numpy_helper.to_array(part) for part in model.graph.initializer}
    rectified = {node.input[0] for node in model.graph.node if node.op_type == "Relu"}
    weights = {
        node.output[0]: known[node.input[0]].astype(np.float32) * known[node.input[1]].reshape(-1, 1, 1, 1)
        for node in model.graph.node
        if node.op_type == "DequantizeLinear"
    }
    found = []
    for node in model.graph.node:
        if node.op_type != "Conv":
            continue
        strides = next(attribute.ints for attribute in node.attribute if attribute.name == "strides")
        found.append(
            Convolution(
                weight=weights[node.input[1]],
                bias=known[node.input[2]].astype(np.float32),
                stride=int(strides[0]),
                activate=node.output[0] in rectified,
            )
        )
    return Network(stem=tuple(found[:N_STEM]), blocks=_blocks(found[N_STEM:-1]), head=found[-1])


def _blocks(convolutions: list[Convolution]) -> tuple[Block, ...]:
    """Return the blocks: each two convolutions, behind that of its shortcut where it has one."""
    blocks, at = [], 0
    while at < len(convolutions):
        shortcut = None
        if convolutions[at].weight.shape[2] == 1:
            shortcut, at = convolutions[at], at + 1
        first, second = convolutions[at : at + 2]
        at += 2
        blocks.append(Block(convolve=(first, second), shortcut=shortcut, stride=first.stride))
    return tuple(blocks)

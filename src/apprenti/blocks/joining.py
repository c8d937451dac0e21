"""Puts a finished ONNX model inside a graph that is being built."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import onnx
from onnx import helper

if TYPE_CHECKING:
    from apprenti.blocks.graph import GraphBuilder


def include(
    graph: GraphBuilder, model: onnx.ModelProto, *, prefix: str, inputs: Mapping[str, str]
) -> dict[str, str]:
    """Add the nodes and constants of ``model`` to ``graph``, its inputs fed from tensors already there.

    Args:
        graph: takes the nodes; of the same opset as ``model``.
        model: stays as it is; it defines every name it uses and has no functions of its own.
        prefix: put before every name of ``model``, so that two models never collide.
        inputs: for each input of ``model``, the tensor of ``graph`` that feeds it.

    Returns:
        For each output of ``model``, the name of its tensor in ``graph``.
    """
    inner = onnx.GraphProto()
    inner.CopyFrom(model.graph)
    _prefix_names(inner, prefix)
    for name, fed_by in inputs.items():
        graph.nodes.append(
            helper.make_node("Identity", [fed_by], [prefix + name], name=f"{prefix}feed_{name}")
        )
    graph.nodes.extend(inner.node)
    graph.constants.extend(inner.initializer)
    graph.uses_ml_operators |= any(entry.domain == "ai.onnx.ml" for entry in model.opset_import)
    return {value.name: prefix + value.name for value in model.graph.output}


def _prefix_names(graph: onnx.GraphProto, prefix: str) -> None:
    """Put ``prefix`` before every name; ``onnx.compose.add_prefix`` misses outer constants in subgraphs."""
    for named in (*graph.input, *graph.output, *graph.initializer, *graph.value_info):
        named.name = prefix + named.name
    for node in graph.node:
        node.name = node.name and prefix + node.name  # names are optional, but may not repeat
        node.input[:] = [name and prefix + name for name in node.input]  # "" is an input left out
        node.output[:] = [name and prefix + name for name in node.output]
        for subgraph in subgraphs(node):
            _prefix_names(subgraph, prefix)


def subgraphs(node: onnx.NodeProto) -> list[onnx.GraphProto]:
    """Return the graphs a control-flow node (``If``, ``Loop``, ``Scan``) carries."""
    single = [attribute.g for attribute in node.attribute if attribute.HasField("g")]
    return single + [graph for attribute in node.attribute for graph in attribute.graphs]


def default_opset(model: onnx.ModelProto) -> int:
    """Return the version of the default operator set of ``model``; 1 where none is named."""
    return max((entry.version for entry in model.opset_import if entry.domain in ("", "ai.onnx")), default=1)


def finished(graph: GraphBuilder) -> bytes:
    """Return the graph as checked bytes; the same nodes give the same bytes.

    Raises:
        onnx.checker.ValidationError: the graph is not valid ONNX.
    """
    model = graph.model()
    model.ir_version = max(model.ir_version, helper.find_min_ir_version_for(model.opset_import, True))
    onnx.checker.check_model(model)
    return bytes(model.SerializeToString(deterministic=True))

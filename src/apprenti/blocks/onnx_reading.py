"""Reads an ONNX file somebody brought: nothing in it is trusted, and only what its features need is kept.

A file is data, never code: a pickle is refused unread, weights must lie inside, operators must be those of
the ONNX standard. What comes out uses operator set 13 or later, so that it can be joined to our own nodes.
"""

from __future__ import annotations

import stat
from collections.abc import Iterable, Iterator
from pathlib import Path

import onnx
from onnx import TensorProto, inliner, version_converter

from apprenti.blocks.graph import MINIMUM_OPSET
from apprenti.blocks.joining import default_opset, subgraphs
from apprenti.domain.errors import BackboneError

MAX_FILE_BYTES = 400_000_000
_STANDARD_DOMAINS = ("", "ai.onnx")
_PICKLE_STARTS = (b"\x80", b"PK\x03\x04")  # a bare pickle; the zip that PyTorch wraps around one


def read_file(path: Path, *, max_bytes: int = MAX_FILE_BYTES) -> bytes:
    """Return the bytes of a regular file no larger than ``max_bytes``.

    Raises:
        BackboneError: it is not there, not a file, or too large.
    """
    try:
        facts = path.stat()
        if not stat.S_ISREG(facts.st_mode):
            raise BackboneError("backbone_missing", item=path.name)
        if facts.st_size > max_bytes:
            raise BackboneError("backbone_too_large", item=path.name, limit=max_bytes // 1_000_000)
        return path.read_bytes()
    except OSError as error:
        raise BackboneError("backbone_missing", item=path.name) from error


def parse(data: bytes, *, item: str) -> onnx.ModelProto:
    """Return the model in ``data``, checked, its own functions written out, weights inside.

    Raises:
        BackboneError: not ONNX, truncated, or with weights in another file.
    """
    if data.startswith(_PICKLE_STARTS):
        raise BackboneError("backbone_pickle", item=item)
    try:
        model = onnx.load_model_from_string(data)
        if not model.graph.node:
            raise BackboneError("backbone_not_onnx", item=item)
        if any(tensor.data_location == TensorProto.EXTERNAL for tensor in _tensors(model)):
            raise BackboneError("backbone_external_data", item=item)
        onnx.checker.check_model(model)
        if model.functions:
            model = inliner.inline_local_functions(model)
    except BackboneError:
        raise
    except Exception as error:  # protobuf and the checker raise kinds of their own
        raise BackboneError("backbone_not_onnx", item=item) from error
    return model


def keep_only(model: onnx.ModelProto, outputs: Iterable[str]) -> onnx.ModelProto:
    """Return a copy of ``model`` with no more than the nodes and constants that ``outputs`` need.

    Remarks are left behind too: exporters write the source lines and folders of whoever exported into them.

    Args:
        model: its nodes stand in an order in which they can be run, as ONNX requires.
        outputs: names of any tensors; they become the outputs, their shapes left open.
    """
    wanted = list(outputs)
    needed = set(wanted)
    kept = []
    for node in reversed(model.graph.node):
        if needed.intersection(node.output):
            kept.append(node)
            needed.update(used_by(node))
    result = onnx.ModelProto(ir_version=model.ir_version, opset_import=model.opset_import)
    result.graph.name = "features"
    result.graph.node.extend(reversed(kept))
    result.graph.initializer.extend(tensor for tensor in model.graph.initializer if tensor.name in needed)
    result.graph.input.extend(value for value in true_inputs(model) if value.name in needed)
    result.graph.output.extend(onnx.ValueInfoProto(name=name) for name in wanted)
    _drop_remarks(result.graph)
    return result


def _drop_remarks(graph: onnx.GraphProto) -> None:
    for part in (graph, *_nodes(graph), *graph.initializer, *graph.input):
        part.ClearField("doc_string")
        part.ClearField("metadata_props")


def true_inputs(model: onnx.ModelProto) -> list[onnx.ValueInfoProto]:
    """Return the inputs that must be fed: old files list their constants among them."""
    constants = {tensor.name for tensor in model.graph.initializer}
    return [value for value in model.graph.input if value.name not in constants]


def standardised(model: onnx.ModelProto, *, item: str) -> onnx.ModelProto:
    """Return ``model`` in opset 13 or later, refusing operators outside the ONNX standard.

    Raises:
        BackboneError: foreign operators, sparse constants, or an old operator set that cannot be converted.
    """
    domains = {node.domain for node in _nodes(model.graph)} - set(_STANDARD_DOMAINS)
    if domains or model.graph.sparse_initializer:
        raise BackboneError("backbone_operators", item=item, domains=", ".join(sorted(domains)) or "sparse")
    del model.opset_import[1:]  # domains that only dropped nodes used
    return with_opset(model, max(default_opset(model), MINIMUM_OPSET), item=item)


def with_opset(model: onnx.ModelProto, opset: int, *, item: str) -> onnx.ModelProto:
    """Return ``model`` converted up to ``opset``; itself where it is there already.

    Raises:
        BackboneError: ONNX has no conversion for one of its operators.
    """
    if default_opset(model) == opset:
        return model
    try:
        return version_converter.convert_version(model, opset)
    except Exception as error:  # the converter raises bare RuntimeErrors
        raise BackboneError("backbone_opset", item=item, opset=default_opset(model), wanted=opset) from error


def used_by(node: onnx.NodeProto) -> Iterator[str]:
    """Yield the names of the tensors a node reads, those its subgraphs read among them."""
    yield from node.input
    for graph in subgraphs(node):
        for inner in graph.node:
            yield from used_by(inner)
        yield from (value.name for value in graph.output)


def _nodes(graph: onnx.GraphProto) -> Iterator[onnx.NodeProto]:
    for node in graph.node:
        yield node
        for subgraph in subgraphs(node):
            yield from _nodes(subgraph)


def _tensors(model: onnx.ModelProto) -> Iterator[onnx.TensorProto]:
    graphs = [model.graph]
    nodes = [*_nodes(model.graph), *(node for function in model.functions for node in function.node)]
    for node in nodes:
        graphs.extend(subgraphs(node))
        for attribute in node.attribute:
            yield from (attribute.t, *attribute.tensors, attribute.sparse_tensor.values)
    for graph in graphs:
        yield from graph.initializer
        yield from (
            tensor for sparse in graph.sparse_initializer for tensor in (sparse.values, sparse.indices)
        )

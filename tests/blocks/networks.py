"""Tiny ONNX networks, like those people export, and what belongs beside them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from apprenti.blocks.backbone import Backbone
from apprenti.blocks.graph import GraphBuilder
from apprenti.blocks.onnx_backbone import load_backbone

N_FEATURES = 6


def a_network(
    *,
    size: int | str = 16,
    batch: int | str = "N",
    layout: str = "NCHW",
    opset: int = 13,
    elem_type: int = TensorProto.FLOAT,
    output: str = "features",
    flatten: str = "Flatten",
    pooling: str = "GlobalAveragePool",
    seed: int = 0,
    metadata: dict[str, str] | None = None,
) -> onnx.ModelProto:
    """Return convolution, ReLU, pooling; then ``features``, and ``logits`` made from them."""
    rng = np.random.default_rng(seed)
    dtype = helper.tensor_dtype_to_np_dtype(elem_type) if elem_type != TensorProto.UINT8 else np.float32
    weights = {
        "kernel": rng.normal(size=(N_FEATURES, 3, 3, 3)).astype(dtype),
        "bias": rng.normal(size=N_FEATURES).astype(dtype),
        "classifier": rng.normal(size=(N_FEATURES, 4)).astype(dtype),
        "shape": np.array([batch if isinstance(batch, int) else 0, -1], np.int64),
        "axes": np.array([2, 3], np.int64),
    }
    nodes, image = [], "image"
    if elem_type == TensorProto.UINT8:
        nodes.append(helper.make_node("Cast", [image], ["floats"], to=TensorProto.FLOAT))
        image = "floats"
    if layout == "NHWC":
        nodes.append(helper.make_node("Transpose", [image], ["planes"], perm=[0, 3, 1, 2]))
        image = "planes"
    nodes += [
        helper.make_node("Conv", [image, "kernel", "bias"], ["conv"], strides=[2, 2], pads=[1, 1, 1, 1]),
        helper.make_node("Relu", ["conv"], ["map"]),
    ]
    match pooling:
        case "GlobalAveragePool":
            nodes.append(helper.make_node("GlobalAveragePool", ["map"], ["pooled"]))
        case "ReduceMean":
            nodes.append(helper.make_node("ReduceMean", ["map"], ["pooled"], axes=[2, 3], keepdims=1))
        case "ReduceMax":
            nodes.append(helper.make_node("ReduceMax", ["map"], ["pooled"], axes=[2, 3], keepdims=1))
        case "none":
            nodes.append(helper.make_node("Identity", ["map"], ["pooled"]))
    match flatten:
        case "Flatten":
            nodes.append(helper.make_node("Flatten", ["pooled"], [output]))
        case "Squeeze":
            nodes.append(helper.make_node("Squeeze", ["pooled", "axes"], [output]))
        case "Reshape":
            nodes.append(helper.make_node("Reshape", ["pooled", "shape"], [output]))
        case "none":
            nodes.append(helper.make_node("Identity", ["pooled"], [output]))
    nodes.append(helper.make_node("MatMul", [output, "classifier"], ["logits"]))
    sides = [3, size, size] if layout == "NCHW" else [size, size, 3]
    float_type = TensorProto.FLOAT if elem_type == TensorProto.UINT8 else elem_type
    graph = helper.make_graph(
        nodes if flatten != "none" else nodes[:-1],
        "tiny",
        [helper.make_tensor_value_info("image", elem_type, [batch, *sides])],
        [
            helper.make_tensor_value_info(
                output, float_type, ["N", N_FEATURES] if flatten != "none" else ["N", N_FEATURES, "h", "w"]
            )
        ]
        + ([helper.make_tensor_value_info("logits", float_type, ["N", 4])] if flatten != "none" else []),
        [numpy_helper.from_array(value, name) for name, value in weights.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=8)
    helper.set_model_props(model, metadata or {})
    return model


def saved(model: onnx.ModelProto, folder: Path, name: str = "tiny.onnx") -> Path:
    """Return the file ``model`` was written to."""
    path = folder / name
    path.write_bytes(model.SerializeToString())
    return path


def a_backbone(folder: Path, name: str = "tiny.onnx", **changes: Any) -> Backbone:
    """Return a tiny network as a backbone."""
    return load_backbone(saved(a_network(**changes), folder, name))


def noise(n: int, size_px: int = 16, seed: int = 1) -> NDArray[np.uint8]:
    """Return uint8 [n, size_px, size_px, 3]."""
    return np.random.default_rng(seed).integers(0, 256, (n, size_px, size_px, 3), dtype=np.uint8)


class LinearHead:
    """Stands in for a fitted pipeline: features · weights."""

    def __init__(self, n_features: int, n_labels: int) -> None:
        self.weights = np.random.default_rng(5).normal(size=(n_features, n_labels)).astype(np.float32)

    def logits(self, features: NDArray[np.float32]) -> NDArray[np.float32]:
        return features @ self.weights

    def add_to(self, graph: GraphBuilder, features: str) -> str:
        return graph.add("MatMul", features, graph.constant(self.weights))


class DistanceFromZero:
    """Stands in for a fitted familiarity: the sum of the absolute features."""

    def distances(self, features: NDArray[np.float32]) -> NDArray[np.float32]:
        return np.abs(features).sum(axis=1)

    def add_to(self, graph: GraphBuilder, features: str) -> str:
        return graph.add("ReduceSum", graph.add("Abs", features), graph.shape(1), keepdims=0)

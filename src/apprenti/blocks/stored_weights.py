"""How a finished ONNX model keeps its weights: as floats, as integers with a scale, or at half the width.

A network keeps its weights as 8-bit integers behind ``DequantizeLinear``. ONNX Runtime, opened without further options,
works those nodes out in every run: the public MobileNetV2 takes 17.7 ms a photo instead of 8.3. The same said with
``Cast`` and ``Mul`` is folded once, when the file is loaded, and gives the same bits.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from apprenti.blocks.onnx_reading import used_by

LEAST_HALVED = 4096
"""Constants of fewer numbers are not worth a node."""
HALF_PRECISION = 2.0**-10
"""What halving may change a number by, as a share of the largest beside it."""


def unfold_weights(model: onnx.ModelProto) -> None:
    """Turn integer weights of ``model`` into floats for good."""
    kept, floats = [], []
    for node, weight in _nodes_with_weights(model):
        if weight is None:
            kept.append(node)
        else:
            floats.append(numpy_helper.from_array(weight.as_floats(), weight.name))
    _replace_nodes(model, kept, floats)


def make_weights_foldable(model: onnx.ModelProto) -> None:
    """Say integer weights of ``model`` with nodes that every runtime works out once, when it loads the file."""
    kept, parts = [], []
    for node, weight in _nodes_with_weights(model):
        if weight is None:
            kept.append(node)
        else:
            nodes, constants = weight.as_product()
            kept += nodes
            parts += constants
    _replace_nodes(model, kept, parts)


def halve_constants(model: onnx.ModelProto, *, spared: Sequence[str] = ()) -> None:
    """Keep the large float32 constants of ``model`` as float16, turned back when the file is loaded.

    A constant whose numbers float16 has no room for (too large, or all very small) stays as it is.

    Args:
        model: changed in place.
        spared: constants whose names begin so stay as they are.
    """
    casts, halves = [], []
    for tensor in model.graph.initializer:
        if tensor.data_type != TensorProto.FLOAT or tensor.name.startswith(tuple(spared)):
            continue
        half = _halved(numpy_helper.to_array(tensor))
        if half is not None:
            name = f"{tensor.name}_half"
            halves.append(numpy_helper.from_array(half, name))
            casts.append(helper.make_node("Cast", [name], [tensor.name], name=name, to=TensorProto.FLOAT))
    _replace_nodes(model, [*casts, *model.graph.node], halves)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _IntegerWeight:
    """A constant kept as integers.

    Args:
        name: of the floats.
        integers: name of the integers.
        values: the integers, of any shape.
        scale: floats that multiply them, of a shape that can be broadcast.
        zero: integers taken off first, shaped as ``scale``.
    """

    name: str
    integers: str
    values: NDArray[np.integer]
    scale: NDArray[np.floating]
    zero: NDArray[np.integer]

    def as_floats(self) -> NDArray[np.floating]:
        dtype = self.scale.dtype
        floats: NDArray[np.floating] = (self.values.astype(dtype) - self.zero.astype(dtype)) * self.scale
        return floats

    def as_product(self) -> tuple[list[onnx.NodeProto], list[onnx.TensorProto]]:
        elem_type = helper.np_dtype_to_tensor_dtype(self.scale.dtype)
        floats, scale, zero = (f"{self.name}_{part}" for part in ("floats", "scale", "zero"))
        constants = [numpy_helper.from_array(self.scale, scale)]
        nodes = [helper.make_node("Cast", [self.integers], [floats], name=floats, to=elem_type)]
        if self.zero.any():
            constants.append(numpy_helper.from_array(self.zero.astype(self.scale.dtype), zero))
            nodes.append(helper.make_node("Sub", [floats, zero], [f"{zero}ed"], name=f"{zero}ed"))
            floats = f"{zero}ed"
        nodes.append(helper.make_node("Mul", [floats, scale], [self.name], name=self.name))
        return nodes, constants


def _nodes_with_weights(model: onnx.ModelProto) -> Iterator[tuple[onnx.NodeProto, _IntegerWeight | None]]:
    """Yield every node; with it what it gives, where that is a constant kept as integers."""
    constants = {tensor.name: tensor for tensor in model.graph.initializer}
    for node in list(model.graph.node):
        yield node, _weight_of(node, constants)


def _weight_of(node: onnx.NodeProto, constants: dict[str, onnx.TensorProto]) -> _IntegerWeight | None:
    options = {attribute.name: attribute.i for attribute in node.attribute}
    inputs = [name for name in node.input if name]
    if (
        node.op_type != "DequantizeLinear"
        or not constants.keys() >= set(inputs)
        or options.get("block_size")
        or options.get("output_dtype")
    ):
        return None
    values, scale = (numpy_helper.to_array(constants[name]) for name in inputs[:2])
    zero = numpy_helper.to_array(constants[inputs[2]]) if inputs[2:] else np.zeros(scale.shape, values.dtype)
    shape = [1] * values.ndim
    if scale.ndim == 1 and values.ndim:
        shape[options.get("axis", 1)] = -1
    return _IntegerWeight(
        name=node.output[0],
        integers=inputs[0],
        values=values,
        scale=scale.reshape(shape),
        zero=zero.reshape(shape),
    )


def _halved(values: NDArray[np.float32]) -> NDArray[np.float16] | None:
    if values.size < LEAST_HALVED:
        return None
    with np.errstate(over="ignore"):
        half = values.astype(np.float16)
    worst = np.abs(half.astype(np.float32) - values).max()
    return half if worst <= HALF_PRECISION * np.abs(values).max() else None


def _replace_nodes(
    model: onnx.ModelProto, nodes: Sequence[onnx.NodeProto], constants: Sequence[onnx.TensorProto]
) -> None:
    """Give ``model`` these nodes; constants nobody reads any more go, and new ones take the place of old ones."""
    read = {name for node in nodes for name in used_by(node)} | {value.name for value in model.graph.output}
    made = {name for node in nodes for name in node.output} | {tensor.name for tensor in constants}
    there = [tensor for tensor in model.graph.initializer if tensor.name in read - made]
    nodes, constants = list(nodes), [*there, *constants]
    del model.graph.node[:], model.graph.initializer[:]
    model.graph.node.extend(nodes)
    model.graph.initializer.extend(constants)

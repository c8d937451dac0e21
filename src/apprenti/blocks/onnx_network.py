"""The part of an ONNX model that turns one image into features, and how that image has to be laid out."""

from __future__ import annotations

from dataclasses import dataclass

import onnx
from onnx import TensorProto, numpy_helper

from apprenti.blocks.graph import FLOAT, UINT8
from apprenti.blocks.onnx_features import find_features
from apprenti.blocks.onnx_reading import keep_only, standardised, true_inputs
from apprenti.blocks.scaling import Card, Layout
from apprenti.domain.errors import BackboneError

DEFAULT_SIZE_PX = 224
MIN_SIZE_PX, MAX_SIZE_PX = 8, 1024
_RESHAPING = ("Identity", "Flatten", "Squeeze", "Reshape", "Cast", "Dropout")
_POOLING = ("GlobalAveragePool", "ReduceMean", "AveragePool")


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """A model cut down to its features.

    Args:
        item: name of the file, for messages.
        model: opset 13 or later; any number of images at once; outputs ``tensors`` in that order.
        tensors: the output with the features, then the tensor it is pooled from, where there is one.
        input_name: its one input.
        elem_type: type of that input: float32, float16 or uint8, as ONNX numbers them.
        layout: order of the input's dimensions.
        size_px: side of the square it takes.
        has_tokens: the features are rows of vectors, [N, t, d], still to be pooled.
    """

    item: str
    model: onnx.ModelProto
    tensors: tuple[str, ...]
    input_name: str
    elem_type: int
    layout: Layout
    size_px: int
    has_tokens: bool = False


def read_network(model: onnx.ModelProto, card: Card, *, item: str) -> Network:
    """Return the part of ``model`` that makes the features ``card`` names, or those that are found.

    Raises:
        BackboneError: no such output, or none to be found; operators outside the standard; an input that is not
            one RGB square.
    """
    features = find_features(model, card.output, item=item)
    pooled = _pooled_tensor(model, features.name)
    tensors = (features.name,) if pooled is None else (features.name, pooled)
    model = standardised(keep_only(model, tensors), item=item)
    inputs = true_inputs(model)
    if len(inputs) != 1:
        raise BackboneError(
            "backbone_inputs", item=item, inputs=", ".join(value.name for value in inputs) or "-"
        )
    image = inputs[0].type.tensor_type
    if image.elem_type not in (FLOAT, TensorProto.FLOAT16, UINT8):
        kind = TensorProto.DataType.Name(image.elem_type).lower()
        raise BackboneError("backbone_input_type", item=item, kind=kind)
    layout, size_px = _layout_and_size(image.shape, card, item)
    _free_batch(model)
    return Network(
        item=item,
        model=model,
        tensors=tensors,
        input_name=inputs[0].name,
        elem_type=image.elem_type,
        layout=layout,
        size_px=size_px,
        has_tokens=features.is_tokens,
    )


def _layout_and_size(shape: onnx.TensorShapeProto, card: Card, item: str) -> tuple[Layout, int]:
    sizes = [dim.dim_value for dim in shape.dim]  # 0 where the file leaves it open
    layout = _layout(sizes, card.layout)
    if layout is not None:
        sides = set(sizes[2:] if layout == "NCHW" else sizes[1:3]) - {0} or {card.size_px or DEFAULT_SIZE_PX}
        side = sides.pop()
        if not sides and MIN_SIZE_PX <= side <= MAX_SIZE_PX:
            return layout, side
    written = ", ".join(dim.dim_param or str(dim.dim_value or "?") for dim in shape.dim)
    raise BackboneError("backbone_input_shape", item=item, shape=f"[{written}]")


def _layout(sizes: list[int], told: Layout | None) -> Layout | None:
    """Return which layout has three channels, ``None`` where neither can; what is told settles a doubt."""
    if len(sizes) != 4:
        return None
    possible: list[Layout] = []
    if sizes[1] in (0, 3):
        possible.append("NCHW")
    if sizes[3] in (0, 3):
        possible.append("NHWC")
    if told is not None:
        return told if told in possible else None
    certain = "NHWC" if sizes[3] == 3 and sizes[1] != 3 else "NCHW"
    return certain if certain in possible else None


def _pooled_tensor(model: onnx.ModelProto, output: str) -> str | None:
    """Return the tensor that a pooling turns into ``output``, where nothing but reshaping follows it."""
    made_by = {name: node for node in model.graph.node for name in node.output}
    node = made_by.get(output)
    while node is not None and node.op_type in _RESHAPING:
        node = made_by.get(node.input[0])
    return node.input[0] if node is not None and node.op_type in _POOLING else None


def _free_batch(model: onnx.ModelProto) -> None:
    """Let the number of images vary in a model exported for a fixed one: in its input and its reshapes.

    Whether that was enough is seen when the model is run.
    """
    batch = model.graph.input[0].type.tensor_type.shape.dim[0]
    fixed_at = batch.dim_value
    batch.dim_param = "N"
    if fixed_at == 0:
        return
    shapes = {node.input[1] for node in model.graph.node if node.op_type == "Reshape"}
    constants = [tensor for tensor in model.graph.initializer if tensor.name in shapes]
    constants += [
        node.attribute[0].t
        for node in model.graph.node
        if node.op_type == "Constant" and node.output[0] in shapes and node.attribute[0].name == "value"
    ]
    for tensor in constants:
        sizes = numpy_helper.to_array(tensor).copy()
        if sizes.size > 1 and sizes[0] == fixed_at:
            sizes[0] = 0  # in a Reshape: as in its input
            tensor.CopyFrom(numpy_helper.from_array(sizes, tensor.name))

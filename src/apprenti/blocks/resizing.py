"""Antialiased resizing inside an ONNX graph, so that one canvas can feed backbones of different sizes.

A separable resize of squares is two matrix products, ``W · image · Wᵀ``. The weights are the triangle filter
of Pillow's ``BILINEAR``, widened when shrinking so that every source pixel counts.

Source: Pillow, ``src/libImaging/Resample.c`` (``precompute_coeffs``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from apprenti.blocks.graph import GraphBuilder


def resize_weights(from_px: int, to_px: int) -> NDArray[np.float32]:
    """Return the matrix that resizes one axis: float32 [to_px, from_px], rows summing to 1.

    Example:
        >>> (7 * resize_weights(4, 2)).round().tolist()
        [[3.0, 3.0, 1.0, 0.0], [0.0, 1.0, 3.0, 3.0]]
    """
    step = from_px / to_px
    support = max(step, 1.0)  # the filter widens when shrinking and keeps its width when growing
    centres = (np.arange(to_px) + 0.5) * step
    pixels = np.arange(from_px) + 0.5
    weights = np.maximum(1.0 - np.abs(pixels[None, :] - centres[:, None]) / support, 0.0)
    normalised: NDArray[np.float32] = (weights / weights.sum(axis=1, keepdims=True)).astype(np.float32)
    return normalised


def resize(pixels: NDArray[np.uint8], to_px: int) -> NDArray[np.uint8]:
    """Return square images resized, exactly as ``add_resize`` does in a graph.

    Args:
        pixels: uint8 [n, S, S, 3].
        to_px: new side, pixels.

    Returns:
        uint8 [n, to_px, to_px, 3].
    """
    weights = resize_weights(pixels.shape[1], to_px)
    planes = pixels.transpose(0, 3, 1, 2).astype(np.float32)  # [n, 3, S, S]
    resized = weights @ planes @ weights.T  # [n, 3, to_px, to_px]
    return np.clip(np.rint(resized), 0, 255).astype(np.uint8).transpose(0, 2, 3, 1)


def add_resize(graph: GraphBuilder, pixels: str, *, from_px: int, to_px: int) -> str:
    """Add the nodes that resize ``pixels``, uint8 [N, from_px, from_px, 3]; return the name of the result."""
    from onnx import TensorProto

    weights = resize_weights(from_px, to_px)
    planes = graph.add("Transpose", pixels, perm=[0, 3, 1, 2])
    planes = graph.add("Cast", planes, to=TensorProto.FLOAT)
    rows = graph.add("MatMul", planes, graph.constant(weights.T))  # [N, 3, from_px, to_px]
    both = graph.add("MatMul", graph.constant(weights), rows)  # [N, 3, to_px, to_px]
    whole = graph.add("Clip", graph.add("Round", both), graph.scalar(0.0), graph.scalar(255.0))
    return graph.add("Transpose", graph.add("Cast", whole, to=TensorProto.UINT8), perm=[0, 2, 3, 1])


def resized_input(graph: bytes, *, from_px: int, to_px: int) -> bytes:
    """Return ``graph`` with a resize put in front of its input ``pixels``.

    Args:
        graph: a serialized model with input ``pixels`` uint8 [N, to_px, to_px, 3].
        from_px: side of the squares the new model takes.
        to_px: side of the squares the given model takes.
    """
    import onnx

    from apprenti.blocks.graph import FLOAT, UINT8, GraphBuilder
    from apprenti.blocks.joining import default_opset, finished, include

    inner = onnx.load_model_from_string(graph)
    builder = GraphBuilder(opset=default_opset(inner))
    pixels = builder.input("pixels", UINT8, ["N", from_px, from_px, 3])
    resized = add_resize(builder, pixels, from_px=from_px, to_px=to_px)
    tensors = include(builder, inner, prefix="sized/", inputs={"pixels": resized})
    for value in inner.graph.output:
        shape = [dim.dim_value or dim.dim_param for dim in value.type.tensor_type.shape.dim]
        builder.output(tensors[value.name], value.name, FLOAT, shape)
    return finished(builder)

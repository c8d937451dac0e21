"""A finished model with the convolutions of its networks worked out in 8-bit integers.

Convolutions are nearly all of a network's work, and integers of 8 bits do it in half the time. The rest is spoilt or
not sped up by them, as measured, and stays in floats: hand-made features (histograms, roots and differences of large
numbers), additions and means between convolutions, and the head, whose weights are kept at half the width.

Source: B. Jacob et al., "Quantization and training of neural networks for efficient integer-arithmetic-only
inference", 2018; ``onnxruntime.quantization``, static, in the form of ``QuantizeLinear`` and ``DequantizeLinear``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import onnx
from numpy.typing import NDArray

from apprenti.blocks.session import import_silent
from apprenti.blocks.stored_weights import halve_constants, unfold_weights

CONVOLUTION = "Conv"
_ACTIVATIONS = ("Relu", "Clip")
"""They become part of the convolution before them: its range is cut where they cut it."""
_PREPARED = ("onnx.quant.pre_process", "onnxruntime.quant")
"""Says to ``onnxruntime.quantization`` that shapes are known and batch normalisation folded, else it complains."""


def has_convolutions(graph: bytes, networks: Sequence[str]) -> bool:
    """Return whether there is a convolution among the tensors whose names begin as one of ``networks`` says."""
    return bool(_to_quantise(onnx.load_model_from_string(graph), networks))


def quantised(
    graph: bytes,
    pictures: NDArray[np.uint8],
    *,
    networks: Sequence[str],
    others: Sequence[str] = (),
    folder: Path,
) -> bytes:
    """Return ``graph`` with the convolutions of its networks in 8 bits.

    Weights get one scale for each output channel; activations one scale and zero for each tensor, from the least and
    greatest value it takes on the pictures. The same arguments give the same bytes.

    Args:
        graph: a serialized model with the one input ``pixels``.
        pictures: uint8 [n,S,S,3], n ≥ 1, like those the model will see.
        networks: what the tensors of the networks are named after, for instance ``backbone0/``.
        others: what the tensors are named after whose constants keep their full width.
        folder: a private folder that exists, for files on the way.
    """
    model = onnx.load_model_from_string(graph)
    unfold_weights(model)
    _name_nodes(model)
    model = onnx.shape_inference.infer_shapes(model)
    model = _with_integer_convolutions(model, pictures, _to_quantise(model, networks), folder)
    halve_constants(model, spared=others)
    del model.graph.value_info[:], model.metadata_props[:]
    onnx.checker.check_model(model)
    return bytes(model.SerializeToString(deterministic=True))


def _with_integer_convolutions(
    model: onnx.ModelProto, pictures: NDArray[np.uint8], nodes: Sequence[str], folder: Path
) -> onnx.ModelProto:
    import_silent()
    from onnxruntime.quantization import CalibrationMethod, QuantFormat, QuantType, quantize_static

    onnx.helper.set_model_props(model, dict([_PREPARED]))
    out = folder / "quantised.onnx"
    quantize_static(
        model,
        out,
        _Pictures(pictures),
        quant_format=QuantFormat.QDQ,
        op_types_to_quantize=[CONVOLUTION, *_ACTIVATIONS],
        nodes_to_quantize=list(nodes),
        per_channel=True,
        activation_type=QuantType.QUInt8,
        weight_type=QuantType.QInt8,
        calibrate_method=CalibrationMethod.MinMax,
        calibration_providers=["CPUExecutionProvider"],
    )
    return onnx.load_model(out)


def _to_quantise(model: onnx.ModelProto, networks: Sequence[str]) -> list[str]:
    """Return the names of the convolutions of the networks and of what cuts their answers off."""
    convolved = {node.output[0] for node in model.graph.node if _is_convolution(node, networks)}
    cutting = [
        node for node in model.graph.node if node.op_type in _ACTIVATIONS and node.input[0] in convolved
    ]
    nodes = [*(node for node in model.graph.node if node.output[0] in convolved), *cutting]
    return [node.name for node in nodes]


def _is_convolution(node: onnx.NodeProto, networks: Sequence[str]) -> bool:
    return node.op_type == CONVOLUTION and node.output[0].startswith(tuple(networks))


def _name_nodes(model: onnx.ModelProto) -> None:
    """Give every node a name of its own, since nodes to quantise are asked for by name and may have none."""
    for place, node in enumerate(model.graph.node):
        node.name = f"{node.op_type}_{place}"


class _Pictures:
    """Hands out pictures one by one, as ``onnxruntime.quantization`` asks for them."""

    def __init__(self, pictures: NDArray[np.uint8]) -> None:
        self._left: Iterator[NDArray[np.uint8]] = iter(pictures)

    def get_next(self) -> dict[str, NDArray[np.uint8]] | None:
        """Return the next batch by the name of its input; nothing after the last."""
        picture = next(self._left, None)
        return None if picture is None else {"pixels": picture[None]}

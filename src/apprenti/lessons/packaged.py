"""The network that comes with the package, looking at kept photos: its feature vectors, and its maps on the way."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from apprenti.blocks.embedded import N_FEATURES, load_embedded
from apprenti.blocks.session import open_session

if TYPE_CHECKING:
    from onnx import ModelProto
    from onnxruntime import InferenceSession

SMALLEST_PX = 32
BATCH = 16


def packaged_features(pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return what the network sees in squares of pixels.

    Args:
        pixels: uint8 [n, S, S, 3], RGB, S a multiple of 32.

    Returns:
        float32 [n, 1696].
    """
    return _features(pixels.tobytes(), pixels.shape)


@lru_cache(maxsize=4)
def _features(data: bytes, shape: tuple[int, ...]) -> NDArray[np.float32]:
    """Return features of pixels that can be told from others: the same photos are asked for again and again."""
    pixels = np.frombuffer(data, np.uint8).reshape(shape)
    session, _ = _session()
    parts = [
        session.run(["features"], {"pixels": pixels[start : start + BATCH]})[0]
        for start in range(0, len(pixels), BATCH)
    ]
    found = np.concatenate(parts) if parts else np.zeros((0, N_FEATURES), np.float32)
    found.setflags(write=False)
    return found


def packaged_maps(pixels: NDArray[np.uint8]) -> list[NDArray[np.float32]]:
    """Return the last map of each size on the way through the network, the finest first.

    Args:
        pixels: uint8 [S, S, 3], one photo.

    Returns:
        Five of float32 [channels, side, side], none below 0.
    """
    session, names = _session()
    by_side: dict[int, NDArray[np.float32]] = {}
    for found in session.run(names, {"pixels": pixels[None]}):
        by_side[found.shape[2]] = found[0]
    return [by_side[side] for side in sorted(by_side, reverse=True)]


@cache
def first_kernels() -> NDArray[np.float32]:
    """Return the weights of the first convolution, float32 [32, 3, 3, 3]: kernel, colour, row, column."""
    from onnx import numpy_helper

    model = _model()
    known = {part.name: part for part in model.graph.initializer}
    first = next(node for node in model.graph.node if node.op_type == "DequantizeLinear")
    integers, scales = (numpy_helper.to_array(known[name]) for name in first.input[:2])
    return np.asarray(integers * scales.reshape(-1, 1, 1, 1), np.float32)


@cache
def _session() -> tuple[InferenceSession, list[str]]:
    """Return the network with its maps as outputs, and their names in the order photos pass through."""
    from onnx import helper

    model = _model()
    names = [node.output[0] for node in model.graph.node if node.op_type == "Relu"]
    model.graph.output.extend(helper.make_empty_tensor_value_info(name) for name in names)
    return open_session(model.SerializeToString()), names


def _model() -> ModelProto:
    import onnx

    return onnx.load_model_from_string(load_embedded(SMALLEST_PX).graph)

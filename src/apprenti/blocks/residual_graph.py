"""The embedded backbone's network as plain arrays and as ONNX nodes; ``residual_network`` is the same in PyTorch.

Batch normalisation is folded into the convolutions before it gets here. Weights are kept as 8-bit integers with one
scale per output channel and turned back inside the graph, which costs a quarter of the bytes and no measurable
accuracy; activations stay float32.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from apprenti.blocks.graph import GraphBuilder

MEAN = (123.7, 116.3, 103.5)
SCALE = (58.4, 57.1, 57.4)
"""Subtracted from pixels of 0..255 and divided by: mean and spread of ImageNet's photos, per channel."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Convolution:
    """A convolution with its normalisation folded in.

    Args:
        weight: float32 [n_out, n_in, k, k].
        bias: float32 [n_out].
        stride: pixels from one answer to the next.
        activate: whether negative answers become 0.
    """

    weight: NDArray[np.float32]
    bias: NDArray[np.float32]
    stride: int = 1
    activate: bool = True

    def add_to(self, graph: GraphBuilder, x: str) -> str:
        """Add its nodes, fed from ``x`` [N, n_in, h, w]; return [N, n_out, h / stride, w / stride]."""
        integers, scales = quantised(self.weight)
        weight = graph.add(
            "DequantizeLinear",
            graph.constant(integers),
            graph.constant(scales),
            graph.constant(np.zeros(len(scales), np.int8)),
            axis=0,
        )
        side = self.weight.shape[2]
        x = graph.add(
            "Conv",
            x,
            weight,
            graph.constant(self.bias),
            kernel_shape=[side, side],
            strides=[self.stride] * 2,
            pads=[side // 2] * 4,
        )
        return graph.add("Relu", x) if self.activate else x


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Block:
    """Two convolutions beside a shortcut.

    Args:
        convolve: the two.
        shortcut: a 1 x 1 convolution where the number of channels changes.
        stride: 2 where the block halves the map; the shortcut then averages squares of 2 x 2.
    """

    convolve: tuple[Convolution, Convolution]
    shortcut: Convolution | None
    stride: int

    def add_to(self, graph: GraphBuilder, x: str) -> str:
        """Add its nodes, fed from ``x``; return the name of its map."""
        beside = x
        if self.stride > 1:
            size = [self.stride] * 2
            beside = graph.add("AveragePool", beside, kernel_shape=size, strides=size, ceil_mode=1)
        if self.shortcut is not None:
            beside = self.shortcut.add_to(graph, beside)
        for convolution in self.convolve:
            x = convolution.add_to(graph, x)
        return graph.add("Relu", graph.add("Add", x, beside))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Network:
    """All of a residual network's numbers, in the order photos pass through them."""

    stem: tuple[Convolution, ...]
    blocks: tuple[Block, ...]
    head: Convolution

    @property
    def shown(self) -> tuple[int, ...]:
        """Places of the blocks whose maps are part of the features: the last of every stage but the first."""
        ends = [
            *(i - 1 for i, block in enumerate(self.blocks) if i and block.stride > 1),
            len(self.blocks) - 1,
        ]
        return tuple(ends[1:])

    @property
    def n_features(self) -> int:
        """Length of one feature vector: the means of the last map, then those of the stages, last one first."""
        return len(self.head.bias) + sum(len(self.blocks[i].convolve[1].bias) for i in self.shown)

    def add_to(self, graph: GraphBuilder, pixels: str) -> tuple[str, str]:
        """Add the nodes; return features [N, d] and the last map [N, c, h / 32, w / 32].

        Args:
            graph: of opset 13 or later.
            pixels: uint8 [N, h, w, 3], RGB.
        """
        x = graph.add("Cast", graph.add("Transpose", pixels, perm=[0, 3, 1, 2]), to=_FLOAT)
        x = graph.add("Sub", x, graph.constant(np.asarray(MEAN, np.float32).reshape(1, 3, 1, 1)))
        x = graph.add("Div", x, graph.constant(np.asarray(SCALE, np.float32).reshape(1, 3, 1, 1)))
        for convolution in self.stem:
            x = convolution.add_to(graph, x)
        maps = []
        for block in self.blocks:
            x = block.add_to(graph, x)
            maps.append(x)
        feature_map = self.head.add_to(graph, x)
        shown = [feature_map, *(maps[i] for i in reversed(self.shown))]
        means = [graph.add("GlobalAveragePool", each) for each in shown]
        return graph.add("Flatten", graph.add("Concat", *means, axis=1), axis=1), feature_map


_FLOAT = 1
"""``onnx.TensorProto.FLOAT``, without the import."""


def network_graph(network: Network) -> bytes:
    """Return the network as a serialized model for squares of any size.

    Returns:
        Input ``pixels`` uint8 [N, h, w, 3]; outputs ``features`` float32 [N, d] and ``feature_map``
        float32 [N, c, h / 32, w / 32], c of the d features being its means. The same weights give the same bytes.
    """
    from apprenti.blocks.graph import FLOAT, UINT8, GraphBuilder
    from apprenti.blocks.joining import finished

    graph = GraphBuilder()
    pixels = graph.input("pixels", UINT8, ["N", "height", "width", 3])
    features, feature_map = network.add_to(graph, pixels)
    graph.output(features, "features", FLOAT, ["N", network.n_features])
    graph.output(feature_map, "feature_map", FLOAT, ["N", len(network.head.bias), "rows", "columns"])
    return finished(graph)


def quantised(weight: NDArray[np.float32]) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """Return weights as integers of −127..127 and the scale of each output channel.

    Args:
        weight: float32 [n_out, ...].

    Returns:
        int8 like ``weight``, and float32 [n_out]; integer times scale is within half a scale of the weight.
    """
    flat = np.abs(weight.reshape(len(weight), -1)).max(axis=1)
    scales = np.maximum(flat / 127, np.finfo(np.float32).tiny).astype(np.float32)
    shaped = scales.reshape(-1, *[1] * (weight.ndim - 1))
    return np.rint(weight / shaped).astype(np.int8), scales


def rounded(network: Network) -> Network:
    """Return the network with the weights its graph will have: through 8 bits and back."""
    from dataclasses import replace

    def through(convolution: Convolution) -> Convolution:
        integers, scales = quantised(convolution.weight)
        shaped = scales.reshape(-1, 1, 1, 1)
        return replace(convolution, weight=(integers * shaped).astype(np.float32))

    return Network(
        stem=tuple(map(through, network.stem)),
        blocks=tuple(
            replace(
                block,
                convolve=(through(block.convolve[0]), through(block.convolve[1])),
                shortcut=block.shortcut and through(block.shortcut),
            )
            for block in network.blocks
        ),
        head=through(network.head),
    )

"""Two histograms over the whole picture: which colours there are, and which little patterns of light and dark."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from apprenti.blocks.classic_planes import add_grey, add_part, add_shrunk

if TYPE_CHECKING:
    from apprenti.blocks.graph import GraphBuilder

N_LEVELS = 4
"""Levels of red, of green and of blue; every combination is one bin."""

LEAST_STEP = 0.01
"""How much lighter a neighbour is to count as lighter, in grey levels 0..1: below it is noise."""

RING = ((0, 0), (0, 1), (0, 2), (1, 2), (2, 2), (2, 1), (2, 0), (1, 0))
"""Row and column of the eight neighbours of the pixel at (1, 1), once around."""


def add_colour_histogram(graph: GraphBuilder, planes: str, size_px: int) -> str:
    """Add the nodes and return [N, 64]: square roots of the shares of 4 x 4 x 4 colours.

    A colour between levels is shared between them in proportion, so that a slight change of light moves the
    histogram slightly. Square roots make the distance that of Hellinger.

    Args:
        graph: what to add to.
        planes: float32 [N, 3, S, S], 0..1.
        size_px: S, even.
    """
    side = size_px // 2  # colours need no detail, and this costs a quarter
    small = graph.add("Unsqueeze", add_shrunk(graph, planes, 2), graph.shape(2))  # [N, 3, 1, s, s]
    levels = np.arange(N_LEVELS, dtype=np.float32).reshape(1, 1, -1, 1, 1)
    apart = graph.add("Sub", graph.add("Mul", small, graph.scalar(N_LEVELS - 1.0)), graph.constant(levels))
    shares = graph.add("Relu", graph.add("Sub", graph.scalar(1.0), graph.add("Abs", apart)))
    red, green, blue = (add_part(graph, shares, 1, channel, channel + 1) for channel in range(3))
    n = side * side
    red = graph.add("Reshape", red, graph.shape(-1, N_LEVELS, 1, n))
    green = graph.add("Reshape", green, graph.shape(-1, 1, N_LEVELS, n))
    both = graph.add("Reshape", graph.add("Mul", red, green), graph.shape(-1, N_LEVELS**2, n))
    blue = graph.add("Transpose", graph.add("Reshape", blue, graph.shape(-1, N_LEVELS, n)), perm=[0, 2, 1])
    sums = graph.add("Flatten", graph.add("MatMul", both, blue), axis=1)  # [N, 64]
    return graph.add("Sqrt", graph.add("Mul", sums, graph.scalar(1 / n)))


def add_pattern_histogram(graph: GraphBuilder, planes: str, size_px: int) -> str:
    """Add the nodes and return [N, 59]: square roots of the shares of uniform local binary patterns.

    Source: T. Ojala, M. Pietikäinen, T. Mäenpää, "Multiresolution gray-scale and rotation invariant texture
    classification with local binary patterns", 2002.

    Args:
        graph: what to add to.
        planes: float32 [N, 3, S, S], 0..1.
        size_px: S, 3 or more.
    """
    inner = size_px - 2
    grey = add_grey(graph, planes)

    def shifted(row: int, column: int) -> str:
        return add_part(graph, add_part(graph, grey, 2, row, row + inner), 3, column, column + inner)

    threshold = graph.add("Add", shifted(1, 1), graph.scalar(LEAST_STEP))
    bits = []
    for place, (row, column) in enumerate(RING):
        lighter = graph.add("Cast", graph.add("Greater", shifted(row, column), threshold), to=1)
        bits.append(graph.add("Mul", lighter, graph.scalar(2.0**place)))
    codes = graph.add("Cast", graph.add("Sum", *bits), to=6)  # 6 = int32
    flat = graph.add("Reshape", codes, graph.shape(-1, inner * inner))
    rows = graph.add("Gather", graph.constant(uniform_patterns()), flat, axis=0)  # [N, n, 59]
    sums = graph.add("ReduceSum", rows, graph.shape(1), keepdims=0)
    return graph.add("Sqrt", graph.add("Mul", sums, graph.scalar(1 / inner**2)))


def uniform_patterns() -> NDArray[np.float32]:
    """Return for each of 256 patterns its bin, one-hot [256, 59].

    The 58 patterns that change at most twice once around have a bin each; all others share the last.
    """
    changes = [bin(code ^ (code >> 1 | (code & 1) << 7)).count("1") for code in range(256)]
    bins = np.full(256, 58)
    uniform = [code for code in range(256) if changes[code] <= 2]
    bins[uniform] = np.arange(len(uniform))
    one_hot: NDArray[np.float32] = np.eye(59, dtype=np.float32)[bins]
    return one_hot

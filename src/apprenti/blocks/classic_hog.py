"""Histograms of oriented gradients: what edges there are, where, whatever the light.

Each cell counts the directions of its gradients; each count is then measured against the four 2 x 2 blocks of
cells around it, and the four answers averaged, so that shape stays and contrast goes.

Source: N. Dalal, B. Triggs, "Histograms of oriented gradients for human detection", 2005; the average over
blocks: P. Felzenszwalb et al., "Object detection with discriminatively trained part-based models", 2010.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from apprenti.blocks.classic_planes import add_bordered, add_cell_means, add_grey, add_part, add_sum

if TYPE_CHECKING:
    from apprenti.blocks.graph import GraphBuilder

N_CELLS = 8
"""Cells along one side of the picture."""

N_DIRECTIONS = 9
"""Directions a half turn is divided into; an edge and its negative have the same."""

LARGEST = 0.4
"""A count stands out by at most this much from its block, so that one strong edge does not drown the rest."""

WEAKEST = 1e-4
"""Energy of a block, in squared grey levels (0..1), below which it counts as flat."""


def add_hog(graph: GraphBuilder, planes: str, size_px: int) -> str:
    """Add the nodes and return [N, 9 * 8 * 8]: directions, then rows, then columns of cells.

    Args:
        graph: what to add to.
        planes: float32 [N, 3, S, S], 0..1.
        size_px: S, a multiple of 8.
    """
    counts = add_cell_means(graph, _add_votes(graph, add_grey(graph, planes)), size_px // N_CELLS)
    energy = add_sum(graph, graph.add("Mul", counts, counts), 1)
    blocks = graph.add("AveragePool", add_bordered(graph, energy), kernel_shape=[2, 2], strides=[1, 1])
    lengths = graph.add("Sqrt", graph.add("Add", blocks, graph.scalar(WEAKEST)))  # [N, 1, 9, 9]
    views = []
    for row in (0, 1):
        for column in (0, 1):
            block = add_part(graph, lengths, 2, row, row + N_CELLS)
            block = add_part(graph, block, 3, column, column + N_CELLS)
            views.append(graph.add("Min", graph.add("Div", counts, block), graph.scalar(LARGEST)))
    mean = graph.add("Mul", graph.add("Sum", *views), graph.scalar(1 / len(views)))
    return graph.add("Flatten", mean, axis=1)


def _add_votes(graph: GraphBuilder, grey: str) -> str:
    """Return [N, 9, S, S]: each pixel's gradient length, shared between the two nearest directions."""
    central = np.zeros((2, 1, 3, 3), np.float32)
    central[0, 0, 1] = central[1, 0, :, 1] = (-0.5, 0.0, 0.5)
    gradient = graph.add("Conv", add_bordered(graph, grey), graph.constant(central))
    length = graph.add("Sqrt", add_sum(graph, graph.add("Mul", gradient, gradient), 1))
    across, down = add_part(graph, gradient, 1, 0, 1), add_part(graph, gradient, 1, 1, 2)
    # a gradient straight down has no quotient; a tiny divisor gives a quarter turn, which is right
    upright = graph.add("Equal", across, graph.scalar(0.0))
    angle = graph.add("Atan", graph.add("Div", down, graph.add("Where", upright, graph.scalar(1e-9), across)))
    steps = graph.add("Mul", angle, graph.scalar(N_DIRECTIONS / math.pi))
    directions = np.arange(N_DIRECTIONS, dtype=np.float32).reshape(1, -1, 1, 1)
    apart = graph.add("Sub", steps, graph.constant(directions))
    # −4.5 steps and 4.5 steps are the same direction: bring the difference to −4.5..4.5
    turns = graph.add("Mul", apart, graph.scalar(1 / N_DIRECTIONS))
    turns = graph.add("Floor", graph.add("Add", turns, graph.scalar(0.5)))
    apart = graph.add("Sub", apart, graph.add("Mul", turns, graph.scalar(float(N_DIRECTIONS))))
    share = graph.add("Relu", graph.add("Sub", graph.scalar(1.0), graph.add("Abs", apart)))
    return graph.add("Mul", share, length)

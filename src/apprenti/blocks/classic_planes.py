"""What every hand-made feature starts from: colour planes, their grey, and smaller copies of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from apprenti.blocks.graph import GraphBuilder

LUMINANCE = (0.299, 0.587, 0.114)
"""Weights of red, green and blue in grey (ITU-R BT.601)."""


def add_planes(graph: GraphBuilder, pixels: str) -> str:
    """Return planes in 0..1, float32 [N, 3, S, S], of ``pixels``, uint8 [N, S, S, 3]."""
    floats = graph.add("Cast", graph.add("Transpose", pixels, perm=[0, 3, 1, 2]), to=1)  # 1 = float32
    return graph.add("Mul", floats, graph.scalar(1 / 255))


def add_shrunk(graph: GraphBuilder, planes: str, factor: int) -> str:
    """Return ``planes`` with every ``factor`` x ``factor`` pixels averaged to one."""
    if factor == 1:
        return planes
    return add_cell_means(graph, planes, factor)


def add_cell_means(graph: GraphBuilder, planes: str, side: int) -> str:
    """Return the mean of every ``side`` x ``side`` cell of ``planes``; cells do not overlap."""
    return graph.add("AveragePool", planes, kernel_shape=[side, side], strides=[side, side])


def add_grey(graph: GraphBuilder, planes: str) -> str:
    """Return the luminance of ``planes``, [N, 1, S, S]."""
    weights = np.asarray(LUMINANCE, np.float32).reshape(1, 3, 1, 1)
    return graph.add("Conv", planes, graph.constant(weights))


def add_bordered(graph: GraphBuilder, planes: str) -> str:
    """Return ``planes`` with its outermost pixels repeated once around it, [N, c, S + 2, S + 2]."""
    return graph.add("Pad", planes, graph.shape(0, 0, 1, 1, 0, 0, 1, 1), mode="edge")


def add_sum(graph: GraphBuilder, tensor: str, *axes: int) -> str:
    """Return the sum of ``tensor`` over ``axes``, which stay with length 1."""
    return graph.add("ReduceSum", tensor, graph.shape(*axes), keepdims=1)


def add_part(graph: GraphBuilder, tensor: str, axis: int, start: int, stop: int) -> str:
    """Return ``tensor[start:stop]`` along ``axis``."""
    return graph.add("Slice", tensor, graph.shape(start), graph.shape(stop), graph.shape(axis))

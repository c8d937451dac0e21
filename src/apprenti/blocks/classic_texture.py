"""How colours and local filters vary together over a picture: its texture, wherever in the picture it is.

Every pixel has fifteen values: three opponent colours and, for each, the strengths of four small filters. Their
covariance over the picture is the descriptor, under a matrix square root, which takes the pull out of a few
strong values. The values are first whitened over the user's photos: the covariance of an average photo is then
the identity, and distances between descriptors are about those along the curved space of covariances.

Source: O. Tuzel, F. Porikli, P. Meer, "Region covariance", 2006; P. Li et al., "Towards faster training of global
covariance pooling networks by iterative matrix square root normalization", 2018 (the square root by matrix
products alone).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from apprenti.blocks.classic_planes import add_bordered, add_part, add_planes, add_shrunk, add_sum
from apprenti.blocks.session import BATCH_SIZE, open_session

if TYPE_CHECKING:
    from apprenti.blocks.graph import GraphBuilder

OPPONENT = ((1.0, 1.0, 1.0), (1.0, -1.0, 0.0), (0.5, 0.5, -1.0))
"""Light, red against green, yellow against blue: weights of red, green and blue."""

FILTERS = (
    ((0, 0, 0), (-1, 0, 1), (0, 0, 0)),  # change across
    ((0, -1, 0), (0, 0, 0), (0, 1, 0)),  # change down
    ((0, -1, 0), (-1, 4, -1), (0, -1, 0)),  # spots
    ((1, 0, -1), (0, 0, 0), (-1, 0, 1)),  # corners
)

N_VALUES = len(OPPONENT) * (1 + len(FILTERS))
N_FEATURES = N_VALUES * (N_VALUES + 1) // 2 + N_VALUES

N_PHOTOS = 200
"""Photos the whitening is learnt from: 135 numbers need no more."""

LEAST_STRENGTH = 1e-3
"""Added to a filter's strength before its root, so that noise in flat parts stays small."""

LEAST_VARIANCE = 1e-3
"""Share of the mean variance added to every axis: grey photos have no variance in colour at all."""

ROUNDING = 1e-6
"""Variance that may be float32 rounding alone, as in photos without any texture."""

RIDGE = 0.05
"""Added to the diagonal of a photo's covariance, 1 being the average photo's."""

N_STEPS = 9
"""Steps of the square root: an axis with 1/300 of the trace comes out 1 % short, weaker ones are damped."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Texture:
    """Covariance of whitened local values at one scale.

    Args:
        shrink: how many pixels a side are averaged to one first.
        whitening: [15, 15] float32.
        offset: [15] float32, added after ``whitening``.
    """

    shrink: int
    whitening: NDArray[np.float32]
    offset: NDArray[np.float32]

    def add_to(self, graph: GraphBuilder, planes: str, size_px: int) -> str:
        """Add the nodes and return [N, 135]: the root's upper triangle by rows, then the means.

        Args:
            graph: what to add to.
            planes: float32 [N, 3, S, S], 0..1.
            size_px: S, a multiple of ``shrink``.
        """
        n = (size_px // self.shrink) ** 2
        values = graph.add(
            "Conv",
            _add_values(graph, add_shrunk(graph, planes, self.shrink)),
            graph.constant(self.whitening[:, :, np.newaxis, np.newaxis]),
            graph.constant(self.offset),
        )
        values = graph.add("Reshape", values, graph.shape(-1, N_VALUES, n))
        means = graph.add("Mul", add_sum(graph, values, 2), graph.scalar(1 / n))
        centred = graph.add("Sub", values, means)
        products = graph.add("MatMul", centred, graph.add("Transpose", centred, perm=[0, 2, 1]))
        covariance = graph.add("Mul", products, graph.scalar(1 / n))
        covariance = graph.add("Add", covariance, graph.constant(RIDGE * np.eye(N_VALUES, dtype=np.float32)))
        triangle = _add_triangle(graph, _add_root(graph, covariance))
        return graph.add("Concat", triangle, graph.add("Flatten", means, axis=1), axis=1)


def learn_texture(pixels: NDArray[np.uint8], *, shrink: int) -> Texture:
    """Return the texture at one scale, whitened over ``pixels``.

    Args:
        pixels: uint8 [n, S, S, 3], RGB, n at least 1; ``N_PHOTOS`` of them, evenly spread, are looked at.
        shrink: how many pixels a side are averaged to one; divides S.
    """
    mean, covariance = _moments(pixels[:: -(-len(pixels) // N_PHOTOS)], shrink)
    variances, axes = np.linalg.eigh(covariance)
    variances = np.maximum(variances, 0)  # rounding may leave less
    floor = LEAST_VARIANCE * float(variances.mean()) + ROUNDING
    whitening = (axes / np.sqrt(variances + floor)) @ axes.T  # symmetric: the sign of an axis does not matter
    return Texture(
        shrink=shrink,
        whitening=whitening.astype(np.float32),
        offset=(-whitening @ mean).astype(np.float32),
    )


def _moments(pixels: NDArray[np.uint8], shrink: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return mean [15] and covariance [15, 15] of the values over all pixels, worked out by the graph itself."""
    from apprenti.blocks.graph import FLOAT, UINT8, GraphBuilder

    graph = GraphBuilder()
    planes = add_planes(graph, graph.input("pixels", UINT8, ["N", *pixels.shape[1:]]))
    values = _add_values(graph, add_shrunk(graph, planes, shrink))
    graph.output(values, "values", FLOAT, ["N", N_VALUES, "H", "W"])
    session = open_session(graph.model().SerializeToString())
    n, total, products = 0, np.zeros(N_VALUES), np.zeros((N_VALUES, N_VALUES))
    for start in range(0, len(pixels), BATCH_SIZE):
        (batch,) = session.run(None, {"pixels": pixels[start : start + BATCH_SIZE]})
        rows = batch.transpose(1, 0, 2, 3).reshape(N_VALUES, -1)
        n += rows.shape[1]
        total += rows.sum(axis=1, dtype=np.float64)
        products += rows @ rows.T
    mean = total / n
    return mean, products / n - np.outer(mean, mean)


def _add_values(graph: GraphBuilder, planes: str) -> str:
    """Return [N, 15, S, S]: opponent colours, then the root of the strength of each filter on each of them."""
    colours = np.asarray(OPPONENT, np.float32)
    colours /= np.linalg.norm(colours, axis=1, keepdims=True)
    here = ((0, 0, 0), (0, 1, 0), (0, 0, 0))
    kernels = np.stack([np.asarray(kernel, np.float32) for kernel in (here, *FILTERS)])
    weights = np.einsum("kyx,oc->kocyx", kernels, colours).reshape(N_VALUES, 3, 3, 3)
    answers = graph.add("Conv", add_bordered(graph, planes), graph.constant(weights))
    n_colours = len(OPPONENT)
    strength = graph.add("Abs", add_part(graph, answers, 1, n_colours, N_VALUES))
    root = graph.add("Sqrt", graph.add("Add", strength, graph.scalar(LEAST_STRENGTH)))
    return graph.add("Concat", add_part(graph, answers, 1, 0, n_colours), root, axis=1)


def _add_root(graph: GraphBuilder, matrices: str) -> str:
    """Return the square roots of ``matrices`` [N, 15, 15], positive definite, by Newton and Schulz's steps.

    With y → √A and z → 1/√A for A of trace 1: t = (3 − z y) / 2, y ← y t, z ← t z.
    """
    identity = np.eye(N_VALUES, dtype=np.float32)
    trace = add_sum(graph, graph.add("Mul", matrices, graph.constant(identity)), 1, 2)
    y, z = graph.add("Div", matrices, trace), ""
    three_halves, half = graph.constant(1.5 * identity), graph.scalar(0.5)
    for _ in range(N_STEPS):
        zy = graph.add("MatMul", z, y) if z else y  # z begins as the identity
        t = graph.add("Sub", three_halves, graph.add("Mul", zy, half))
        y, z = graph.add("MatMul", y, t), graph.add("MatMul", t, z) if z else t
    return graph.add("Mul", y, graph.add("Sqrt", trace))


def _add_triangle(graph: GraphBuilder, matrices: str) -> str:
    """Return the upper triangles [N, 120]; off the diagonal √2 times, so that lengths are those of matrices."""
    rows, columns = np.triu_indices(N_VALUES)
    weights = np.where(rows == columns, 1, np.sqrt(2)).astype(np.float32)
    flat = graph.add("Reshape", matrices, graph.shape(-1, N_VALUES**2))
    places = graph.constant((rows * N_VALUES + columns).astype(np.int64))
    return graph.add("Mul", graph.add("Gather", flat, places, axis=1), graph.constant(weights))

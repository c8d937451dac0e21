"""Small pieces of the user's own photos as a dictionary, and how strongly each part of a picture answers to them.

Every patch is taken off its mean, divided by its contrast and whitened; k-means on the sphere gives the
dictionary. Mean and whitening are linear, so that in the graph a patch's answer is one convolution with a
filter that has both folded in, divided by the local contrast.

Source: A. Coates, A. Ng, "The importance of encoding versus training with sparse coding and vector
quantization", 2011 (soft threshold, both signs); A. Coates, H. Lee, A. Ng, "An analysis of single-layer networks
in unsupervised feature learning", 2011.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from apprenti.blocks.classic_planes import add_shrunk

if TYPE_CHECKING:
    from apprenti.blocks.graph import GraphBuilder

SIDE_PX = 6
"""Side of a patch."""

N_VALUES = 3 * SIDE_PX**2

N_WORDS = 50
"""Entries of one dictionary; 100 or 200 gave the same scores on five data sets."""

N_PATCHES = 30_000
N_PHOTOS = 1000
N_ROUNDS = 12
"""Rounds of k-means."""

NOISE = 10 / 255**2
"""Variance of the values of a patch, 0..1 squared, below which it counts as flat."""

LEAST_VARIANCE = 0.1
"""Added to every axis of the whitening, beside a mean variance of 1: the weakest axes hold noise."""

THRESHOLD = 0.5
"""Answers below this are taken for none."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Patches:
    """A dictionary of patches at one scale, and the grid its answers are averaged over.

    Args:
        shrink: how many pixels a side are averaged to one before patches are taken.
        n_cells: cells of the grid along one side; they overlap by the remainder where it does not divide.
        filters: [50, 3, 6, 6] float32: dictionary times whitening, each filter summing to zero.
        offsets: [50] float32, taken off the filters' answers.
    """

    shrink: int
    n_cells: int
    filters: NDArray[np.float32]
    offsets: NDArray[np.float32]

    def add_to(self, graph: GraphBuilder, planes: str, size_px: int) -> str:
        """Add the nodes and return [N, 100 * cells²]: answers, their negatives; then rows and columns of cells.

        Args:
            graph: what to add to.
            planes: float32 [N, 3, S, S], 0..1.
            size_px: S, a multiple of ``shrink``.
        """
        small = add_shrunk(graph, planes, self.shrink)
        answers = graph.add("Conv", small, graph.constant(self.filters))
        answers = graph.add("Div", answers, _add_contrast(graph, small))
        answers = graph.add("Sub", answers, graph.constant(self.offsets.reshape(1, -1, 1, 1)))
        threshold = graph.scalar(-THRESHOLD)
        both = [
            graph.add("Relu", graph.add("Add", side, threshold))
            for side in (answers, graph.add("Neg", answers))
        ]
        n_places = size_px // self.shrink - SIDE_PX + 1
        stride = n_places // self.n_cells
        width = n_places - stride * (self.n_cells - 1)
        means = graph.add(
            "AveragePool",
            graph.add("Concat", *both, axis=1),
            kernel_shape=[width, width],
            strides=[stride, stride],
        )
        return graph.add("Sqrt", graph.add("Flatten", means, axis=1))


def learn_patches(pixels: NDArray[np.uint8], *, shrink: int, n_cells: int, seed: int) -> Patches:
    """Return the dictionary of patches of ``pixels`` at one scale.

    Args:
        pixels: uint8 [n, S, S, 3], RGB, n at least 1; ``N_PHOTOS`` of them at most are looked at.
        shrink: how many pixels a side are averaged to one; divides S, and leaves ``SIDE_PX`` or more.
        n_cells: cells of the grid along one side.
        seed: which patches are taken, and where k-means starts.
    """
    rng = np.random.default_rng(seed)
    patches = _sample(pixels, shrink, rng)
    patches -= patches.mean(axis=1, keepdims=True)
    patches /= np.sqrt(np.mean(np.square(patches), axis=1, keepdims=True) + NOISE)
    mean = patches.mean(axis=0, dtype=np.float64)
    patches -= mean.astype(np.float32)
    whitening = _whitening((patches.T @ patches).astype(np.float64) / len(patches))
    words = spherical_k_means(patches @ whitening.astype(np.float32), N_WORDS, rng=rng)
    filters = words @ whitening
    offsets = filters @ mean
    filters -= filters.mean(axis=1, keepdims=True)  # takes each patch off its mean, inside the filter
    return Patches(
        shrink=shrink,
        n_cells=n_cells,
        filters=filters.reshape(-1, 3, SIDE_PX, SIDE_PX).astype(np.float32),
        offsets=offsets.astype(np.float32),
    )


def spherical_k_means(
    rows: NDArray[np.float32], n_words: int, *, rng: np.random.Generator
) -> NDArray[np.float64]:
    """Return ``n_words`` unit vectors, each along the sum of the rows that point its way; long rows count more.

    Args:
        rows: [n, d]; there may be fewer than ``n_words``, and rows may be zero.
        n_words: how many vectors.
        rng: chooses where they start, and where one that nothing points at starts again.

    Returns:
        [n_words, d] float64; a vector is zero where only zero rows were left to start from.
    """
    from scipy.sparse import csr_array

    n = len(rows)
    words = _unit(rows[rng.choice(n, n_words, replace=n < n_words)])
    for _ in range(N_ROUNDS):
        answers = rows @ words.T  # [n, n_words]
        nearest = answers.argmax(axis=1)
        strengths = answers[np.arange(n), nearest]
        sums = csr_array((strengths, (nearest, np.arange(n))), shape=(n_words, n)) @ rows
        idle = ~sums.any(axis=1)
        sums[idle] = rows[rng.choice(n, int(idle.sum()))]
        words = _unit(np.asarray(sums, np.float32))
    return words.astype(np.float64)


def _sample(pixels: NDArray[np.uint8], shrink: int, rng: np.random.Generator) -> NDArray[np.float32]:
    """Return patches from random places of random photos, [n, 108] float32, 0..1; red values first."""
    photos = rng.permutation(len(pixels))[:N_PHOTOS]
    side = pixels.shape[1] // shrink
    small = np.stack(
        [pixels[i].reshape(side, shrink, side, shrink, 3).mean(axis=(1, 3), dtype=np.float32) for i in photos]
    )
    windows = np.lib.stride_tricks.sliding_window_view(small, (SIDE_PX, SIDE_PX), axis=(1, 2))
    n_places = side - SIDE_PX + 1
    chosen = windows[
        rng.integers(0, len(small), N_PATCHES),
        rng.integers(0, n_places, N_PATCHES),
        rng.integers(0, n_places, N_PATCHES),
    ]  # [N_PATCHES, 3, 6, 6]
    return np.asarray(chosen.reshape(N_PATCHES, N_VALUES) / np.float32(255), np.float32)


def _whitening(covariance: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the symmetric matrix that gives every axis of ``covariance`` about the variance 1."""
    variances, axes = np.linalg.eigh(covariance)
    whitening: NDArray[np.float64] = (axes / np.sqrt(np.maximum(variances, 0) + LEAST_VARIANCE)) @ axes.T
    return whitening


def _unit(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.maximum(lengths, 1e-12), np.float32)


def _add_contrast(graph: GraphBuilder, planes: str) -> str:
    """Return the standard deviation of the values of every patch of ``planes``, [N, 1, s − 5, s − 5]."""
    mean_of = graph.constant(np.full((1, 3, SIDE_PX, SIDE_PX), 1 / N_VALUES, np.float32))
    means = graph.add("Conv", planes, mean_of)
    squares = graph.add("Conv", graph.add("Mul", planes, planes), mean_of)
    variances = graph.add("Relu", graph.add("Sub", squares, graph.add("Mul", means, means)))
    return graph.add("Sqrt", graph.add("Add", variances, graph.scalar(NOISE)))

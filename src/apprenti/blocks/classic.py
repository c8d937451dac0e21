"""The hand-made feature extractor: no network weights, everything it knows comes from the user's own photos.

Colours, local patterns, texture at three scales, edges and a dictionary of patches at two scales, each of them
nodes of one graph: what training saw is what serving computes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from apprenti.blocks.backbone import Backbone
from apprenti.blocks.classic_histograms import add_colour_histogram, add_pattern_histogram
from apprenti.blocks.classic_hog import add_hog
from apprenti.blocks.classic_patches import learn_patches
from apprenti.blocks.classic_planes import add_planes
from apprenti.blocks.classic_texture import learn_texture
from apprenti.blocks.graph import FLOAT, UINT8, GraphBuilder
from apprenti.blocks.session import BATCH_SIZE, open_session
from apprenti.blocks.threads import one_thread
from apprenti.domain.backbone_name import CLASSIC

SIZE_STEP_PX = 16
LEAST_SIZE_PX = 32

N_PHOTOS = 300
"""Photos the features are brought to one scale with."""

N_AS_IF = 10
"""A feature's spread is estimated as if so many photos had shown the mean spread of its part before."""

AddPart = Callable[[GraphBuilder, str, int], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One kind of feature.

    Args:
        add_to: adds its nodes to a graph, given planes [N, 3, S, S] and S; returns [N, d].
        weight: its share in the distance between two photos, beside the other parts.
    """

    add_to: AddPart
    weight: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Scaling:
    """``(features - offset) * scale``, both [d] float32."""

    offset: NDArray[np.float32]
    scale: NDArray[np.float32]


def learn_classic(pixels: NDArray[np.uint8], *, seed: int) -> Backbone:
    """Learn whitenings, dictionaries and scales from photos, and return the extractor ``classic.v1``.

    Its features are centred, each part counts by its weight and not by its number of features, and their mean
    square is 1: distances can be taken as they are, with transform ``none.v1``.

    Args:
        pixels: uint8 [n, S, S, 3], RGB, n at least 1, S a multiple of 16 from 32 on; about 1,000 photos are
            enough, more are sampled.
        seed: of the patches looked at.

    Raises:
        ValueError: ``pixels`` has another shape.

    Example:
        >>> photos = np.random.default_rng(0).integers(0, 256, (4, 32, 32, 3), np.uint8)
        >>> learn_classic(photos, seed=0).n_features
        2404
    """
    size_px = _checked_size(pixels)
    with one_thread():
        parts = _learn_parts(pixels, seed)
        scaling = _learn_scaling(parts, pixels[:: -(-len(pixels) // N_PHOTOS)])
    return Backbone(
        name=CLASSIC,
        graph=_finished(parts, scaling, size_px),
        size_px=size_px,
        fit="squash",
        n_features=len(scaling.offset),
        has_feature_map=False,
        licence="Apache-2.0",
        source="apprenti",
    )


def _checked_size(pixels: NDArray[np.uint8]) -> int:
    """Return S; see ``learn_classic``."""
    n, *sides, n_channels = pixels.shape if pixels.ndim == 4 else (0, 0, 0)
    if n < 1 or sides[0] != sides[-1] or n_channels != 3 or pixels.dtype != np.uint8:
        raise ValueError(f"expected uint8 [n, S, S, 3] with n at least 1, got {pixels.dtype} {pixels.shape}")
    if sides[0] < LEAST_SIZE_PX or sides[0] % SIZE_STEP_PX:
        raise ValueError(
            f"expected a side of {LEAST_SIZE_PX} px or more in steps of {SIZE_STEP_PX}, got {sides[0]}"
        )
    return int(sides[0])


def _learn_parts(pixels: NDArray[np.uint8], seed: int) -> tuple[Part, ...]:
    """Return the parts in the order of their features; weights are those that measured best together."""
    textures = [learn_texture(pixels, shrink=shrink) for shrink in (1, 2, 4)]
    fine = learn_patches(pixels, shrink=1, n_cells=2, seed=seed)
    coarse = learn_patches(pixels, shrink=2, n_cells=3, seed=seed)
    return (
        Part(add_to=add_colour_histogram, weight=0.7),
        Part(add_to=add_pattern_histogram, weight=0.7),
        *(Part(add_to=texture.add_to, weight=1.2) for texture in textures),
        Part(add_to=fine.add_to, weight=1.3),
        Part(add_to=coarse.add_to, weight=1.3),
        Part(add_to=add_hog, weight=0.65),
    )


def _learn_scaling(parts: Sequence[Part], pixels: NDArray[np.uint8]) -> Scaling:
    """Return what centres every feature over ``pixels`` and gives each part its weight."""
    raw = _run_parts(parts, pixels)
    scales = [part.weight * _scale(values) for part, values in zip(parts, raw, strict=True)]
    d = sum(len(scale) for scale in scales)
    total = sum(part.weight**2 for part in parts)
    return Scaling(
        offset=np.concatenate([values.mean(axis=0) for values in raw]).astype(np.float32),
        scale=(np.concatenate(scales) * np.sqrt(d / total)).astype(np.float32),
    )


def _scale(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return factors [d] that even out the spread of ``values`` [n, d], and bring the sum of variances to 1."""
    variances = values.var(axis=0)
    usual = float(variances.mean()) or 1.0  # all alike: there is nothing to go by
    factors = 1 / np.sqrt((len(values) * variances + N_AS_IF * usual) / (len(values) + N_AS_IF))
    total = float(np.sum(variances * factors**2)) or float(len(factors))
    return np.asarray(factors / np.sqrt(total), np.float64)


def _run_parts(parts: Sequence[Part], pixels: NDArray[np.uint8]) -> list[NDArray[np.float64]]:
    """Return the raw features of each part, [n, d] float64."""
    size_px = pixels.shape[1]
    graph = GraphBuilder()
    for place, tensor in enumerate(_add_parts(graph, parts, size_px)):
        graph.output(tensor, f"part_{place}", FLOAT, ["N", "d"])
    session = open_session(graph.model().SerializeToString())
    starts = range(0, len(pixels), BATCH_SIZE)
    batches = [session.run(None, {"pixels": pixels[start : start + BATCH_SIZE]}) for start in starts]
    return [np.concatenate(part).astype(np.float64) for part in zip(*batches, strict=True)]


def _finished(parts: Sequence[Part], scaling: Scaling, size_px: int) -> bytes:
    """Return the whole extractor as a serialized graph."""
    graph = GraphBuilder()
    raw = graph.add("Concat", *_add_parts(graph, parts, size_px), axis=1)
    centred = graph.add("Sub", raw, graph.constant(scaling.offset))
    features = graph.add("Mul", centred, graph.constant(scaling.scale))
    graph.output(features, "features", FLOAT, ["N", len(scaling.offset)])
    model: bytes = graph.model().SerializeToString(deterministic=True)
    return model


def _add_parts(graph: GraphBuilder, parts: Sequence[Part], size_px: int) -> list[str]:
    """Declare the input ``pixels``, add the nodes of every part, and return their outputs."""
    planes = add_planes(graph, graph.input("pixels", UINT8, ["N", size_px, size_px, 3]))
    return [part.add_to(graph, planes, size_px) for part in parts]

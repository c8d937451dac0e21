"""What lesson 10 shows: the ladder, pixels against a frozen network, and networks to choose from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from apprenti.blocks.embedded import N_FEATURES
from apprenti.domain.lesson_context import LessonContext
from apprenti.domain.report import Attempt
from apprenti.lessons.n10_transfer.ladder import (
    DIGITS_N,
    DIGITS_RIGHT,
    Chosen,
    Floats,
    Rung,
    choose,
    dense_rungs,
    edge_rung,
    head_right,
    judged,
    looks,
)

SIZES = (2, 5, 10, 20, 40, 60)
ASKED = 20
N_DRAWS = 2
NETWORK_WEIGHTS = 3_992_112
"""Weights and biases of the packaged network; a test counts them."""
MOST_MB, MOST_GIGA = 25.0, 0.5
"""What the check allows."""
TRANSFORMERS = ("vit", "dino", "deit", "beit")


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A network that others have trained, as torchvision lists it.

    Args:
        name: of it.
        id: for choices.
        n_weights: numbers in it.
        size_mb: of its file.
        giga: multiply-adds for a photo of 224 px, in thousands of millions.
        right: share of ImageNet's validation photos that it gets right at its first answer.
    """

    name: str
    id: str
    n_weights: int
    size_mb: float
    giga: float
    right: float


# Source: https://pytorch.org/vision/stable/models.html, weights IMAGENET1K_V1
NETWORKS = (
    Known(name="VGG-16", id="vgg", n_weights=138_357_544, size_mb=527.8, giga=15.47, right=0.71592),
    Known(name="ResNet-50", id="resnet", n_weights=25_557_032, size_mb=97.8, giga=4.09, right=0.7613),
    Known(name="MobileNetV2", id="mobilenet", n_weights=3_504_872, size_mb=13.6, giga=0.30, right=0.71878),
    Known(name="EfficientNet-B0", id="efficientnet", n_weights=5_288_548, size_mb=20.5, giga=0.39, right=0.77692),
    Known(name="ViT-B/16", id="vit", n_weights=86_567_656, size_mb=330.3, giga=17.56, right=0.81072),
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """Both ways at one number of photos a class; means of several draws."""

    n_each: int
    pixels: float
    frozen: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """The figures of lesson 10.

    Args:
        classes: that take part.
        n_classes: of them.
        all_classes: whether that is all there are.
        n_each: photos of each that are learnt from.
        n_learnt: all of them.
        n_held: photos that are judged by.
        rungs: from the lowest up.
        digits: the rung on handwritten digits.
        dense: the rung of the network on pixels.
        frozen: the rung of the frozen network.
        rise: from that on pixels to the frozen one, in points.
        overlap: whether the intervals of these two have anything in common.
        rose: whether the frozen network is ahead.
        points: pixels and frozen network, by photos a class.
        asked: photos a class that the guess is about.
        at_asked: both ways there.
        winner: ``frozen``, ``pixels`` or ``same``.
        n_draws: draws behind each mean.
        n_features: numbers the frozen network gives.
        n_head: numbers the last layer learns.
        n_head_weights: of them, weights.
        n_network: numbers in the frozen network.
        networks: to choose from.
        most_mb: what the check allows of a file.
        most_giga: what it allows of arithmetic.
    """

    classes: tuple[str, ...]
    n_classes: int
    all_classes: bool
    n_each: int
    n_learnt: int
    n_held: int
    rungs: tuple[Rung, ...]
    digits: Rung
    dense: Rung
    frozen: Rung
    rise: float
    overlap: bool
    rose: bool
    points: tuple[Point, ...]
    asked: int
    at_asked: Point
    winner: str
    n_draws: int
    n_features: int
    n_head: int
    n_head_weights: int
    n_network: int
    networks: tuple[Known, ...]
    most_mb: float
    most_giga: float


def compute(context: LessonContext) -> Shown:
    """Return the figures, from photos that were for training or choosing."""
    chosen = choose(context)
    n_held = len(chosen.held)
    pixels, seen = looks(context, chosen)
    everything = np.arange(len(chosen.learnt))
    digits = judged("digits", DIGITS_RIGHT, DIGITS_N)
    frozen = judged("frozen", head_right(seen, chosen, everything), n_held)
    dense, *others = dense_rungs(context, chosen) if len(chosen.classes) > 1 else _none()
    edged = edge_rung(context, chosen) if len(chosen.classes) > 1 else judged("convolved", 0, 0)
    points = tuple(_point(n, pixels, seen, chosen) for n in SIZES if n <= max(chosen.n_each, SIZES[0]))
    at_asked = next((one for one in points if one.n_each == ASKED), points[-1])
    n_classes = len(chosen.classes)
    rise = (frozen.accuracy or 0.0) - (dense.accuracy or 0.0)
    return Shown(
        classes=tuple(context.labels[label] for label in chosen.classes),
        n_classes=n_classes,
        all_classes=n_classes == len(context.labels),
        n_each=chosen.n_each,
        n_learnt=len(chosen.learnt),
        n_held=n_held,
        rungs=(digits, dense, *others, edged, frozen, *_own_rungs(context)),
        digits=digits,
        dense=dense,
        frozen=frozen,
        rise=rise,
        overlap=_overlap(dense, frozen),
        rose=rise > 0,
        points=points,
        asked=ASKED,
        at_asked=at_asked,
        winner=_winner(at_asked, n_held),
        n_draws=N_DRAWS,
        n_features=N_FEATURES,
        n_head=(N_FEATURES + 1) * n_classes,
        n_head_weights=N_FEATURES * n_classes,
        n_network=NETWORK_WEIGHTS,
        networks=NETWORKS,
        most_mb=MOST_MB,
        most_giga=MOST_GIGA,
    )


def _none() -> list[Rung]:
    return [judged(name, 0, 0) for name in ("dense", "augmented", "searched")]


def _own_rungs(context: LessonContext) -> list[Rung]:
    """Return what the run's own trainings reached: fine-tuned, of transformers, and the one that was kept."""
    attempts = context.report.attempts
    tuned = [one for one in attempts if one.recipe.is_trained]
    transformers = [
        one for one in attempts if any(word in name for name in one.recipe.backbones for word in TRANSFORMERS)
    ]
    kept = [one for one in attempts if one.recipe.name == context.report.kept.name]
    return [_best("tuned", tuned), _best("vit", transformers), _best("kept", kept)]


def _best(name: str, attempts: list[Attempt]) -> Rung:
    best = max(
        (one for one in attempts if one.score is not None), key=lambda one: one.score or 0.0, default=None
    )
    if best is None:
        return judged(name, 0, 0)
    return Rung(name=name, n=best.n_validation, accuracy=best.score, interval=best.interval)


def _overlap(first: Rung, second: Rung) -> bool:
    if first.interval is None or second.interval is None:
        return True
    return first.interval.low <= second.interval.high and second.interval.low <= first.interval.high


def _point(n_each: int, pixels: Floats, seen: Floats, chosen: Chosen) -> Point:
    """Return both ways at ``n_each`` photos a class; the draws are the same for both."""
    n_classes = max(1, len(chosen.classes))
    right = {"pixels": [0], "frozen": [0]} if not chosen.held else {"pixels": [], "frozen": []}
    for draw in range(N_DRAWS if chosen.held else 0):
        turns = np.random.default_rng(draw).permutation(chosen.n_each)[:n_each]
        learnt = np.concatenate([turns * n_classes + place for place in range(n_classes)])
        right["pixels"].append(head_right(pixels, chosen, learnt))
        right["frozen"].append(head_right(seen, chosen, learnt))
    n = max(1, len(chosen.held))
    return Point(
        n_each=n_each, pixels=float(np.mean(right["pixels"])) / n, frozen=float(np.mean(right["frozen"])) / n
    )


def _winner(point: Point, n_held: int) -> str:
    if abs(point.frozen - point.pixels) < 1 / max(1, n_held):
        return "same"
    return "frozen" if point.frozen > point.pixels else "pixels"

"""The rungs: what each way of learning gets right on the same photos, which none of them has learnt from."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import product

import numpy as np
from numpy.typing import NDArray

from apprenti.blocks.metrics import wilson_interval
from apprenti.blocks.pipeline import fit_pipeline
from apprenti.domain.dataset import Split
from apprenti.domain.lesson_context import LessonContext
from apprenti.domain.recipe import Canvas, Interval, Recipe
from apprenti.lessons.n08_overfitting.training import Photos, Settings, train
from apprenti.lessons.n09_cnn.compute import SOBEL_X
from apprenti.lessons.packaged import packaged_features
from apprenti.lessons.pictures import grey, squares

Floats = NDArray[np.float32]
Numbers = NDArray[np.int64]

LOOK_PX, PIXELS_PX, EDGES_PX = 64, 8, 32
MOST_CLASSES, MOST_EACH, MOST_LEARNT, MOST_HELD = 4, 60, 120, 100
LEARNT_SHARE = 2 / 3
POOL = 6
HEAD = Recipe(
    backbones=("pixels",),
    canvas=Canvas(size_px=LOOK_PX),
    transform="l2.v1",
    head="ridge.v1",
    parameters={"alpha": 0.1},
)
DIGITS_RIGHT, DIGITS_N = 438, 450
"""Digits that the network of lesson 8 gets right, having learnt from the 1,347 others; a test does it again."""
SEARCHED = tuple(product((8, 32, 64), (0.0, 0.1)))
"""Widths and penalties that are tried."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rung:
    """One way of learning and what came of it.

    Args:
        name: of the way.
        n: photos judged by; 0 where it was not done here.
        accuracy: share right; ``None`` where it was not done here.
        interval: its 95 % interval.
    """

    name: str
    n: int
    accuracy: float | None
    interval: Interval | None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Chosen:
    """Photos of some classes: as many of each to learn from, in turns, and others to judge by.

    Args:
        classes: their numbers in the run.
        learnt: rows, class by class in turns.
        held: rows.
        n_each: photos of a class to learn from.
        labels: of learnt and held, counted through the classes chosen.
    """

    classes: tuple[int, ...]
    learnt: tuple[int, ...]
    held: tuple[int, ...]
    n_each: int
    labels: Numbers

    @property
    def learnt_labels(self) -> Numbers:
        """[n] of those learnt from."""
        return self.labels[: len(self.learnt)]

    @property
    def held_labels(self) -> Numbers:
        """[m] of those judged by."""
        return self.labels[len(self.learnt) :]


def choose(context: LessonContext) -> Chosen:
    """Return photos of the largest classes, from those that were for training or choosing."""
    photos = context.photos
    known = photos.rows(Split.TRAIN, Split.VALIDATION)
    known = np.random.default_rng(context.seed).permutation(known)
    by_class = {label: known[photos.labels[known] == label] for label in range(len(context.labels))}
    largest = sorted(by_class, key=lambda label: (-len(by_class[label]), label))[:MOST_CLASSES]
    classes = tuple(sorted(label for label in largest if len(by_class[label])))
    least = min((len(by_class[label]) for label in classes), default=0)
    n_classes = max(1, len(classes))
    n_each = min(MOST_EACH, MOST_LEARNT // n_classes, int(LEARNT_SHARE * least))
    n_held = min(least - n_each, MOST_HELD // n_classes)
    learnt = [int(by_class[label][turn]) for turn in range(n_each) for label in classes]
    held = [int(by_class[label][n_each + turn]) for turn in range(n_held) for label in classes]
    places = list(range(len(classes)))
    return Chosen(
        classes=classes,
        learnt=tuple(learnt),
        held=tuple(held),
        n_each=n_each,
        labels=np.array(places * (n_each + n_held), np.int64),
    )


def dense_rungs(context: LessonContext, chosen: Chosen) -> list[Rung]:
    """Return the rungs of lesson 8's network: on pixels, with mirror images, with settings searched for."""
    pixels = squares(context.photos, chosen.learnt + chosen.held, side_px=PIXELS_PX)
    photos = _photos(pixels.reshape(len(pixels), -1) / 255, chosen)
    plain = Settings(n=len(chosen.learnt))
    found = _searched(photos, plain)
    return [
        judged("dense", _held(photos, plain), len(chosen.held)),
        judged("augmented", _held(photos, replace(plain, flips=True)), len(chosen.held)),
        judged("searched", _held(photos, found), len(chosen.held)),
    ]


def edge_rung(context: LessonContext, chosen: Chosen) -> Rung:
    """Return the rung of convolutions: lesson 9's kernel in eight directions, ReLU, pooling, then the network."""
    pixels = squares(context.photos, chosen.learnt + chosen.held, side_px=EDGES_PX)
    return judged(
        "convolved", _held(_photos(edges(pixels), chosen), Settings(n=len(chosen.learnt))), len(chosen.held)
    )


def looks(context: LessonContext, chosen: Chosen) -> tuple[Floats, Floats]:
    """Return pixels [n, 768] and what the packaged network sees [n, 1696] of all chosen photos."""
    rows = chosen.learnt + chosen.held
    pixels = squares(context.photos, rows, side_px=16).reshape(len(rows), 768)
    return np.asarray(pixels / 255, np.float32), packaged_features(
        squares(context.photos, rows, side_px=LOOK_PX)
    )


def head_right(features: Floats, chosen: Chosen, learnt: Numbers) -> int:
    """Return how many held photos the same small head gets right, learnt from some of the photos."""
    n = len(chosen.learnt)
    if len(chosen.classes) < 2 or not len(learnt):
        return 0
    head = fit_pipeline(HEAD, features[learnt], chosen.labels[learnt], n_labels=len(chosen.classes), seed=0)
    return int((head.logits(features[n:]).argmax(axis=1) == chosen.held_labels).sum())


def judged(name: str, n_right: int, n: int) -> Rung:
    """Return a rung with its share and interval."""
    if not n:
        return Rung(name=name, n=0, accuracy=None, interval=None)
    return Rung(name=name, n=n, accuracy=n_right / n, interval=wilson_interval(n_right, n))


def edges(pixels: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Return how much of eight directions of edges there is in each part of a picture, and its colours, [n, 248]."""
    sobel = np.array(SOBEL_X, np.float64)
    slanted = np.array(((-2, -1, 0), (-1, 0, 1), (0, 1, 2)), np.float64)
    kernels = [np.rot90(kernel, turns) for kernel in (sobel, slanted) for turns in range(4)]
    light = grey(pixels) / 255
    windows = np.lib.stride_tricks.sliding_window_view(light, (3, 3), axis=(1, 2))
    maps = np.maximum(np.einsum("nyxij,kij->nkyx", windows, np.array(kernels)), 0)
    n, k, side, _ = maps.shape
    parts = side // POOL
    pooled = maps.reshape(n, k, parts, POOL, parts, POOL).mean(axis=(3, 5))
    colours = pixels.reshape(n, 4, EDGES_PX // 4, 4, EDGES_PX // 4, 3).mean(axis=(2, 4)) / 255
    return np.concatenate([pooled.reshape(n, -1), colours.reshape(n, -1)], axis=1)


def _photos(values: NDArray[np.float64], chosen: Chosen) -> Photos:
    n = len(chosen.learnt)
    middle = values[:n].mean(axis=0)
    spread = float((values[:n] - middle).std()) + 1e-6
    inputs = np.asarray((values - middle) / spread, np.float32)
    return Photos(
        pixels=inputs[:n],
        labels=chosen.learnt_labels,
        held_pixels=inputs[n:],
        held_labels=chosen.held_labels,
        n_labels=len(chosen.classes),
    )


def _held(photos: Photos, settings: Settings) -> int:
    if not len(photos.held_labels):
        return 0
    return round(train(photos, settings, seed=0).held_accuracy[-1] * len(photos.held_labels))


def _searched(photos: Photos, plain: Settings) -> Settings:
    """Return the best settings by a third of the photos learnt from: those judged by play no part."""
    n = 2 * len(photos.labels) // 3
    inner = replace(photos, held_pixels=photos.pixels[n:], held_labels=photos.labels[n:])
    tried = [replace(plain, n=n, width=width, penalty=penalty, flips=False) for width, penalty in SEARCHED]
    best = max(
        tried, key=lambda settings: (train(inner, settings, seed=0).held_accuracy[-1], -settings.width)
    )
    return replace(best, n=plain.n)

"""A network with one hidden layer, and what keeps it from learning by heart: small enough to train in a moment."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Numbers = NDArray[np.int64]

SIDE_PX = 8
"""Photos are squashed to so many pixels a side, in colour."""
N_INPUTS = SIDE_PX * SIDE_PX * 3
N_EPOCHS = 40
BATCH = 16
RATE, MOMENTUM = 0.02, 0.9


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What can be turned.

    Args:
        n: photos learnt from.
        width: neurons of the hidden layer.
        penalty: on the squares of the weights.
        dropout: share of the hidden neurons that is silent at a step.
        flips: whether half of the photos are shown mirrored.
    """

    n: int
    width: int = 32
    penalty: float = 0.0
    dropout: float = 0.0
    flips: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Curves:
    """What a training was like after each epoch.

    Args:
        loss: cross-entropy on the photos learnt from.
        accuracy: on them.
        held_loss: on photos it never learns from.
        held_accuracy: on them.
    """

    loss: tuple[float, ...]
    accuracy: tuple[float, ...]
    held_loss: tuple[float, ...]
    held_accuracy: tuple[float, ...]

    @property
    def gap(self) -> float:
        """Accuracy at the end on the photos learnt from, less that on the others."""
        return self.accuracy[-1] - self.held_accuracy[-1]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Photos:
    """Photos to learn from and to judge by.

    Args:
        pixels: [n, 192], scaled to mean 0 and spread 1 of those learnt from.
        labels: [n] that are learnt.
        held_pixels: [m, 192].
        held_labels: [m].
        n_labels: classes.
    """

    pixels: Floats
    labels: Numbers
    held_pixels: Floats
    held_labels: Numbers
    n_labels: int


def train(photos: Photos, settings: Settings, *, seed: int, n_epochs: int = N_EPOCHS) -> Curves:
    """Return what training the network on the first ``settings.n`` photos is like, by SGD with momentum."""
    rng = np.random.default_rng(seed)
    x, y = photos.pixels[: settings.n], photos.labels[: settings.n]
    weights = _begun(x.shape[1], settings.width, photos.n_labels, rng)
    moved = [np.zeros_like(part) for part in weights]
    wanted = np.eye(photos.n_labels, dtype=np.float32)[y]
    found = []
    for _ in range(n_epochs):
        order = rng.permutation(len(x))
        for start in range(0, len(x), BATCH):
            rows = order[start : start + BATCH]
            seen = _mirrored(x[rows], rng) if settings.flips else x[rows]
            slopes = _slopes(weights, seen, wanted[rows], settings, rng)
            for part, speed, slope in zip(weights, moved, slopes, strict=True):
                speed *= MOMENTUM
                speed -= RATE * slope
                part += speed
        found.append((*_judged(weights, x, y), *_judged(weights, photos.held_pixels, photos.held_labels)))
    columns = list(zip(*found, strict=True))
    return Curves(loss=columns[0], accuracy=columns[1], held_loss=columns[2], held_accuracy=columns[3])


def n_weights(width: int, n_labels: int) -> int:
    """Return how many numbers the network learns, biases among them."""
    return (N_INPUTS + 1) * width + (width + 1) * n_labels


def _begun(n_inputs: int, width: int, n_labels: int, rng: np.random.Generator) -> list[Floats]:
    """Return random weights, sized so that sums neither grow nor fade, and biases of 0."""
    return [
        rng.normal(0, np.sqrt(2 / n_inputs), (n_inputs, width)).astype(np.float32),
        np.zeros(width, np.float32),
        rng.normal(0, np.sqrt(1 / width), (width, n_labels)).astype(np.float32),
        np.zeros(n_labels, np.float32),
    ]


def _slopes(
    weights: list[Floats], x: Floats, wanted: Floats, settings: Settings, rng: np.random.Generator
) -> list[Floats]:
    """Return how the loss of a batch changes with every weight, the penalty included."""
    w1, b1, w2, b2 = weights
    sums = x @ w1 + b1
    awake = (sums > 0).astype(np.float32)
    if settings.dropout:
        awake *= (rng.random(sums.shape, np.float32) >= settings.dropout) / np.float32(1 - settings.dropout)
    hidden = sums * awake
    wrong = (_softmax(hidden @ w2 + b2) - wanted) / np.float32(len(x))
    back = (wrong @ w2.T) * awake
    penalty = np.float32(settings.penalty)
    return [x.T @ back + penalty * w1, back.sum(axis=0), hidden.T @ wrong + penalty * w2, wrong.sum(axis=0)]


def _mirrored(x: Floats, rng: np.random.Generator) -> Floats:
    """Return the photos, each of them mirrored with a chance of one half."""
    squares = x.reshape(len(x), SIDE_PX, SIDE_PX, -1)
    turned = rng.random(len(x)) < 0.5
    return np.where(turned[:, None, None, None], squares[:, :, ::-1], squares).reshape(len(x), -1)


def _judged(weights: list[Floats], x: Floats, y: Numbers) -> tuple[float, float]:
    """Return cross-entropy and accuracy."""
    if not len(x):
        return 0.0, 0.0
    w1, b1, w2, b2 = weights
    p = _softmax(np.maximum(x @ w1 + b1, 0) @ w2 + b2)
    loss = -np.log(np.maximum(p[np.arange(len(y)), y], 1e-12)).mean()
    return round(float(loss), 5), float((p.argmax(axis=1) == y).mean())


def _softmax(logits: NDArray[np.floating]) -> Floats:
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True), np.float32)

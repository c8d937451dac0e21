"""What lesson 3 shows: two classes on the plane of two principal components, and the neuron fitted there."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from apprenti.domain.dataset import Split
from apprenti.domain.lesson_context import LessonContext

Floats = NDArray[np.float64]
Numbers = NDArray[np.int64]

MOST_CLASSES = 6
"""Pairs are sought among the classes with most photos."""
MOVES = (0.5, 1.0, -0.5)
"""By how much the bias is moved for the sum by hand."""
APART = 0.05
MOST_SHOWN = 24
"""Photos of a class: more would hide each other."""
STEP, FURTHEST = 0.05, 4.0
"""Of the sliders."""
GOAL = 0.95
"""Of what the fitted neuron gets right, this share passes."""
STARTS = ((0.0, 1.0, 0.0), (0.0, -1.0, 0.0))
"""Flat lines, one with the sides swapped; the one that gets nearer to half of the photos right is begun with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Worked:
    """One photo, worked out to the end.

    Args:
        row: of the photo.
        x1: first input.
        x2: second input.
        b: the bias.
        z: weighted sum with the bias.
        without_bias: the same without it.
        p: activation, the probability of the second class.
        label: the class it is.
        answer: the class the neuron says.
    """

    row: int
    x1: float
    x2: float
    b: float
    z: float
    without_bias: float
    p: float
    label: str
    answer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """The figures of lesson 3.

    Args:
        first: the class the neuron answers with 0.
        second: the class it answers with 1.
        n_features: numbers the network gives for a photo.
        explained: share of their variation, for these two classes, that the two inputs keep.
        n_shown: photos on the plane.
        n_least: the smaller of the two classes, as shown.
        rows: of the photos.
        names: of the photos.
        x1: their first input, in standard deviations.
        x2: their second.
        truth: 0 or 1.
        start: weights and bias to begin with.
        start_right: photos those get right.
        fitted: w1, w2 and b of the fitted neuron, on the steps of the sliders.
        fitted_right: photos it gets right.
        fitted_accuracy: the same as a share.
        goal_right: what is asked of the learner.
        worked: a photo as the fitted neuron sees it.
        by_hand: another, for the learner.
        missed: rows that even the fitted neuron gets wrong, the most certain error first.
        missed_names: their names.
    """

    first: str
    second: str
    n_features: int
    explained: float
    n_shown: int
    n_least: int
    rows: tuple[int, ...]
    names: tuple[str, ...]
    x1: tuple[float, ...]
    x2: tuple[float, ...]
    truth: tuple[int, ...]
    start: tuple[float, float, float]
    start_right: int
    fitted: tuple[float, float, float]
    fitted_right: int
    fitted_accuracy: float
    goal_right: int
    worked: Worked
    by_hand: Worked
    missed: tuple[int, ...]
    missed_names: tuple[str, ...]


def compute(context: LessonContext) -> Shown:
    """Return the figures, from photos that were for training or choosing: the test stays untouched."""
    photos, labels = context.photos, context.labels
    known = photos.rows(Split.TRAIN, Split.VALIDATION)
    pair = _pair(photos.features, photos.labels, known)
    rows = np.concatenate([_some(known[photos.labels[known] == one]) for one in pair])
    truth = (photos.labels[rows] == pair[1]).astype(np.int64)
    inputs, explained = two_components(photos.features[rows])
    fitted = on_the_sliders(fit_neuron(inputs, truth), inputs, truth)
    z = weighted_sum(fitted, inputs)
    is_right = (z > 0) == (truth == 1)
    order = np.argsort(-np.abs(z), kind="stable")
    missed = [int(place) for place in order if not is_right[place]]
    typical = [int(place) for place in order[::-1] if is_right[place]] or [0]
    names = (labels[pair[0]], labels[pair[1]])

    def worked(place: int, bias: float) -> Worked:
        x1, x2 = (round(float(value), 2) for value in inputs[place])
        sum_ = fitted[0] * x1 + fitted[1] * x2
        return Worked(
            row=int(rows[place]), x1=x1, x2=x2, b=bias, z=sum_ + bias, without_bias=sum_, p=sigmoid(sum_ + bias),
            label=names[truth[place]], answer=names[int(sum_ + bias > 0)],
        )  # fmt: skip

    n_right = int(is_right.sum())
    start = min(STARTS, key=lambda one: abs(n_right_with(one, inputs, truth) - len(rows) / 2))
    return Shown(
        first=names[0],
        second=names[1],
        n_features=int(photos.features.shape[1]),
        explained=explained,
        n_shown=len(rows),
        n_least=int(min((truth == 0).sum(), (truth == 1).sum())),
        rows=tuple(int(row) for row in rows),
        names=tuple(photos.names[row] for row in rows),
        x1=tuple(round(float(value), 3) for value in inputs[:, 0]),
        x2=tuple(round(float(value), 3) for value in inputs[:, 1]),
        truth=tuple(int(one) for one in truth),
        start=start,
        start_right=n_right_with(start, inputs, truth),
        fitted=fitted,
        fitted_right=n_right,
        fitted_accuracy=n_right / len(rows),
        goal_right=math.ceil(GOAL * n_right),
        worked=worked(typical[len(typical) // 2], fitted[2]),
        by_hand=_telling(
            [worked(place, round(fitted[2] + moved, 2)) for place in typical for moved in MOVES]
        ),
        missed=tuple(int(rows[place]) for place in missed[:6]),
        missed_names=tuple(photos.names[rows[place]] for place in missed[:6]),
    )


def _telling(candidates: Sequence[Worked]) -> Worked:
    """Return the first photo whose sum cannot be taken for what a slip would give: each slip shows."""
    for one in candidates:
        slips = (one.without_bias, one.p, -one.z)
        if all(abs(one.z - slip) > APART for slip in slips) and abs(one.p - one.without_bias) > APART:
            return one
    return candidates[0]


def sigmoid(z: float) -> float:
    """Return 1 / (1 + e^−z)."""
    return 1 / (1 + math.exp(-z)) if z > -700 else 0.0


def weighted_sum(neuron: tuple[float, float, float], inputs: Floats) -> Floats:
    """Return w1·x1 + w2·x2 + b for inputs [n, 2]."""
    return np.asarray(inputs @ np.array(neuron[:2]) + neuron[2])


def n_right_with(neuron: tuple[float, float, float], inputs: Floats, truth: Numbers) -> int:
    """Return how many photos a neuron gets right."""
    return int(((weighted_sum(neuron, inputs) > 0) == (truth == 1)).sum())


def two_components(features: NDArray[np.float32]) -> tuple[Floats, float]:
    """Return the first two principal components of features [n, d], each in standard deviations, and what they keep.

    The sign of a component is free; here its largest weight is positive, so that the picture is the same each time.
    """
    centred = features.astype(np.float64) - features.mean(axis=0, dtype=np.float64)
    left, sizes, axes = np.linalg.svd(centred, full_matrices=False)
    signs = np.sign(axes[np.arange(len(axes)), np.abs(axes).argmax(axis=1)])
    scores = np.zeros((len(features), 2))
    n = min(2, len(sizes))
    scores[:, :n] = (left * sizes * np.where(signs == 0, 1, signs))[:, :n]
    spread = scores.std(axis=0)
    total = float((sizes**2).sum())
    return scores / np.where(spread > 1e-9, spread, 1), float(
        (sizes[:n] ** 2).sum()
    ) / total if total else 0.0


def fit_neuron(inputs: Floats, truth: Numbers, *, n_steps: int = 25, penalty: float = 0.01) -> Floats:
    """Return w1, w2 and b of logistic regression, by Newton's method."""
    padded = np.column_stack([inputs, np.ones(len(inputs))])
    solved = np.zeros(3)
    for _ in range(n_steps):
        p = 1 / (1 + np.exp(-np.clip(padded @ solved, -30, 30)))
        slope = padded.T @ (p - truth) + penalty * solved
        bend = (padded.T * (p * (1 - p))) @ padded + penalty * np.eye(3)
        solved = solved - np.linalg.solve(bend, slope)
    return solved


def on_the_sliders(neuron: Floats, inputs: Floats, truth: Numbers) -> tuple[float, float, float]:
    """Return the neuron as near as the sliders come to it.

    A neuron times any positive number draws the same line, so the size is free: the one that rounds best is taken.
    """
    largest = float(np.abs(neuron).max()) or 1.0
    candidates = []
    for size in (3.0, 2.5, 2.0, 3.5, FURTHEST):
        rounded = np.rint(neuron * (size / largest) / STEP) * STEP
        w1, w2, b = (round(float(value), 2) + 0.0 for value in rounded)
        candidates.append((w1, w2, b))
    return max(candidates, key=lambda one: n_right_with(one, inputs, truth))


def _pair(features: NDArray[np.float32], labels: Numbers, known: Numbers) -> tuple[int, int]:
    """Return the two classes that two components tell apart best without doing so perfectly, or else best."""
    present, counts = np.unique(labels[known], return_counts=True)
    largest = sorted(int(one) for one in present[np.argsort(-counts, kind="stable")][:MOST_CLASSES])
    if len(largest) < 2:
        only = largest[0] if largest else 0
        return only, only
    found = []
    for pair in combinations(largest, 2):
        rows = np.concatenate([_some(known[labels[known] == one]) for one in pair])
        truth = (labels[rows] == pair[1]).astype(np.int64)
        inputs, _ = two_components(features[rows])
        neuron = on_the_sliders(fit_neuron(inputs, truth), inputs, truth)
        right = n_right_with(neuron, inputs, truth) / len(rows)
        found.append((right < 1, right, pair))
    _, _, best = max(found, key=lambda one: (one[0] and one[1] >= 0.8, one[1], -one[2][0], -one[2][1]))
    return best


def _some(rows: Numbers) -> Numbers:
    """Return rows spread evenly, at most as many as are shown."""
    if len(rows) <= MOST_SHOWN:
        return rows
    return np.asarray(rows[np.linspace(0, len(rows) - 1, MOST_SHOWN).astype(np.int64)])

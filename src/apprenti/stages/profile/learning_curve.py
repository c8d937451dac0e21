"""Learning curves of a data set: how much is recognised when less is learnt from, measured on cached features.

Of all photos, of half and of a quarter of every class; and for single classes, what the other classes lose or gain by
the second half of its photos. The learner is kernel ridge regression, the first of the recipes that are tried, since
its answers for photos left out come from one matrix inverse: nothing is fitted twice.

Source: S. An, W. Liu, S. Venkatesh, "Fast cross-validation algorithms for least squares support vector machine and
kernel ridge regression", 2007 (the answers for a part left out).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from apprenti.blocks.gram import solve_from_gram
from apprenti.blocks.heads.kernel_machine import gaussian_kernel
from apprenti.blocks.threads import one_thread
from apprenti.blocks.transforms import power

Floats = NDArray[np.float64]
Labels = NDArray[np.int64]
Rows = NDArray[np.intp]

PENALTY = 0.03
N_FOLDS = 5
N_REPEATS = 2
SHARES = (1 - 1 / N_FOLDS, 1 / 2, 1 / 4)
"""Of the photos of every class, what is learnt from at the points of the curve."""
LEAST_PHOTOS = 60
"""On fewer, what doubling them would bring was missed by 4 points on average, where it brought 7."""
LEAST_PER_CLASS = 4
MOST_CLASSES = 12
"""Single classes looked at, those with the largest errors first: each costs some 20 ms of 1,000 photos."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LearningCurve:
    """Held-out recalls by the share of the photos that was learnt from.

    Args:
        n_per_label: [K] int64, photos of each class the curve was measured on.
        recalls: [3, K] float64 of each class at ``SHARES``; NaN where a class has no photo.
        effect_on_others: for some classes, what the second half of its photos did to the balanced accuracy by way of
            the recalls of the other classes; mostly negative, since what one class attracts the others lose.
    """

    n_per_label: Labels
    recalls: Floats
    effect_on_others: Mapping[int, float]


def measure_learning_curve(
    features: NDArray[np.float32], labels: Labels, groups: Labels, *, n_labels: int, seed: int
) -> LearningCurve | None:
    """Return the learning curve of a data set, or ``None`` where there are too few photos to say anything.

    Takes about a second of processor time for 1,000 photos.

    Args:
        features: [n, d] float32.
        labels: [n] int64 class indices.
        groups: [n] int64; near duplicates share a group, and are learnt from or asked about together.
        n_labels: K.
        seed: of how photos are dealt out.
    """
    n_per_label = np.bincount(labels, minlength=n_labels)
    n_present = int((n_per_label > 0).sum())
    if len(labels) < max(LEAST_PHOTOS, LEAST_PER_CLASS * n_present) or n_present < 2:
        return None
    draws = np.random.default_rng(seed)
    with one_thread():
        rows = power.fit(features, parameters={}, seed=seed).apply(features)
        task = _Task(kernel=gaussian_kernel(rows, 1.0)[2], labels=labels, groups=groups, n_labels=n_labels)
        folds = [dealt(labels, groups, N_FOLDS, draws) for _ in range(N_REPEATS)]
        solved = _Solved.of(task)
        whole = [solved.recalls(fold, np.empty(0, np.intp)) for fold in folds]
        smaller = [task.recalls_of_parts(round(1 / share), draws) for share in SHARES[1:]]
        recalls = np.stack([np.mean(whole, axis=0), *smaller])
        effects = {
            label: solved.effect_on_others(label, folds, whole, draws)
            for label in _weakest(recalls[0], n_per_label)
        }
    return LearningCurve(n_per_label=n_per_label, recalls=recalls, effect_on_others=effects)


def dealt(labels: Labels, groups: Labels, n_parts: int, draws: np.random.Generator) -> Labels:
    """Return the part of each row, [n] int64: each class is dealt out in turn, group by group."""
    part = np.full(int(groups.max()) + 1, -1)
    n_dealt = 0
    for label in np.unique(labels):
        own = np.unique(groups[labels == label])
        fresh = draws.permutation(own[part[own] < 0])
        part[fresh] = (n_dealt + np.arange(len(fresh))) % n_parts
        n_dealt += len(fresh)
    return part[groups]


def _weakest(recalls: Floats, n_per_label: Labels) -> Iterator[int]:
    """Yield the classes that have enough photos to say something of, those with the lowest recalls first."""
    measured = [int(label) for label in np.flatnonzero(n_per_label >= LEAST_PER_CLASS)]
    yield from sorted(measured, key=lambda label: (recalls[label], label))[:MOST_CLASSES]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Task:
    """The kernel [n, n] among all rows, and what they are."""

    kernel: Floats
    labels: Labels
    groups: Labels
    n_labels: int

    def recalls_of_parts(self, n_parts: int, draws: np.random.Generator) -> Floats:
        """Return the mean recalls [K] over learners of one part each, asked about all other parts."""
        right = np.zeros(len(self.labels))
        part = dealt(self.labels, self.groups, n_parts, draws)
        asked = np.zeros(len(self.labels))
        for number in range(n_parts):
            fitted, others = np.flatnonzero(part == number), np.flatnonzero(part != number)
            right[others] += self._answers(fitted, others) == self.labels[others]
            asked[others] += 1
        return mean_by_class(right / np.maximum(asked, 1), self.labels, self.n_labels)

    def _answers(self, fitted: Rows, asked: Rows) -> Labels:
        labels = self.labels[fitted]
        shares = np.bincount(labels, minlength=self.n_labels) / len(labels)
        targets = np.eye(self.n_labels)[labels] - shares
        weights = solve_from_gram(self.kernel[np.ix_(fitted, fitted)], PENALTY, targets)
        return np.asarray((self.kernel[np.ix_(asked, fitted)] @ weights + shares).argmax(axis=1), np.int64)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Solved:
    """The inverse of the penalised kernel, from which the answers for any rows left out follow."""

    task: _Task
    inverse: Floats
    class_sums: Floats
    row_sums: Floats

    @classmethod
    def of(cls, task: _Task) -> _Solved:
        inverse = solve_from_gram(task.kernel.copy(), PENALTY, np.eye(len(task.labels)))
        sums = inverse @ np.eye(task.n_labels)[task.labels]
        return cls(task=task, inverse=inverse, class_sums=sums, row_sums=inverse.sum(axis=1))

    def recalls(self, fold: Labels, without: Rows) -> Floats:
        """Return the recalls [K] over folds held out in turn, ``without`` some rows never learnt from."""
        task = self.task
        right = np.zeros(len(task.labels))
        for number in range(N_FOLDS):
            held = np.flatnonzero(fold == number)
            answers = self._answers(np.concatenate([held, np.setdiff1d(without, held)]))[: len(held)]
            right[held] = answers == task.labels[held]
        return mean_by_class(right, task.labels, task.n_labels)

    def _answers(self, out: Rows) -> Labels:
        """Return the answers for the rows left out by a learner of all others.

        With the inverse G, targets Y and rows S left out, ``Y_S − answer = G_SS⁻¹ (G Y)_S``. Targets are one-hot less
        the shares of the classes among the rows learnt from.
        """
        labels, n_labels = self.task.labels, self.task.n_labels
        counts = np.bincount(labels, minlength=n_labels) - np.bincount(labels[out], minlength=n_labels)
        shares = counts / max(1, counts.sum())
        right = self.class_sums[out] - self.row_sums[out, np.newaxis] * shares
        residuals = np.linalg.solve(self.inverse[np.ix_(out, out)], right)
        return np.asarray((np.eye(n_labels)[labels[out]] - residuals).argmax(axis=1), np.int64)

    def effect_on_others(
        self, label: int, folds: list[Labels], whole: list[Floats], draws: np.random.Generator
    ) -> float:
        """Return what the second half of a class does to the balanced accuracy by way of the other classes."""
        task = self.task
        own = np.flatnonzero(task.labels == label)
        half = dealt(task.labels[own], task.groups[own], 2, draws)
        effects = []
        for fold, recalls in zip(folds, whole, strict=True):
            for number in range(2):
                change = recalls - self.recalls(fold, own[half == number])
                effects.append(np.nansum(np.delete(change, label)) / np.isfinite(change).sum())
        return float(np.mean(effects))


def mean_by_class(values: Floats, labels: Labels, n_labels: int) -> Floats:
    """Return the mean value of the rows of each class, [K]; NaN where a class has none."""
    counts = np.bincount(labels, minlength=n_labels)
    sums = np.bincount(labels, weights=values, minlength=n_labels)
    return np.where(counts > 0, sums / np.maximum(counts, 1), np.nan)

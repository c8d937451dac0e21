"""What lesson 13 shows: k-means on the learner's photos for several k, and how groups and hidden labels agree."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from apprenti.domain.dataset import Split
from apprenti.domain.lesson_context import LessonContext

Floats = NDArray[np.float64]
Numbers = NDArray[np.int64]

MOST_GROUPED = 120
FEWEST_GROUPS, MOST_GROUPS = 2, 8
N_NAMED = 3
"""Groups that the learner names."""
N_STARTS, MOST_STEPS, N_AXES = 6, 50, 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Grouping:
    """One way to group the photos.

    Args:
        k: groups.
        group: of each photo, 0 is the largest.
        sizes: of the groups.
        names: the commonest label of each group.
        n_named: how many of each group carry it.
        n_agree: photos whose group's commonest label is their own.
        agreement: the same as a share.
        spread: squared distance to the middles, as a share of that to a single middle.
    """

    k: int
    group: tuple[int, ...]
    sizes: tuple[int, ...]
    names: tuple[str, ...]
    n_named: tuple[int, ...]
    n_agree: int
    agreement: float
    spread: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """The figures of lesson 13.

    Args:
        n_grouped: photos.
        n_labels: classes among them.
        rows: of the photos.
        groupings: for each k.
        start: place in ``groupings`` that is shown first: as many groups as classes, as near as can be.
        begun: that grouping.
        labels: classes among the photos, for naming.
        asked: rows of the three groups to be named.
        asked_names: for each of the three, every label that is commonest there.
        commonest: share of the commonest class: what one name for all would get right.
    """

    n_grouped: int
    n_labels: int
    rows: tuple[int, ...]
    groupings: tuple[Grouping, ...]
    start: int
    begun: Grouping | None
    labels: tuple[str, ...]
    asked: tuple[tuple[int, ...], ...]
    asked_names: tuple[tuple[str, ...], ...]
    commonest: float | None


def compute(context: LessonContext) -> Shown:
    """Return the figures, from photos that were for training or choosing."""
    photos = context.photos
    rows = photos.rows(Split.TRAIN, Split.VALIDATION)
    if len(rows) > MOST_GROUPED:
        rows = rows[np.linspace(0, len(rows) - 1, MOST_GROUPED).astype(np.int64)]
    points, truth = along_axes(photos.features[rows]), photos.labels[rows]
    present, counts = np.unique(truth, return_counts=True)
    groupings = tuple(
        _grouping(points, truth, k, context) for k in range(FEWEST_GROUPS, MOST_GROUPS + 1) if k <= len(rows)
    )
    wanted = max(N_NAMED, len(present))
    start = min(range(len(groupings)), key=lambda place: abs(groupings[place].k - wanted), default=0)
    begun = groupings[start] if groupings else None
    groups = np.array(begun.group if begun else ())
    asked = [np.flatnonzero(groups == group) for group in range(min(N_NAMED, begun.k if begun else 0))]
    return Shown(
        n_grouped=len(rows),
        n_labels=len(present),
        rows=tuple(int(row) for row in rows),
        groupings=groupings,
        start=start,
        begun=begun,
        labels=tuple(context.labels[one] for one in present),
        asked=tuple(tuple(int(row) for row in rows[one]) for one in asked),
        asked_names=tuple(_commonest(truth[one], context.labels) for one in asked),
        commonest=float(counts.max() / len(rows)) if len(rows) else None,
    )


def along_axes(features: NDArray[np.float32]) -> Floats:
    """Return features along their first principal components, [n, at most 16]."""
    centred = features.astype(np.float64)
    if len(centred):
        centred = centred - centred.mean(axis=0)
    left, sizes, _ = np.linalg.svd(centred, full_matrices=False)
    return np.asarray((left * sizes)[:, :N_AXES])


def k_means(points: Floats, k: int, *, seed: int) -> tuple[Numbers, float]:
    """Return the group of each point and the sum of squared distances to the middles, the best of a few starts.

    Source: S. P. Lloyd, "Least squares quantization in PCM", 1982; begun as in D. Arthur, S. Vassilvitskii,
    "k-means++: the advantages of careful seeding", 2007.
    """
    best: tuple[Numbers, float] | None = None
    for start in range(N_STARTS):
        rng = np.random.default_rng([seed, k, start])
        middles = _first_middles(points, k, rng)
        group = _squared(points, middles).argmin(axis=1)
        for _ in range(MOST_STEPS):
            middles = np.stack(
                [
                    points[group == one].mean(axis=0) if (group == one).any() else middles[one]
                    for one in range(k)
                ]
            )
            moved = _squared(points, middles).argmin(axis=1)
            if (moved == group).all():
                break
            group = moved
        cost = float(((points - middles[group]) ** 2).sum())
        if best is None or cost < best[1] - 1e-9:
            best = np.asarray(group, np.int64), cost
    assert best is not None
    return best


def _first_middles(points: Floats, k: int, rng: np.random.Generator) -> Floats:
    chosen = [int(rng.integers(len(points)))]
    while len(chosen) < k:
        far = _squared(points, points[chosen]).min(axis=1)
        total = far.sum()
        chosen.append(int(rng.choice(len(points), p=far / total if total > 0 else None)))
    return np.asarray(points[chosen])


def _squared(points: Floats, middles: Floats) -> Floats:
    return np.asarray(((points[:, None] - middles[None]) ** 2).sum(axis=2))


def _grouping(points: Floats, truth: Numbers, k: int, context: LessonContext) -> Grouping:
    found, cost = k_means(points, k, seed=context.seed)
    sizes = np.bincount(found, minlength=k)
    order = np.argsort(-sizes, kind="stable")
    group = np.argsort(order)[found]
    parts = [truth[group == one] for one in range(k)]
    tops = [np.bincount(part).argmax() if len(part) else 0 for part in parts]
    n_named = [int((part == top).sum()) for part, top in zip(parts, tops, strict=True)]
    whole = float((points**2).sum())
    return Grouping(
        k=k,
        group=tuple(int(one) for one in group),
        sizes=tuple(len(part) for part in parts),
        names=tuple(context.labels[int(top)] for top in tops),
        n_named=tuple(n_named),
        n_agree=sum(n_named),
        agreement=sum(n_named) / len(points),
        spread=cost / whole if whole else 0.0,
    )


def _commonest(truth: Numbers, labels: tuple[str, ...]) -> tuple[str, ...]:
    present, counts = np.unique(truth, return_counts=True)
    return tuple(labels[one] for one, n in zip(present, counts, strict=True) if n == counts.max())

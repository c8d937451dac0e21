"""What lesson 11 shows: ten algorithms on the learner's photos, and the same ten on three drawn sets of data."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from apprenti.blocks.metrics import wilson_interval
from apprenti.domain.dataset import Split
from apprenti.domain.lesson_context import LessonContext
from apprenti.domain.recipe import Interval
from apprenti.lessons.n11_algorithms.measure import N_DRAWS, N_JUDGED
from apprenti.lessons.n11_algorithms.table import RIGHT
from apprenti.lessons.n11_algorithms.ten import (
    NOISES,
    SETS,
    SIZES,
    TEN,
    Floats,
    Numbers,
    drawn_set,
    ten_answers,
)

MOST_CLASSES, MOST_EACH = 4, 30
"""Of the photos that take part: ten fits have to fit into a second."""
N_NUMBERS = 10
"""Principal components of what the network sees, which the ten are given."""
N_POINTS = 60
"""Of a drawn set on its picture."""
MARGIN = 0.03
"""What counts as clearly better in the check."""
ASKED_SIZE, ASKED_NOISE = 80, 0.0
"""The setting of the check, which is also the one the table begins with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """One algorithm on the learner's photos.

    Args:
        id: of it.
        n_right: photos it got right.
        right: the same as a share; ``None`` without photos.
        interval: of that share.
    """

    id: str
    n_right: int
    right: float | None
    interval: Interval | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """The ten on one drawn set.

    Args:
        set: which.
        n_each: rows of a class learnt from.
        noise: share of labels swapped.
        right: shares right, in the order of ``ids``.
    """

    set: str
    n_each: int
    noise: float
    right: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Points:
    """The picture of a drawn set.

    Args:
        set: which.
        x: first column.
        y: second.
        truth: 0 or 1.
    """

    set: str
    x: tuple[float, ...]
    y: tuple[float, ...]
    truth: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """The figures of lesson 11.

    Args:
        ids: the ten.
        classes: whose photos take part.
        all_classes: whether that is all there are.
        n_classes: of them.
        n_least: learnt or judged photos of the class with fewest, counted double where judged: below 8 nothing shows.
        n_learnt: photos learnt from.
        n_held: photos judged by.
        n_numbers: numbers for each photo.
        own: the ten on the photos.
        best: share right of the best of them.
        worst: of the worst.
        overlap: whether their intervals have anything in common.
        cells: the ten on the drawn sets, in every setting.
        sets: of drawn data.
        sizes: rows of a class, to choose from.
        noises: shares of swapped labels, to choose from.
        points: pictures of the drawn sets.
        asked_size: rows of a class in the check.
        asked_noise: labels swapped in the check.
        margin: what is clearly better.
        tree_clean: what one tree gets right of the clouds, in the setting of the check.
        tree_noisy: the same with the largest share of labels swapped.
        lda_clean: the same of linear discriminant analysis.
        lda_noisy: the same with the largest share of labels swapped.
        most_noise: that share of swapped labels.
        n_draws: behind each mean.
        n_judged: points that judge each draw.
        hard: rows of photos that most of the ten get wrong.
        hard_names: their names.
        hard_votes: how many of the ten get each wrong.
        has_hard: whether there are any.
    """

    ids: tuple[str, ...]
    classes: tuple[str, ...]
    all_classes: bool
    n_classes: int
    n_least: int
    n_learnt: int
    n_held: int
    n_numbers: int
    own: tuple[Judged, ...]
    best: float | None
    worst: float | None
    overlap: bool
    cells: tuple[Cell, ...]
    sets: tuple[str, ...]
    sizes: tuple[int, ...]
    noises: tuple[float, ...]
    points: tuple[Points, ...]
    asked_size: int
    asked_noise: float
    margin: float
    tree_clean: float
    tree_noisy: float
    lda_clean: float
    lda_noisy: float
    most_noise: float
    n_draws: int
    n_judged: int
    hard: tuple[int, ...]
    hard_names: tuple[str, ...]
    hard_votes: tuple[int, ...]
    has_hard: bool


def compute(context: LessonContext) -> Shown:
    """Return the figures, from photos that were for training or choosing: the test stays untouched."""
    photos = context.photos
    chosen, learnt, held = _parts(photos.labels, photos.rows(Split.TRAIN, Split.VALIDATION))
    answers = _own_answers(photos.features, photos.labels, chosen, learnt, held, seed=context.seed)
    truth = photos.labels[held]
    own = tuple(_judged(name, answers.get(name), truth) for name in TEN)
    shares = [one for one in own if one.right is not None]
    best, worst = (pick(shares, key=lambda one: one.right or 0.0, default=None) for pick in (max, min))
    wrong = sum((given != truth).astype(np.int64) for given in answers.values()) if answers else np.zeros(0)
    order = [
        int(place) for place in np.argsort(-np.asarray(wrong), kind="stable") if wrong[place] > len(TEN) / 2
    ][:6]
    return Shown(
        ids=TEN,
        classes=tuple(context.labels[label] for label in chosen),
        all_classes=len(chosen) == len(context.labels),
        n_classes=len(chosen),
        n_least=min([len(held) // max(1, len(chosen)) * 2, len(learnt) // max(1, len(chosen))]),
        n_learnt=len(learnt),
        n_held=len(held),
        n_numbers=min(N_NUMBERS, len(learnt), photos.features.shape[1]),
        own=own,
        best=best.right if best else None,
        worst=worst.right if worst else None,
        overlap=_overlap(best, worst),
        cells=tuple(Cell(set=key[0], n_each=key[1], noise=key[2], right=right) for key, right in RIGHT.items()),
        sets=SETS,
        sizes=SIZES,
        noises=NOISES,
        points=tuple(_points(name) for name in SETS),
        asked_size=ASKED_SIZE,
        asked_noise=ASKED_NOISE,
        margin=MARGIN,
        tree_clean=_share("clouds", 0.0, "tree"),
        tree_noisy=_share("clouds", NOISES[-1], "tree"),
        lda_clean=_share("clouds", 0.0, "lda"),
        lda_noisy=_share("clouds", NOISES[-1], "lda"),
        most_noise=NOISES[-1],
        n_draws=N_DRAWS,
        n_judged=2 * N_JUDGED,
        hard=tuple(int(held[place]) for place in order),
        hard_names=tuple(photos.names[held[place]] for place in order),
        hard_votes=tuple(int(wrong[place]) for place in order),
        has_hard=bool(order),
    )  # fmt: skip


def _parts(labels: Numbers, known: Numbers) -> tuple[list[int], Numbers, Numbers]:
    """Return the largest classes, and their photos in two parts: every third judges, the others are learnt from."""
    present, counts = np.unique(labels[known], return_counts=True)
    chosen = sorted(int(one) for one in present[np.argsort(-counts, kind="stable")][:MOST_CLASSES])
    each = [known[labels[known] == one] for one in chosen]
    n = min([MOST_EACH * 3 // 2, *map(len, each)])
    some = [rows[np.linspace(0, len(rows) - 1, n).astype(np.int64)] for rows in each]
    judges = np.arange(n) % 3 == 2
    learnt, held = ([rows[part] for rows in some] for part in (~judges, judges))
    none = np.zeros(0, np.int64)
    return chosen, np.concatenate([*learnt, none]), np.concatenate([*held, none])


def _own_answers(
    features: Floats, labels: Numbers, chosen: list[int], learnt: Numbers, held: Numbers, *, seed: int
) -> dict[str, Numbers]:
    """Return the answers of the ten for the judging photos, as numbers of all classes."""
    if not len(held) or len(chosen) < 2:
        return {}
    middle = features[learnt].mean(axis=0)
    axes = np.linalg.svd(features[learnt] - middle, full_matrices=False)[2][:N_NUMBERS]
    known, asked = ((features[rows] - middle) @ axes.T for rows in (learnt, held))
    dense = np.searchsorted(chosen, labels[learnt]).astype(np.int64)
    answers = ten_answers(known, dense, asked, n_labels=len(chosen), seed=seed)
    return {name: np.array(chosen)[given] for name, given in answers.items()}


def _judged(name: str, answers: Numbers | None, truth: Numbers) -> Judged:
    if answers is None:
        return Judged(id=name, n_right=0, right=None, interval=None)
    n_right = int((answers == truth).sum())
    return Judged(
        id=name, n_right=n_right, right=n_right / len(truth), interval=wilson_interval(n_right, len(truth))
    )


def _overlap(best: Judged | None, worst: Judged | None) -> bool:
    if best is None or worst is None or best.interval is None or worst.interval is None:
        return True
    return best.interval.low <= worst.interval.high


def _share(name: str, noise: float, algorithm: str) -> float:
    return RIGHT[name, ASKED_SIZE, noise][TEN.index(algorithm)]


def _points(name: str) -> Points:
    points, labels = drawn_set(name, N_POINTS // 2, seed=0)
    x, y = (tuple(round(float(one), 2) for one in points[:, column]) for column in (0, 1))
    return Points(set=name, x=x, y=y, truth=tuple(int(one) for one in labels))

"""Which answered photo a person should look at first: what teaches most, and a random share for honest figures.

Each photo gets its reason and its place once, when it is answered; an index over the place is the whole queue, and
nothing moves while somebody turns its pages. Places are shares: of photos like the training photos, a share of 0.1
lies above 0.9. So the random photos, whose places are dealt evenly, are as frequent at the front of the queue as at
its end as long as photos are like those.

**Which photos enter the estimate of accuracy:** those whose reason is ``random`` and whose answer was judged *in the
queue*. They are drawn by a hash of their id, before anybody or anything has seen the answer, and they come in an order
that has nothing to do with it; so whoever stops after thirty has judged thirty photos drawn fairly. A photo that is
uncertain or unfamiliar is in the queue because the model doubts: counting it makes the model look worse than it is. A
correction that nobody asked for comes because something was wrong: counting it, even of a photo that was drawn, does so
too. And a drawn photo is never moved up for being uncertain.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from apprenti.blocks.metrics import wilson_interval
from apprenti.domain.dataset import TaskType
from apprenti.domain.recipe import Interval
from apprenti.domain.sentence import Sentence
from apprenti.domain.service import ReviewReason
from apprenti.stages.feedback.observations import DriftReference

Floats = NDArray[np.float64]

RANDOM_SHARE = 0.2
N_QUANTILES = 257
FEWEST_FOR_ESTIMATE = 30
DOUBTFUL = 0.8
"""Share of usual photos that must be surer, or nearer, before an answer is said to be doubtful."""
ALIKE = 0.97
"""Cosine of two embeddings from which on photos count as the same picture taken twice."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewPlace:
    """Where a photo stands in the queue.

    Args:
        reason: why.
        score: 0..1; the queue begins with the highest.
    """

    reason: ReviewReason
    score: float

    @property
    def enters_estimate(self) -> bool:
        """Whether a judgement given in the queue counts for the accuracy."""
        return self.reason is ReviewReason.RANDOM


@dataclass(frozen=True, slots=True, kw_only=True)
class HonestAccuracy:
    """The accuracy on the photos that come in, from the random share alone.

    Args:
        n: photos judged.
        n_right: of them, answered rightly.
        interval: 95 %, Wilson's.
    """

    n: int
    n_right: int
    interval: Interval

    @property
    def accuracy(self) -> float | None:
        """0..1; ``None`` without photos."""
        return self.n_right / self.n if self.n else None

    def said(self) -> Sentence:
        """Return it as a person should read it: no figure before there are enough photos for one."""
        if self.n < FEWEST_FOR_ESTIMATE:
            return Sentence(
                key="feedback.accuracy_soon", values={"n": self.n, "wanted": FEWEST_FOR_ESTIMATE - self.n}
            )
        shares = {"share": self.n_right / self.n, "low": self.interval.low, "high": self.interval.high}
        percents = {name: float(f"{100 * share:.1f}") for name, share in shares.items()}
        return Sentence(key="feedback.accuracy", values={"n": self.n, **percents})


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewScale:
    """What is usual: how uncertain and how far photos like the training photos are.

    Args:
        uncertainty: quantiles, lowest first; empty for numbers.
        distance: quantiles.
        doubt: quantiles of the higher of the two ranks, so that places are shares.
    """

    uncertainty: tuple[float, ...]
    distance: tuple[float, ...]
    doubt: tuple[float, ...]


def review_scale(
    reference: DriftReference, *, task_type: TaskType, thresholds: Sequence[float] = ()
) -> ReviewScale:
    """Return the scale of a model; worked out once when it is loaded."""
    rows = reference.held_out
    uncertainty = uncertainties(rows.answers, task_type=task_type, thresholds=thresholds)
    scale = ReviewScale(
        uncertainty=() if uncertainty is None else _quantiles(uncertainty),
        distance=_quantiles(rows.distances),
        doubt=(),
    )
    doubt = np.maximum(*_ranks(uncertainty, rows.distances, scale))
    return ReviewScale(uncertainty=scale.uncertainty, distance=scale.distance, doubt=_quantiles(doubt))


def uncertainties(
    answers: ArrayLike, *, task_type: TaskType, thresholds: Sequence[float] = ()
) -> Floats | None:
    """Return how little separates each answer from another one, [n], 0..1.

    Of classes: one minus the lead of the most probable over the second. Of several labels: how near the closest of
    them is to its threshold, as a share of the way there. Of numbers there is nothing to tell answers apart by, since
    all have the same margin: ``None``, and the distance alone decides.

    Source: B. Settles, "Active learning literature survey", 2009, section 3.1 (margin sampling).

    Args:
        answers: [n, K] probabilities.
        task_type: what is told.
        thresholds: [K], of several labels.
    """
    p = np.asarray(answers, np.float64)
    if task_type is TaskType.REGRESSION:
        return None
    if task_type is TaskType.MULTI_LABEL:
        t = np.asarray(thresholds, np.float64)
        way = np.where(p >= t, (p - t) / np.maximum(1 - t, 1e-9), (t - p) / np.maximum(t, 1e-9))
        return np.asarray(1 - np.clip(way, 0, 1).min(axis=1))
    first_two = np.partition(p, -2, axis=1)[:, -2:]
    return np.asarray(1 - (first_two[:, 1] - first_two[:, 0]))


def review_places(
    ids: Sequence[str],
    answers: ArrayLike,
    distances: ArrayLike,
    scale: ReviewScale,
    *,
    task_type: TaskType,
    thresholds: Sequence[float] = (),
    random_share: float = RANDOM_SHARE,
) -> tuple[ReviewPlace, ...]:
    """Return the reason and the place of each photo; the same for the same photo whatever it comes with.

    Args:
        ids: [n] of the predictions, given by the service and by nobody else: they decide what is drawn.
        answers: [n, K] probabilities, or [n, 1] numbers.
        distances: [n] in units of the familiarity threshold.
        scale: of the model that answered.
        task_type: what is told.
        thresholds: [K], of several labels.
        random_share: share of photos drawn for the estimate, 0..1.
    """
    d = np.asarray(distances, np.float64)
    uncertainty = uncertainties(answers, task_type=task_type, thresholds=thresholds)
    of_uncertainty, of_distance = _ranks(uncertainty, d, scale)
    doubt = _rank(np.maximum(of_uncertainty, of_distance), scale.doubt)
    return tuple(
        _place(one, float(doubt[i]), _reason(d[i], of_distance[i], of_uncertainty[i]), share=random_share)
        for i, one in enumerate(ids)
    )


def honest_accuracy(right: Iterable[bool]) -> HonestAccuracy:
    """Return the accuracy from photos of the random share, each judged in the queue: was the answer right?

    Example:
        >>> honest_accuracy([True] * 45 + [False] * 5).accuracy
        0.9
    """
    judged = [bool(one) for one in right]
    n_right = sum(judged)
    return HonestAccuracy(n=len(judged), n_right=n_right, interval=wilson_interval(n_right, len(judged)))


def fold_alike(embeddings: ArrayLike, *, alike: float = ALIKE) -> NDArray[np.int64]:
    """Return for each photo of a page the first one that shows nearly the same, or itself, [n] row numbers.

    A page shows the leaders; what is alike is folded behind them, so that fifty shots of one thing are one look. The
    order stays, and with it the pages.

    Args:
        embeddings: [n, d] of one page, a few hundred at most.
        alike: cosine, -1..1.

    Example:
        >>> fold_alike([[1.0, 0.0], [0.0, 1.0], [0.99, 0.01]])
        array([0, 1, 0])
    """
    rows = np.asarray(embeddings, np.float64)
    directions = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12)
    cosines = directions @ directions.T
    leader = np.arange(len(rows))
    for row in range(len(rows)):
        before = np.flatnonzero((leader[:row] == np.arange(row)) & (cosines[row, :row] >= alike))
        if len(before):
            leader[row] = before[0]
    return leader


def _reason(distance: float, of_distance: float, of_uncertainty: float) -> ReviewReason:
    if distance > 1 and of_distance >= of_uncertainty:
        return ReviewReason.UNFAMILIAR
    if max(of_distance, of_uncertainty) < DOUBTFUL:
        return ReviewReason.USUAL
    return ReviewReason.UNUSUAL if of_distance >= of_uncertainty else ReviewReason.UNCERTAIN


def _place(prediction_id: str, doubt: float, reason: ReviewReason, *, share: float) -> ReviewPlace:
    drawn, place = _dealt(prediction_id)
    if drawn < share:
        return ReviewPlace(reason=ReviewReason.RANDOM, score=place)
    return ReviewPlace(reason=reason, score=round(doubt, 9))


def _dealt(prediction_id: str) -> tuple[float, float]:
    """Return two numbers in 0..1 that depend on the id alone: one decides who is drawn, one where it stands."""
    digest = hashlib.sha256(b"review\0" + prediction_id.encode()).digest()
    first, second = (int.from_bytes(digest[start : start + 6]) / 2**48 for start in (0, 6))
    return first, round(second, 9)


def _quantiles(values: ArrayLike) -> tuple[float, ...]:
    grid = np.quantile(np.asarray(values, np.float64), np.linspace(0, 1, N_QUANTILES))
    return tuple(float(value) for value in grid)


def _ranks(uncertainty: Floats | None, distances: ArrayLike, scale: ReviewScale) -> tuple[Floats, Floats]:
    of_distance = _rank(np.asarray(distances, np.float64), scale.distance)
    if uncertainty is None:
        return np.full(len(of_distance), -1.0), of_distance
    return _rank(uncertainty, scale.uncertainty), of_distance


def _rank(values: Floats, quantiles: tuple[float, ...]) -> Floats:
    """Return the share of usual values below each one; past the largest it goes on towards 1, so that order is kept."""
    grid = np.asarray(quantiles)
    n_steps = len(grid)
    rank = np.interp(values, grid, np.arange(n_steps)) / n_steps
    past = np.maximum(values - grid[-1], 0)
    return np.asarray(rank + past / (past + max(abs(grid[-1]), 1e-9)) * (1 / n_steps))

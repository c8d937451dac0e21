"""What lesson 12 shows: the scores of the report, what they leave open, and what a threshold does to all test photos.

Source of the interval: E. B. Wilson, "Probable inference, the law of succession, and statistical inference", 1927.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from apprenti.blocks.metrics import wilson_interval
from apprenti.domain.dataset import Split
from apprenti.domain.lesson_context import LessonContext
from apprenti.domain.scores import ClassScores, Scores

TEN = wilson_interval(10, 10)
"""What ten right answers out of ten leave open."""
PRICE = 10.0
"""Of a mistake, where nobody has said another: so many looks of a person."""
LIKE_THESE = (10, 100, 1000)
MOST_PAIRS = 6
MOST_PHOTOS = 6
MOST_MATRIX = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Like:
    """The interval that the same share would have on another number of photos."""

    n: int
    n_right: int
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassRow:
    """How a class fared."""

    label: str
    n: int
    n_right: int
    n_predicted: int
    recall: float | None
    precision: float | None
    f1: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Photos of one class that were taken for another; ``rows`` are those there are to look at."""

    true: str
    predicted: str
    n: int
    rows: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bin:
    """Answers of about the same confidence."""

    n: int
    n_right: int
    confidence: float
    accuracy: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Alone:
    """What a threshold does: photos answered alone, how many of those are right, and what all of it costs."""

    threshold: float
    n: int
    n_alone: int
    n_right: int
    n_wrong: int
    n_asked: int
    cost: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """The figures of lesson 12; those of the report are ``None`` where it has none."""

    n: int
    n_right: int
    n_wrong: int | None
    accuracy: float | None
    low: float | None
    high: float | None
    majority: str
    majority_right: int
    baseline: float | None
    like: tuple[Like, ...]
    ten_low: float
    has_wrong: bool
    labels: tuple[str, ...]
    matrix: tuple[tuple[int, ...], ...]
    pairs: tuple[Pair, ...]
    rows: tuple[ClassRow, ...]
    worst: ClassRow
    worst_recall: float | None
    macro_f1: float | None
    alone: Alone
    threshold: float | None
    coverage: float | None
    alone_accuracy: float | None
    answers_all: bool
    bins: tuple[Bin, ...]
    ece: float | None
    sure: float | None
    temperature: float


NO_CLASS = ClassRow(label="", n=0, n_right=0, n_predicted=0, recall=None, precision=None, f1=None)


def compute(context: LessonContext) -> Shown:
    """Return the figures; those of the report are read from it, never worked out anew."""
    scores = context.scores
    rows = tuple(_row(one) for one in scores.per_class) if scores else ()
    tested = [one for one in rows if one.recall is not None]
    worst = min(tested, key=lambda one: one.recall or 0.0, default=NO_CLASS)
    point = scores.alone if scores else None
    n, n_right = (scores.n, scores.n_right) if scores else (0, 0)
    return Shown(
        n=n,
        n_right=n_right,
        n_wrong=n - n_right if scores else None,
        accuracy=scores.accuracy if scores else None,
        low=scores.accuracy_interval.low if scores else None,
        high=scores.accuracy_interval.high if scores else None,
        majority=scores.majority_label if scores else "",
        majority_right=scores.majority_n_right if scores else 0,
        baseline=scores.majority_n_right / scores.n if scores else None,
        like=tuple(_like(n_right, n, other) for other in LIKE_THESE) if scores else (),
        ten_low=TEN.low,
        has_wrong=n_right < n,
        labels=context.labels,
        matrix=_matrix(scores, len(context.labels)),
        pairs=_pairs(scores, context),
        rows=rows,
        worst=worst,
        worst_recall=worst.recall,
        macro_f1=scores.macro_f1 if scores else None,
        alone=at_threshold(context, point.threshold if point else 0.0, PRICE),
        threshold=point.threshold if point else None,
        coverage=point.coverage if point else None,
        alone_accuracy=point.accuracy if point else None,
        answers_all=point is not None and point.n_answered == point.n,
        bins=_bins(scores),
        ece=scores.ece if scores else None,
        sure=_sure(scores),
        temperature=context.report.temperature,
    )


def respond(context: LessonContext, shown: Shown, question: Mapping[str, float]) -> Mapping[str, Any]:
    """Answer the sliders: an interval for ``n`` and ``wrong``, or what ``threshold`` and ``price`` come to."""
    if "threshold" in question:
        label = int(question.get("label", -1))
        price = max(0.0, question.get("price", PRICE))
        one = at_threshold(context, question["threshold"], price, label=label)
        return {
            "n": one.n, "alone": one.n_alone, "right": one.n_right, "wrong": one.n_wrong, "asked": one.n_asked,
            "cost": one.cost,
        }  # fmt: skip
    n = int(min(max(question.get("n", 10), 1), 100_000))
    right = n - int(min(max(question.get("wrong", 0), 0), n))
    interval = wilson_interval(right, n)
    return {"n": n, "right": right, "share": right / n, "low": interval.low, "high": interval.high}


def at_threshold(context: LessonContext, threshold: float, price: float, *, label: int = -1) -> Alone:
    """Return what comes of letting the model answer alone from a confidence on, on all test photos.

    Args:
        context: the run.
        threshold: 0..1.
        price: of a mistake, in looks of a person.
        label: only of answers with this label; of all where it is none.
    """
    test = context.test
    meant: NDArray[np.bool_] = (
        test.answers == label if 0 <= label < len(context.labels) else np.ones(len(test), bool)
    )
    confidence = test.probabilities.max(axis=1, initial=0.0)
    alone = meant & (confidence >= threshold)
    n_alone, n_right = int(alone.sum()), int((alone & test.right).sum())
    n_asked = int(meant.sum()) - n_alone
    return Alone(
        threshold=threshold, n=int(meant.sum()), n_alone=n_alone, n_right=n_right, n_wrong=n_alone - n_right,
        n_asked=n_asked, cost=price * (n_alone - n_right) + n_asked,
    )  # fmt: skip


def f1_of(n: int, n_right: int, n_predicted: int) -> float:
    """Return 2·right / (photos of the class + photos given it)."""
    return 2 * n_right / (n + n_predicted)


def _like(n_right: int, n: int, other: int) -> Like:
    right = round(n_right / n * other)
    interval = wilson_interval(right, other)
    return Like(n=other, n_right=right, low=interval.low, high=interval.high)


def _row(one: ClassScores) -> ClassRow:
    return ClassRow(
        label=one.label, n=one.n, n_right=one.n_right, n_predicted=one.n_predicted, recall=one.recall,
        precision=one.precision, f1=one.f1,
    )  # fmt: skip


def _matrix(scores: Scores | None, n_labels: int) -> tuple[tuple[int, ...], ...]:
    """Return the confusion table, row = true class; nothing where it would not fit a page."""
    if scores is None or n_labels > MOST_MATRIX:
        return ()
    cells = np.zeros((n_labels, n_labels), np.int64)
    for true, predicted, n in scores.confusion:
        cells[true, predicted] = n
    return tuple(tuple(int(n) for n in row) for row in cells)


def _pairs(scores: Scores | None, context: LessonContext) -> tuple[Pair, ...]:
    """Return the commonest mix-ups, with photos of each."""
    if scores is None:
        return ()
    wrong = sorted((one for one in scores.confusion if one[0] != one[1]), key=lambda one: (-one[2], one[:2]))
    photos = context.photos
    tested = photos.rows(Split.TEST)
    answered = np.nan_to_num(photos.answers[tested], nan=-1.0).argmax(axis=1)

    def rows(true: int, predicted: int) -> Sequence[int]:
        found = tested[(photos.labels[tested] == true) & (answered == predicted)]
        return [int(row) for row in found if photos.thumbnails[row]][:MOST_PHOTOS]

    return tuple(
        Pair(
            true=context.labels[true],
            predicted=context.labels[predicted],
            n=n,
            rows=tuple(rows(true, predicted)),
        )
        for true, predicted, n in wrong[:MOST_PAIRS]
    )


def _bins(scores: Scores | None) -> tuple[Bin, ...]:
    return tuple(
        Bin(n=one.n, n_right=one.n_right, confidence=one.mean_confidence, accuracy=one.accuracy)
        for one in (scores.reliability if scores else ())
    )


def _sure(scores: Scores | None) -> float | None:
    """Return the mean confidence."""
    if scores is None:
        return None
    return sum(one.n * one.mean_confidence for one in scores.reliability) / scores.n

"""Scores of calibrated probabilities on labelled photos the model never saw."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from apprenti.blocks import metrics
from apprenti.domain.scores import (
    ClassScores,
    CoveragePoint,
    Mistake,
    OperatingPoint,
    ReliabilityBin,
    Scores,
)

Thumbnail = Callable[[str], bytes]
"""Gives a small JPEG of the photo of that name, or nothing."""

TARGET_ACCURACIES = (0.99, 0.95, 0.9, 0.8)
"""What is asked of the photos answered alone; targets out of reach are left out."""

MAX_MISTAKES = 24
MAX_CURVE_POINTS = 101

Floats = NDArray[np.float32] | NDArray[np.float64]
Labels = NDArray[np.int64]


def no_thumbnail(name: str) -> bytes:
    """Return nothing: for judging without looking at the photos again."""
    return b""


def choose_thresholds(held_out_probabilities: Floats, labels: Labels) -> dict[float, float]:
    """Return confidence thresholds by target accuracy, from photos of the training side.

    Args:
        held_out_probabilities: [m, K] calibrated, from models that did not see the photo.
        labels: [m] true classes.
    """
    if not len(labels):
        return {}
    confidence = held_out_probabilities.max(axis=1)
    right = held_out_probabilities.argmax(axis=1) == labels
    thresholds: dict[float, float] = {}
    for target in TARGET_ACCURACIES:
        threshold = metrics.threshold_for(confidence, right, target)
        if threshold is not None:
            thresholds[target] = float(f"{threshold:.6g}")
        if threshold == 0:  # all may be answered: lower targets would say the same again
            break
    return thresholds


def judge(
    probabilities: Floats,
    labels: Labels,
    *,
    names: Sequence[str],
    label_names: Sequence[str],
    majority_label: str,
    thresholds: Mapping[float, float] | None = None,
    thumbnail: Thumbnail = no_thumbnail,
    seed: int = 0,
) -> Scores:
    """Return every score of the answers, each with what a person needs to judge it.

    Args:
        probabilities: [n, K] calibrated, n ≥ 1.
        labels: [n] true classes, 0..K-1.
        names: [n] how a person finds the photos.
        label_names: [K].
        majority_label: the most frequent label of the *training* photos: the baseline always answers it.
        thresholds: confidence by target accuracy, chosen on other photos (``choose_thresholds``).
        thumbnail: called for the mistakes shown.
        seed: of the bootstrap.

    Raises:
        ValueError: there is no photo.
    """
    n = len(labels)
    if n == 0:
        raise ValueError("no photos to judge on")
    answers = probabilities.argmax(axis=1)
    confidence = probabilities.max(axis=1)
    right = answers == labels
    confusion = metrics.confusion_matrix(labels, answers, len(label_names))
    n_right = int(right.sum())
    return Scores(
        n=n,
        n_right=n_right,
        accuracy=n_right / n,
        accuracy_interval=metrics.wilson_interval(n_right, n),
        balanced_accuracy=metrics.balanced_accuracy(confusion),
        balanced_accuracy_interval=metrics.bootstrap_interval(
            metrics.balanced_accuracy, confusion, seed=seed
        ),
        macro_f1=metrics.macro_f1(confusion),
        macro_f1_interval=metrics.bootstrap_interval(metrics.macro_f1, confusion, seed=seed),
        log_loss=metrics.log_loss(probabilities, labels),
        ece=metrics.expected_calibration_error(confidence, right),
        majority_label=majority_label,
        majority_n_right=int(confusion[list(label_names).index(majority_label)].sum()),
        per_class=_class_scores(confusion, label_names),
        confusion=_cells(confusion),
        reliability=_reliability(confidence, right),
        coverage_curve=_coverage_points(confidence, right),
        operating_points=_operating_points(thresholds or {}, confidence, right),
        mistakes=_worst_mistakes(probabilities, labels, names, label_names, thumbnail),
        n_mistakes=n - n_right,
    )


def _class_scores(confusion: metrics.Counts, label_names: Sequence[str]) -> tuple[ClassScores, ...]:
    recalls, precisions, f1s = (
        [None if np.isnan(value) else float(value) for value in scores]
        for scores in (
            metrics.recalls(confusion),
            metrics.precisions(confusion),
            metrics.f1_scores(confusion),
        )
    )
    rows = []
    for k, label in enumerate(label_names):
        n, n_right = int(confusion[k].sum()), int(confusion[k, k])
        rows.append(
            ClassScores(
                label=label,
                n=n,
                n_right=n_right,
                n_predicted=int(confusion[:, k].sum()),
                recall=recalls[k],
                recall_interval=metrics.wilson_interval(n_right, n) if n else None,
                precision=precisions[k],
                f1=f1s[k],
            )
        )
    return tuple(rows)


def _cells(confusion: metrics.Counts) -> tuple[tuple[int, int, int], ...]:
    return tuple(
        (row, column, int(confusion[row, column])) for row, column in np.argwhere(confusion).tolist()
    )


def _reliability(confidence: Floats, right: NDArray[np.bool_]) -> tuple[ReliabilityBin, ...]:
    return tuple(
        ReliabilityBin(
            low=one.low,
            high=one.high,
            n=one.n,
            n_right=one.n_right,
            mean_confidence=one.mean_confidence,
            accuracy_interval=metrics.wilson_interval(one.n_right, one.n),
        )
        for one in metrics.reliability_bins(confidence, right)
    )


def _coverage_points(confidence: Floats, right: NDArray[np.bool_]) -> tuple[CoveragePoint, ...]:
    """Return the coverage curve, thinned evenly; its last point is the accuracy over all photos."""
    coverage, reached = metrics.coverage_curve(confidence, right)
    kept = np.unique(
        np.linspace(0, len(coverage) - 1, min(len(coverage), MAX_CURVE_POINTS)).round().astype(int)
    )
    return tuple(CoveragePoint(coverage=float(coverage[i]), accuracy=float(reached[i])) for i in kept)


def _operating_points(
    thresholds: Mapping[float, float], confidence: Floats, right: NDArray[np.bool_]
) -> tuple[OperatingPoint, ...]:
    points = []
    n = len(confidence)
    for target, threshold in sorted(thresholds.items(), reverse=True):
        answered = confidence >= threshold
        n_answered, n_right = int(answered.sum()), int((answered & right).sum())
        points.append(
            OperatingPoint(
                target_accuracy=target,
                threshold=threshold,
                n=n,
                n_answered=n_answered,
                n_right=n_right,
                coverage_interval=metrics.wilson_interval(n_answered, n),
                accuracy_interval=metrics.wilson_interval(n_right, n_answered) if n_answered else None,
            )
        )
    return tuple(points)


def _worst_mistakes(
    probabilities: Floats,
    labels: Labels,
    names: Sequence[str],
    label_names: Sequence[str],
    thumbnail: Thumbnail,
) -> tuple[Mistake, ...]:
    """Return the most confident wrong answers; equally confident ones in the order of their names."""
    answers, confidence = probabilities.argmax(axis=1), probabilities.max(axis=1)
    wrong = sorted(np.flatnonzero(answers != labels).tolist(), key=lambda i: (-confidence[i], names[i]))
    return tuple(
        Mistake(
            name=names[i],
            true=label_names[labels[i]],
            predicted=label_names[answers[i]],
            probability=float(confidence[i]),
            thumbnail=thumbnail(names[i]),
        )
        for i in wrong[:MAX_MISTAKES]
    )

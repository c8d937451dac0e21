"""Scores of answers of several labels each, and where held-out models disagree with the labels."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from apprenti.blocks import label_metrics as metrics
from apprenti.blocks.metrics import expected_calibration_error, wilson_interval
from apprenti.domain.label_scores import LabelMiss, LabelScores, OneLabelScores
from apprenti.stages.evaluate.answers import Answers
from apprenti.stages.evaluate.judging import Thumbnail, no_thumbnail

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

MAX_MISSES = 24
LEAST_AVERAGE_PRECISION = 0.5
"""Models that order a label's photos worse than this have no say about who stands under it."""
SURE = 0.8
"""So sure a model must be of the opposite for its disagreement to be worth a look."""


def judge_labels(
    answers: Answers,
    *,
    label_names: Sequence[str],
    thresholds: Sequence[float],
    thumbnail: Thumbnail = no_thumbnail,
    seed: int = 0,
) -> LabelScores:
    """Return every score of the answers, each with what a person needs to judge it.

    Args:
        answers: expected [n, K] of 0 and 1, given [n, K] calibrated probabilities, n ≥ 1.
        label_names: [K].
        thresholds: [K], the probability from which on each label is given, chosen on other photos.
        thumbnail: called for the misses shown.
        seed: of the bootstrap.

    Raises:
        ValueError: there is no photo.
    """
    n = len(answers.names)
    if n == 0:
        raise ValueError("no photos to judge on")
    expected, p = answers.expected > 0, np.asarray(answers.given, np.float64)
    given = p >= np.asarray(thresholds)
    n_exact = int((given == expected).all(axis=1).sum())
    micro, macro = metrics.f1_intervals(expected, given, seed=seed)
    occurring = expected[:, expected.any(axis=0)]
    misses = surest_misses(answers, given, label_names, thumbnail)
    return LabelScores(
        n=n,
        mean_average_precision=metrics.mean_average_precision(expected, p),
        mean_average_precision_interval=metrics.mean_average_precision_interval(expected, p, seed=seed),
        chance_average_precision=float(occurring.mean()) if occurring.size else 0.0,
        micro_f1=metrics.micro_f1(expected, given),
        micro_f1_interval=micro,
        macro_f1=metrics.macro_f1(expected, given),
        macro_f1_interval=macro,
        n_exact=n_exact,
        exact_interval=wilson_interval(n_exact, n),
        log_loss=metrics.binary_log_loss(expected, p),
        ece=expected_calibration_error(p.ravel(), expected.ravel()),
        per_label=_per_label(expected, p, given, label_names, thresholds),
        misses=misses,
        n_misses=int((given != expected).sum()),
    )


def label_disagreements(
    held_out: Answers, *, label_names: Sequence[str], thumbnail: Thumbnail = no_thumbnail
) -> tuple[LabelMiss, ...]:
    """Return where models that had not seen a photo disagree most with the labels it stands under.

    Only labels that the models know something of count: a model that is often wrong doubts everything.
    """
    if not len(held_out.names):
        return ()
    expected = held_out.expected > 0
    known = metrics.average_precisions(expected, held_out.given) >= LEAST_AVERAGE_PRECISION
    p = np.asarray(held_out.given, np.float64)
    answered = np.where(expected, p > 1 - SURE, p >= SURE)
    return surest_misses(held_out, np.where(known, answered, expected), label_names, thumbnail)


def surest_misses(
    answers: Answers, given: Flags, label_names: Sequence[str], thumbnail: Thumbnail
) -> tuple[LabelMiss, ...]:
    """Return the labels wrongly given or left out, those the model was surest of first."""
    expected, p = answers.expected > 0, np.asarray(answers.given, np.float64)
    surprise = np.where(expected, 1 - p, p)
    wrong = [(int(row), int(k)) for row, k in np.argwhere(given != expected)]
    wrong.sort(key=lambda at: (-surprise[at], answers.names[at[0]], at[1]))
    return tuple(
        LabelMiss(
            name=answers.names[row],
            label=label_names[k],
            stands_there=bool(expected[row, k]),
            given_probability=float(p[row, k]),
            thumbnail=thumbnail(answers.names[row]),
        )
        for row, k in wrong[:MAX_MISSES]
    )


def _per_label(
    expected: Flags, p: Floats, given: Flags, label_names: Sequence[str], thresholds: Sequence[float]
) -> tuple[OneLabelScores, ...]:
    n_true, n_given, n_right = metrics.label_counts(expected, given)
    f1, average_precision = metrics.f1_of(n_true, n_given, n_right), metrics.average_precisions(expected, p)
    return tuple(
        OneLabelScores(
            label=label,
            n=int(n_true[k]),
            n_given=int(n_given[k]),
            n_right=int(n_right[k]),
            threshold=float(thresholds[k]),
            recall=float(n_right[k] / n_true[k]) if n_true[k] else None,
            recall_interval=wilson_interval(int(n_right[k]), int(n_true[k])) if n_true[k] else None,
            precision=float(n_right[k] / n_given[k]) if n_given[k] else None,
            f1=_known(f1[k]),
            average_precision=_known(average_precision[k]),
        )
        for k, label in enumerate(label_names)
    )


def _known(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None

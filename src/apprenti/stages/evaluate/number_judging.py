"""Scores of answers that are numbers, and where held-out models are furthest from what a photo stands under."""

from __future__ import annotations

import numpy as np

from apprenti.blocks import number_metrics as metrics
from apprenti.blocks.metrics import wilson_interval
from apprenti.blocks.sampling import sample_rows
from apprenti.domain.number_scores import NumberMiss, NumberScores
from apprenti.stages.evaluate.answers import Answers
from apprenti.stages.evaluate.judging import Thumbnail, no_thumbnail

MAX_MISSES = 24
MAX_POINTS = 600
"""A drawing of more is no clearer, and the page would be heavy."""


def judge_numbers(
    answers: Answers,
    *,
    baseline: float,
    margin: float,
    margin_level: float,
    thumbnail: Thumbnail = no_thumbnail,
    seed: int = 0,
) -> NumberScores:
    """Return every score of the answers, each with what a person needs to judge it.

    Args:
        answers: expected [n] and given [n] numbers, n ≥ 1.
        baseline: the median of the *training* numbers.
        margin: half the width of the interval around each answer, from other photos.
        margin_level: share of photos it was made to hold, 0..1.
        thumbnail: called for the misses shown.
        seed: of the bootstrap.

    Raises:
        ValueError: there is no photo.
    """
    n = len(answers.names)
    if n == 0:
        raise ValueError("no photos to judge on")
    expected, given = (np.asarray(part, np.float64) for part in (answers.expected, answers.given))
    n_held = int((np.abs(expected - given) <= margin).sum())
    shown = sample_rows(n, MAX_POINTS, seed=seed)
    return NumberScores(
        n=n,
        mean_absolute_error=metrics.mean_absolute_error(expected, given),
        mean_absolute_error_interval=metrics.mean_absolute_error_interval(expected, given, seed=seed),
        root_mean_squared_error=metrics.root_mean_squared_error(expected, given),
        root_mean_squared_error_interval=metrics.root_mean_squared_error_interval(expected, given, seed=seed),
        r2=metrics.r2(expected, given),
        r2_interval=metrics.r2_interval(expected, given, seed=seed),
        baseline=baseline,
        baseline_absolute_error=metrics.mean_absolute_error(expected, np.full(n, baseline)),
        margin=margin,
        margin_level=margin_level,
        n_held=n_held,
        held_interval=wilson_interval(n_held, n),
        points=tuple((float(expected[i]), float(given[i])) for i in shown),
        misses=furthest_misses(answers, thumbnail=thumbnail),
    )


def furthest_misses(
    answers: Answers, *, thumbnail: Thumbnail = no_thumbnail, beyond: float = 0.0
) -> tuple[NumberMiss, ...]:
    """Return the answers that are furthest off, furthest first, those that are off by more than ``beyond``."""
    expected, given = (np.asarray(part, np.float64) for part in (answers.expected, answers.given))
    errors = np.abs(expected - given)
    rows = sorted(np.flatnonzero(errors > beyond).tolist(), key=lambda i: (-errors[i], answers.names[i]))
    return tuple(
        NumberMiss(
            name=answers.names[i],
            expected=float(expected[i]),
            answered=float(given[i]),
            thumbnail=thumbnail(answers.names[i]),
        )
        for i in rows[:MAX_MISSES]
    )

"""A challenger takes the champion's place only if it answers the task's fixed test photos better, beyond chance.

Both answer the same photos, so they are compared photo by photo: exactly (the sign test, which is McNemar's exact
test) where answers are right or wrong, by drawing the photos again and again where the score is a precision or an
error. The test is one-sided, since only one outcome leads to a change; how strict it is depends on how many
challengers the champion has met before (``promotion_level``).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from apprenti.blocks.binomial import at_least
from apprenti.blocks.label_metrics import average_precisions
from apprenti.blocks.metrics import paired_interval
from apprenti.blocks.resampling import resamples
from apprenti.domain.dataset import TaskType
from apprenti.domain.recipe import Interval
from apprenti.domain.sentence import Sentence
from apprenti.stages.feedback.promotion_level import POWER, level_of, smallest_visible_difference

FEWEST_TEST_PHOTOS = 30
"""On fewer nothing is promoted by itself: a person may still do it."""

MOST_RESAMPLES = 9_999
MOST_CELLS = 100_000_000
"""Photos times labels times draws: a few seconds."""

Array = NDArray[Any]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a challenge came to.

    Args:
        promote: whether the challenger should take the champion's place.
        reason: why, for a person.
        n: test photos both answered.
        p_value: how likely a lead like this is if the challenger is no better; ``None`` where nothing was tested.
        level: what ``p_value`` had to stay below.
        difference: the challenger's score minus the champion's; of numbers, by how much its mean absolute error is
            smaller. Above 0 is better.
        interval: 95 % of ``difference``.
        smallest_visible: of classes, the difference in accuracy that would be seen in four cases of five.
    """

    promote: bool
    reason: Sentence
    n: int
    p_value: float | None = None
    level: float | None = None
    difference: float | None = None
    interval: Interval | None = None
    smallest_visible: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Lead:
    """By how much a challenger is ahead, and how likely that is by chance."""

    p_value: float
    difference: float
    interval: Interval


def verdict(
    targets: ArrayLike,
    champion: ArrayLike | None,
    challenger: ArrayLike,
    *,
    task_type: TaskType,
    n_earlier: int,
    seed: int = 0,
) -> Verdict:
    """Return whether a challenger is promoted.

    The task's labels may have changed since the champion was trained. Labels are numbered as the task numbers them
    now; to one the champion does not know it never answers rightly, and that counts.

    Args:
        targets: of the fixed test photos: [n] label numbers, [n, K] of 0 and 1, or [n] numbers.
        champion: its answers to the same photos: [n] label numbers, [n, K] probabilities (0 for a label it does not
            know), or [n] numbers; ``None`` where there is none yet.
        challenger: its answers, alike.
        task_type: what is told of a photo.
        n_earlier: challengers this champion met before on these test photos.
        seed: of the drawing.

    Raises:
        ValueError: the answers are not as many as the targets.
    """
    truth, after = np.asarray(targets), np.asarray(challenger)
    n = len(truth)
    if champion is None:
        return Verdict(promote=True, reason=Sentence(key="feedback.promoted_first"), n=n)
    before = np.asarray(champion)
    if before.shape != truth.shape or after.shape != truth.shape:
        raise ValueError(
            f"targets are {truth.shape}, answers {before.shape} and {after.shape}: expected the same"
        )
    if n < FEWEST_TEST_PHOTOS:
        values = {"n": n, "fewest": FEWEST_TEST_PHOTOS}
        return Verdict(promote=False, reason=Sentence(key="feedback.kept_too_few", values=values), n=n)
    lead = _lead(truth, before, after, task_type, seed)
    changed = None
    if task_type is TaskType.MULTI_CLASS:
        share_changed = float(np.mean((before == truth) != (after == truth)))
        changed = smallest_visible_difference(n, n_earlier=n_earlier, share_changed=max(share_changed, 1 / n))
    return _judged(lead, n, level_of(n_earlier), task_type, changed)


def lead_of_classes(right_before: ArrayLike, right_after: ArrayLike) -> Lead:
    """Return the lead in accuracy by the exact one-sided sign test of the photos that only one model got right.

    Source: Q. McNemar, "Note on the sampling error of the difference between correlated proportions", 1947.

    Example:
        >>> lead = lead_of_classes([0] * 10 + [1] * 90, [1] * 8 + [0] * 2 + [1] * 90)
        >>> round(lead.difference, 3), round(lead.p_value, 4)
        (0.08, 0.0039)
    """
    before, after = np.asarray(right_before, bool), np.asarray(right_after, bool)
    n_lost, n_gained, n = int((before & ~after).sum()), int((after & ~before).sum()), len(before)
    return Lead(
        p_value=at_least(n_gained, n_gained + n_lost, 0.5),
        difference=(n_gained - n_lost) / n,
        interval=paired_interval(n_lost, n_gained, n),
    )


def lead_of_numbers(targets: ArrayLike, before: ArrayLike, after: ArrayLike, *, seed: int) -> Lead:
    """Return by how much the mean absolute error became smaller, by the paired bootstrap."""
    truth = np.asarray(targets, np.float64)
    off_before, off_after = (np.abs(np.asarray(each, np.float64) - truth) for each in (before, after))
    gains = off_before - off_after
    return _bootstrapped(lambda counts: counts @ gains / len(gains), len(gains), MOST_RESAMPLES, seed)


def lead_of_labels(targets: ArrayLike, before: ArrayLike, after: ArrayLike, *, seed: int) -> Lead:
    """Return the lead in mean average precision, by the paired bootstrap; photos are drawn with all their labels."""
    truth = np.asarray(targets, np.float64)
    n_resamples = max(999, min(MOST_RESAMPLES, MOST_CELLS // max(truth.size, 1)))

    def gain(counts: Floats) -> Floats:
        return _mean_precision(truth, after, counts) - _mean_precision(truth, before, counts)

    return _bootstrapped(gain, len(truth), n_resamples, seed)


def _mean_precision(targets: Floats, scores: ArrayLike, counts: Floats) -> Floats:
    precisions = average_precisions(targets, scores, counts)
    known = np.isfinite(precisions)
    return np.asarray(np.where(known, precisions, 0).sum(axis=1) / np.maximum(known.sum(axis=1), 1))


def _lead(truth: Array, before: Array, after: Array, task_type: TaskType, seed: int) -> Lead:
    if task_type is TaskType.MULTI_CLASS:
        return lead_of_classes(before == truth, after == truth)
    lead_of = lead_of_labels if task_type is TaskType.MULTI_LABEL else lead_of_numbers
    return lead_of(truth, before, after, seed=seed)


def _bootstrapped(gain: Callable[[Floats], Floats], n: int, n_resamples: int, seed: int) -> Lead:
    """Return the lead of a score: the p-value is the share of draws in which the challenger is not ahead.

    Drawing from n photos varies a little less than photos do, by (n - 1) / n; the draws are spread by as much.

    Source: A. C. Davison, D. V. Hinkley, "Bootstrap methods and their application", 1997, chapter 4.
    """
    difference = float(gain(np.ones((1, n)))[0])
    draws = np.concatenate([gain(counts) for counts in resamples(n, n_resamples=n_resamples, seed=seed)])
    spread = difference + (draws - difference) * np.sqrt(n / (n - 1))
    low, high = np.quantile(spread, [0.025, 0.975])
    return Lead(
        p_value=(1 + int((spread <= 0).sum())) / (n_resamples + 1),
        difference=difference,
        interval=Interval(low=float(low), high=float(high)),
    )


def _judged(lead: Lead, n: int, level: float, task_type: TaskType, visible: float | None) -> Verdict:
    promote = lead.difference > 0 and lead.p_value <= level
    outcome = "promoted" if promote else "kept_behind" if lead.difference <= 0 else "kept_unsure"
    unit = "number" if task_type is TaskType.REGRESSION else "points"
    factor = 1 if task_type is TaskType.REGRESSION else 100
    values: dict[str, str | int | float] = {
        "n": n,
        "difference": float(f"{abs(factor * lead.difference):.3g}"),
        "p": float(f"{100 * lead.p_value:.2g}"),
        "level": float(f"{100 * level:.2g}"),
    }
    return Verdict(
        promote=promote,
        reason=Sentence(key=f"feedback.{outcome}_{unit}", values=values),
        n=n,
        p_value=lead.p_value,
        level=level,
        difference=lead.difference,
        interval=lead.interval,
        smallest_visible=visible,
    )


def what_could_be_seen(judged: Verdict) -> Sentence | None:
    """Return how large a lead these test photos could have shown; of classes, where nothing was shown."""
    if judged.promote or judged.smallest_visible is None:
        return None
    points = float(f"{100 * judged.smallest_visible:.3g}")
    values = {"n": judged.n, "points": points, "power": round(100 * POWER)}
    return Sentence(key="feedback.visible", values=values)

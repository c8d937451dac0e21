"""Which examples are held out in turn, so that every recipe is judged on photos it did not see."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from apprenti.domain.dataset import Example, Split, TaskType, labels_of
from apprenti.domain.errors import DataError
from apprenti.stages.train.label_folds import iterative_folds

ALWAYS_FITTED = -1
N_FOLDS = 5
HOLDOUT_ROWS = 6000
"""From here on, one fold in five is held out once: its interval is already narrow, and five fits cost five times."""
HOLDOUT_SMALLEST_CLASS = 50
ENOUGH_VALIDATION = 1000
"""A given validation split of fewer photos is one fold of five: chosen on 340 photos, the best of seven recipes was
missed by 0.20 points of accuracy on average over seven sets, on 1,000 by 0.10."""
MOST_STRATA = 10
LEAST_IN_STRATUM = 10
"""Numbers are cut into as many equally full ranges as have this many examples, each range dealt out like a class."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Folds:
    """The fold of every example.

    Args:
        fold: [n] int8; held out in that turn, ``ALWAYS_FITTED`` never.
        n_folds: how many turns there are.
        scheme: ``5-fold``, ``holdout`` (a fifth of the training photos, once) or ``given`` (the user's validation
            split, once).
    """

    fold: NDArray[np.int8]
    n_folds: int
    scheme: str

    def turn(self, index: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Return the rows fitted on and the rows held out in one turn."""
        return np.flatnonzero(self.fold != index), np.flatnonzero(self.fold == index)


def first_turn(folds: Folds) -> Folds:
    """Return the folds of what is judged once: the first turn's rows are held out, all others fitted on."""
    fold = np.where(folds.fold == 0, 0, ALWAYS_FITTED).astype(np.int8)
    return Folds(fold=fold, n_folds=1, scheme="holdout")


def assign_folds(examples: Sequence[Example], task_type: TaskType = TaskType.MULTI_CLASS) -> Folds:
    """Return the folds of the train and validation examples, near duplicates always together.

    A given validation split is held out once if it is large, and else in turn with four parts of the training
    examples. Without one the training examples are cross-validated, or, where there are very many and no class is
    small, a fifth of them is held out once.

    Args:
        examples: train and validation examples.
        task_type: what is to be told of them.

    Raises:
        DataError: all of them are near duplicates of one another.
    """
    given = np.asarray([example.split is Split.VALIDATION for example in examples])
    if given.sum() >= ENOUGH_VALIDATION:
        return Folds(fold=np.where(given, 0, ALWAYS_FITTED).astype(np.int8), n_folds=1, scheme="given")
    if given.any():
        fold = np.zeros(len(examples), dtype=np.int8)
        train = [example for example in examples if example.split is not Split.VALIDATION]
        fold[~given] = 1 + stratified_folds(train, n_folds=N_FOLDS - 1, task_type=task_type)
        return Folds(fold=fold, n_folds=N_FOLDS, scheme=f"{N_FOLDS}-fold")
    fold = stratified_folds(examples, n_folds=N_FOLDS, task_type=task_type)
    if fold.max() == 0:
        raise DataError("all_alike", n=len(examples))
    if len(examples) >= HOLDOUT_ROWS and _smallest_class(examples) >= HOLDOUT_SMALLEST_CLASS:
        once = np.where(fold == 0, 0, ALWAYS_FITTED).astype(np.int8)
        return Folds(fold=once, n_folds=1, scheme="holdout")
    return Folds(fold=fold, n_folds=int(fold.max()) + 1, scheme=f"{int(fold.max()) + 1}-fold")


def stratified_folds(
    examples: Sequence[Example], *, n_folds: int, task_type: TaskType = TaskType.MULTI_CLASS
) -> NDArray[np.int8]:
    """Return the fold of each example, [n] int8, near duplicates always together.

    Each class is dealt out in turn, group by group; so is each range of numbers. Of several labels the rarest are
    dealt out first. Groups are named by content hashes, so their sorted order is random but never changes.
    """
    if task_type is TaskType.MULTI_LABEL:
        return _folds_of_labels(examples, n_folds)
    strata = _strata(examples, task_type)
    members: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    label_of_group: dict[str, str] = {}
    for row, example in enumerate(examples):
        group = example.group or example.content_hash
        label = label_of_group.setdefault(group, strata[row])
        members[label][group].append(row)
    fold = np.zeros(len(examples), dtype=np.int8)
    dealt = 0
    for label in sorted(members):
        for group in sorted(members[label]):
            fold[members[label][group]] = dealt % n_folds
            dealt += 1
    return fold


def _strata(examples: Sequence[Example], task_type: TaskType) -> list[str]:
    """Return the class of each example, or the number of its range."""
    if task_type is not TaskType.REGRESSION:
        return [str(example.target) for example in examples]
    numbers = np.asarray([example.target for example in examples], dtype=np.float64)
    n_strata = max(1, min(MOST_STRATA, len(numbers) // LEAST_IN_STRATUM))
    if not len(numbers):
        return []
    edges = np.quantile(numbers, np.linspace(0, 1, n_strata + 1)[1:-1])
    return [str(stratum) for stratum in np.searchsorted(edges, numbers, side="right").tolist()]


def _folds_of_labels(examples: Sequence[Example], n_folds: int) -> NDArray[np.int8]:
    names, group_of = np.unique(
        [example.group or example.content_hash for example in examples], return_inverse=True
    )
    labels = sorted({label for example in examples for label in labels_of(example.target)})
    place = {label: at for at, label in enumerate(labels)}
    counts = np.zeros((len(names), len(labels)), dtype=np.int64)
    for example, group in zip(examples, group_of.tolist(), strict=True):
        counts[group, [place[label] for label in labels_of(example.target)]] += 1
    sizes = np.bincount(group_of, minlength=len(names)).tolist()
    return iterative_folds(counts, sizes, n_folds=min(n_folds, len(names)))[group_of]


def _smallest_class(examples: Sequence[Example]) -> int:
    """Return how many examples the rarest label has; all of them where there are no labels."""
    counts: dict[str, int] = defaultdict(int)
    for example in examples:
        for label in labels_of(example.target):
            counts[label] += 1
    return min(counts.values(), default=len(examples))

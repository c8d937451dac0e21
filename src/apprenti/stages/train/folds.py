"""Which examples are held out in turn, so that every recipe is judged on photos it did not see."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from apprenti.domain.dataset import Example, Split
from apprenti.domain.errors import DataError

ALWAYS_FITTED = -1
N_FOLDS = 5
HOLDOUT_ROWS = 6000
"""From here on, one fold in five is held out once: its interval is already narrow, and five fits cost five times."""
HOLDOUT_SMALLEST_CLASS = 50
ENOUGH_VALIDATION = 1000
"""A given validation split of fewer photos is one fold of five: chosen on 340 photos, the best of seven recipes was
missed by 0.20 points of accuracy on average over seven sets, on 1,000 by 0.10."""


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


def assign_folds(examples: Sequence[Example]) -> Folds:
    """Return the folds of the train and validation examples, near duplicates always together.

    A given validation split is held out once if it is large, and else in turn with four parts of the training
    examples. Without one the training examples are cross-validated, or, where there are very many and no class is
    small, a fifth of them is held out once.

    Args:
        examples: train and validation examples.

    Raises:
        DataError: all of them are near duplicates of one another.
    """
    given = np.asarray([example.split is Split.VALIDATION for example in examples])
    if given.sum() >= ENOUGH_VALIDATION:
        return Folds(fold=np.where(given, 0, ALWAYS_FITTED).astype(np.int8), n_folds=1, scheme="given")
    if given.any():
        fold = np.zeros(len(examples), dtype=np.int8)
        train = [example for example in examples if example.split is not Split.VALIDATION]
        fold[~given] = 1 + stratified_folds(train, n_folds=N_FOLDS - 1)
        return Folds(fold=fold, n_folds=N_FOLDS, scheme=f"{N_FOLDS}-fold")
    fold = stratified_folds(examples, n_folds=N_FOLDS)
    if fold.max() == 0:
        raise DataError("all_alike", n=len(examples))
    if len(examples) >= HOLDOUT_ROWS and _smallest_class(examples) >= HOLDOUT_SMALLEST_CLASS:
        once = np.where(fold == 0, 0, ALWAYS_FITTED).astype(np.int8)
        return Folds(fold=once, n_folds=1, scheme="holdout")
    return Folds(fold=fold, n_folds=int(fold.max()) + 1, scheme=f"{int(fold.max()) + 1}-fold")


def stratified_folds(examples: Sequence[Example], *, n_folds: int) -> NDArray[np.int8]:
    """Return the fold of each example, [n] int8: each class is dealt out in turn, group by group.

    Groups are named by content hashes, so their sorted order is random but never changes.
    """
    members: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    label_of_group: dict[str, str] = {}
    for row, example in enumerate(examples):
        group = example.group or example.content_hash
        label = label_of_group.setdefault(group, str(example.target))
        members[label][group].append(row)
    fold = np.zeros(len(examples), dtype=np.int8)
    dealt = 0
    for label in sorted(members):
        for group in sorted(members[label]):
            fold[members[label][group]] = dealt % n_folds
            dealt += 1
    return fold


def _smallest_class(examples: Sequence[Example]) -> int:
    counts: dict[str, int] = defaultdict(int)
    for example in examples:
        counts[str(example.target)] += 1
    return min(counts.values(), default=0)

"""Folds of several labels and of numbers: rare labels on every side, near duplicates always together."""

from __future__ import annotations

import numpy as np
from tests.making import an_example

from apprenti.domain.dataset import Example, TaskType, labels_of
from apprenti.stages.train import assign_folds, stratified_folds
from apprenti.stages.train.label_folds import iterative_folds


def labelled(n: int, *, seed: int = 0) -> list[Example]:
    """Return examples of four labels from half of them to one in twenty."""
    draws = np.random.default_rng(seed)
    shares = {"a": 0.5, "b": 0.3, "c": 0.15, "d": 0.05}
    targets = [tuple(label for label, share in shares.items() if draws.random() < share) for _ in range(n)]
    return [an_example(i, "photo", target=target) for i, target in enumerate(targets)]


def test_every_fold_gets_its_share_of_every_label_the_rare_ones_too() -> None:
    examples = labelled(200)
    fold = stratified_folds(examples, n_folds=5, task_type=TaskType.MULTI_LABEL)
    sizes = np.bincount(fold, minlength=5)
    assert sizes.max() - sizes.min() <= 6
    for label in "abcd":
        has = np.asarray([label in labels_of(example.target) for example in examples])
        per_fold = np.bincount(fold[has], minlength=5)
        assert per_fold.max() - per_fold.min() <= 2, label


def test_a_label_of_five_photos_is_in_every_fold_and_dealing_at_random_would_not_do_that() -> None:
    counts = np.zeros((100, 2), dtype=np.int64)
    counts[:, 0], counts[::20, 1] = 1, 1
    fold = iterative_folds(counts, [1] * 100, n_folds=5)
    assert sorted(fold[::20].tolist()) == [0, 1, 2, 3, 4]


def test_near_duplicates_of_several_labels_share_a_fold() -> None:
    examples = [
        an_example(i, "x", target=("a",) if i % 2 else ("a", "b"), group=f"group {i // 3}") for i in range(30)
    ]
    fold = stratified_folds(examples, n_folds=5, task_type=TaskType.MULTI_LABEL)
    assert all(len(set(fold[start : start + 3])) == 1 for start in range(0, 30, 3))
    assert set(fold.tolist()) == {0, 1, 2, 3, 4}


def test_every_fold_spans_the_numbers() -> None:
    numbers = np.random.default_rng(0).lognormal(0, 2, 200)
    examples = [an_example(i, "x", target=float(number)) for i, number in enumerate(numbers)]
    folds = assign_folds(examples, TaskType.REGRESSION)
    assert folds.scheme == "5-fold"
    medians = [np.median(np.log(numbers[folds.turn(turn)[1]])) for turn in range(5)]
    assert np.ptp(medians) < 0.8
    assert all(np.sum(numbers[folds.turn(turn)[1]] >= np.quantile(numbers, 0.9)) == 4 for turn in range(5))


def test_few_photos_of_either_kind_are_still_cross_validated() -> None:
    few = [an_example(i, "x", target=float(i)) for i in range(10)]
    assert assign_folds(few, TaskType.REGRESSION).n_folds == 5
    assert assign_folds(labelled(4), TaskType.MULTI_LABEL).n_folds == 4

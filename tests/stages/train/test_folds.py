from collections import Counter

from tests.making import an_example

from apprenti.domain.dataset import Split
from apprenti.stages.train import ALWAYS_FITTED, assign_folds, stratified_folds


def test_every_class_is_spread_evenly_over_the_folds() -> None:
    examples = [an_example(i, label) for label in ("cat", "dog") for i in range(25)]
    fold = stratified_folds(examples, n_folds=5)
    counts = Counter((str(example.target), int(f)) for example, f in zip(examples, fold, strict=True))
    assert set(counts.values()) == {5}


def test_near_duplicates_share_a_fold() -> None:
    examples = [an_example(i, "cat", group=f"group {i // 3}") for i in range(30)]
    fold = stratified_folds(examples, n_folds=5)
    assert all(len(set(fold[start : start + 3])) == 1 for start in range(0, 30, 3))


def test_a_large_validation_split_is_held_out_once_and_nothing_else_is() -> None:
    examples = [an_example(i, "cat", Split.VALIDATION if i < 1000 else Split.TRAIN) for i in range(3000)]
    folds = assign_folds(examples)
    assert (folds.n_folds, folds.scheme) == (1, "given")
    fitted, held_out = folds.turn(0)
    assert {examples[row].split for row in held_out} == {Split.VALIDATION}
    assert len(fitted) == 2000


def test_a_small_validation_split_is_one_fold_of_five() -> None:
    examples = [an_example(i, "cat", Split.VALIDATION if i < 4 else Split.TRAIN) for i in range(40)]
    folds = assign_folds(examples)
    assert (folds.n_folds, folds.scheme) == (5, "5-fold")
    assert {examples[row].split for row in folds.turn(0)[1]} == {Split.VALIDATION}
    for turn in range(1, 5):
        assert {examples[row].split for row in folds.turn(turn)[1]} == {Split.TRAIN}


def test_many_photos_are_held_out_once_and_few_are_cross_validated() -> None:
    many = [an_example(i, f"class {i % 3}") for i in range(6000)]
    few = many[:300]
    assert assign_folds(few).scheme == "5-fold"
    once = assign_folds(many)
    assert (once.scheme, once.n_folds) == ("holdout", 1)
    assert 0.19 < (once.fold != ALWAYS_FITTED).mean() < 0.21


def test_four_photos_are_still_cross_validated() -> None:
    folds = assign_folds([an_example(i, label) for label in ("cat", "dog") for i in range(2)])
    assert folds.n_folds == 4
    for turn in range(folds.n_folds):
        fitted, held_out = folds.turn(turn)
        assert len(fitted) == 3
        assert len(held_out) == 1

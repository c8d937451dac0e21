"""Who is tested on: stable, stratified, grouped."""

from __future__ import annotations

import hashlib
from collections import Counter
from pathlib import Path

import pytest
from tests.stages.ingest.photos import class_folders, keys, png, read, write

from apprenti.domain.dataset import Split
from apprenti.stages.ingest.splits import drawn_splits, given_splits

TRAIN, VALIDATION, TEST = Split.TRAIN, Split.VALIDATION, Split.TEST


def groups(n: int, salt: str = "") -> list[str]:
    return [hashlib.sha256(f"{salt}{i}".encode()).hexdigest() for i in range(n)]


def test_about_one_in_five_is_for_testing() -> None:
    splits = drawn_splits(groups(5000), ["cat"] * 5000)
    assert 0.18 < splits.count(TEST) / 5000 < 0.22
    assert VALIDATION not in splits


@pytest.mark.parametrize("n", range(4, 40))
def test_every_class_of_four_or_more_has_test_and_enough_training(n: int) -> None:
    for salt in "abcdef":
        counts = Counter(drawn_splits(groups(n, salt), ["cat"] * n))
        assert 1 <= counts[TEST] <= max(2, 0.3 * n + 1)
        assert counts[TRAIN] >= max(2, 0.65 * n - 1)


@pytest.mark.parametrize("n", [1, 2, 3])
def test_a_class_of_fewer_than_four_goes_to_training(n: int) -> None:
    assert set(drawn_splits(groups(n), ["cat"] * n)) == {TRAIN}


def test_adding_photos_never_moves_old_ones() -> None:
    names = groups(600)
    labels = ["cat" if i % 3 else "dog" for i in range(600)]
    before = drawn_splits(names[:300], labels[:300])
    after = drawn_splits(names, labels)
    assert after[:300] == before


def test_in_small_classes_adding_photos_moves_hardly_any() -> None:
    moved = total = 0
    for salt in range(200):
        names = groups(24, str(salt))
        before, after = (drawn_splits(names[:n], ["cat"] * n) for n in (20, 24))
        moved += sum(old is not new for old, new in zip(before, after[:20], strict=True))
        total += 20
    assert moved / total < 0.02


def test_a_new_class_moves_nothing() -> None:
    names = groups(40)
    before = drawn_splits(names[:30], ["cat"] * 30)
    assert drawn_splits(names, ["cat"] * 30 + ["dog"] * 10)[:30] == before


def test_the_order_of_examples_does_not_matter() -> None:
    names, labels = groups(60), ["cat", "dog", "cow"] * 20
    forward = drawn_splits(names, labels)
    assert drawn_splits(names[::-1], labels[::-1])[::-1] == forward


def test_members_of_a_group_share_a_side_even_across_classes() -> None:
    names = [name for name in groups(50) for _ in range(3)]
    labels = ["cat", "cat", "dog"] * 50
    splits = drawn_splits(names, labels)
    assert all(len(set(splits[i : i + 3])) == 1 for i in range(0, 150, 3))


def test_large_groups_are_no_likelier_to_be_tested_on() -> None:
    # were the draw the smallest hash of the members, two in three groups of five would be
    members = [sorted(groups(5, str(i)))[0] for i in range(2000)]
    share = drawn_splits(members, ["cat"] * 2000).count(TEST) / 2000
    assert 0.17 < share < 0.23


@pytest.mark.parametrize(
    ("given", "expected", "key"),
    [
        ([None, None], None, ""),
        ([TRAIN, TRAIN], None, ""),
        ([TRAIN, None], None, ""),
        ([TRAIN, VALIDATION, TEST], [TRAIN, VALIDATION, TEST], "given_splits"),
        ([TRAIN, TEST], [TRAIN, TEST], "given_train_and_test"),
        ([None, TEST], [TRAIN, TEST], "given_train_and_test"),
        ([TRAIN, VALIDATION], [TRAIN, TEST], "validation_as_test"),
        ([VALIDATION, TEST], None, "splits_without_train"),
    ],
)
def test_given_splits_are_respected(
    given: list[Split | None], expected: list[Split] | None, key: str
) -> None:
    splits, notices = given_splits(given)
    assert splits == expected
    assert [notice.key for notice in notices] == ([f"ingest.{key}"] if key else [])


def test_split_folders_become_splits(tmp_path: Path) -> None:
    for at, split in enumerate(("Train", "valid", "TEST")):
        class_folders(tmp_path / "data" / split, n=3, first=100 * at)
    dataset = read(tmp_path / "data")
    assert [len(dataset.in_split(split)) for split in Split] == [6, 6, 6]
    assert "given_splits" in keys(dataset)


def test_without_test_folder_the_validation_photos_are_the_test(tmp_path: Path) -> None:
    for at, split in enumerate(("train", "val")):
        class_folders(tmp_path / "data" / split, n=5, first=100 * at)
    dataset = read(tmp_path / "data")
    assert [len(dataset.in_split(split)) for split in Split] == [10, 0, 10]
    assert "validation_as_test" in keys(dataset)


def test_splits_without_training_photos_are_ignored_and_drawn_anew(tmp_path: Path) -> None:
    for at, split in enumerate(("val", "test")):
        class_folders(tmp_path / "data" / split, n=10, first=100 * at)
    dataset = read(tmp_path / "data")
    assert "splits_without_train" in keys(dataset)
    assert len(dataset.in_split(TRAIN)) > 25
    assert VALIDATION not in {example.split for example in dataset.examples}


def test_adding_photos_to_a_folder_moves_no_old_one(tmp_path: Path) -> None:
    folder = class_folders(tmp_path / "data", n=30)
    before = {example.content_hash: example.split for example in read(folder).examples}
    for seed in range(400, 415):
        write(folder / "cat" / f"{seed}.png", png(seed))
    after = {example.content_hash: example.split for example in read(folder).examples}
    assert {content: after[content] for content in before} == before
    assert len(after) == len(before) + 15


def test_too_few_photos_for_a_test_are_told(tmp_path: Path) -> None:
    dataset = read(class_folders(tmp_path / "data", n=3))
    assert {example.split for example in dataset.examples} == {TRAIN}
    assert "no_test" in keys(dataset)

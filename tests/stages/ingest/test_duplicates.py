"""Copies: kept once, grouped, or reported."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image
from tests.stages.ingest.photos import class_folders, encoded, keys, picture, png, read, reasons, write

from apprenti.domain.dataset import Dataset, Split


def smaller(seed: int) -> bytes:
    """The picture that ``png(seed)`` shows, re-encoded and smaller."""
    return encoded(picture(seed, 48, 36).resize((40, 30), Image.Resampling.BICUBIC), "JPEG", quality=85)


def by_name(dataset: Dataset) -> dict[str, object]:
    return {example.name: example for example in dataset.examples}


def test_of_exact_copies_with_one_label_one_is_kept(tmp_path: Path) -> None:
    folder = class_folders(tmp_path / "data")
    write(folder / "cat/copy.png", png(3))
    dataset = read(folder)
    assert len(dataset.examples) == 20
    assert dataset.set_aside == ()
    (group,) = dataset.duplicates
    assert (group.names, group.labels, group.exact) == (("cat/003.png", "cat/copy.png"), ("cat",), True)
    assert "exact_duplicates" in keys(dataset)


def test_exact_copies_with_different_labels_are_all_set_aside_and_reported(tmp_path: Path) -> None:
    folder = class_folders(tmp_path / "data")
    write(folder / "dog/copy.png", png(3))
    dataset = read(folder)
    assert len(dataset.examples) == 19
    assert reasons(dataset) == {"cat/003.png": "conflicting_copies", "dog/copy.png": "conflicting_copies"}
    (group,) = dataset.duplicates
    assert group.conflicting
    assert group.exact
    assert "cat, dog" in dataset.set_aside[0].reason.said("fr")
    assert "exact_conflicts" in keys(dataset)


def test_near_copies_stay_and_share_a_group(tmp_path: Path) -> None:
    folder = class_folders(tmp_path / "data")
    write(folder / "cat/small.jpg", smaller(3))
    examples = {example.name: example for example in read(folder).examples}
    one, other = examples["cat/003.png"], examples["cat/small.jpg"]
    assert one.group == other.group == min(one.content_hash, other.content_hash)
    assert one.split is other.split
    assert examples["cat/004.png"].group == examples["cat/004.png"].content_hash


def test_near_copies_with_different_labels_are_reported_and_stay(tmp_path: Path) -> None:
    folder = class_folders(tmp_path / "data")
    write(folder / "dog/small.jpg", smaller(3))
    dataset = read(folder)
    assert len(dataset.examples) == 21
    (group,) = dataset.duplicates
    assert (group.labels, group.exact) == (("cat", "dog"), False)
    assert "near_conflicts" in keys(dataset)
    assert len({example.split for example in dataset.examples if example.name in group.names}) == 1


def test_a_duplicate_never_crosses_the_split(tmp_path: Path) -> None:
    folder = class_folders(tmp_path / "data", n=40)
    for seed in range(40):
        write(folder / f"cat/small{seed}.jpg", smaller(seed))
    dataset = read(folder)
    splits_of: dict[str, set[Split | None]] = {}
    for example in dataset.examples:
        splits_of.setdefault(example.group, set()).add(example.split)
    assert len(splits_of) <= 84
    assert all(len(splits) == 1 for splits in splits_of.values())


@pytest.mark.parametrize("copy", [png, smaller])
@pytest.mark.parametrize("held_out", ["val", "test"])
def test_a_training_copy_of_a_held_out_photo_is_dropped(tmp_path: Path, held_out: str, copy: object) -> None:
    for at, split in enumerate(("train", "val", "test")):
        class_folders(tmp_path / "data" / split, first=100 * at)
    first = 100 if held_out == "val" else 200
    write(tmp_path / "data/train/cat/leak.img", copy(first + 2))  # type: ignore[operator]
    dataset = read(tmp_path / "data")
    assert "train/cat/leak.img" not in by_name(dataset)
    assert f"{held_out}/cat/002.png" in by_name(dataset)
    assert len(dataset.examples) == 60
    if copy is smaller:
        assert reasons(dataset) == {"train/cat/leak.img": "also_held_out"}
        assert "also_held_out_count" in keys(dataset)
    else:
        assert "exact_duplicates" in keys(dataset)


def test_three_copies_in_three_splits_stay_only_in_the_test_split(tmp_path: Path) -> None:
    for at, split in enumerate(("train", "val", "test")):
        class_folders(tmp_path / "data" / split, first=100 * at)
        write(tmp_path / "data" / split / "cat/again.png", png(777))
    found = [name for name in by_name(read(tmp_path / "data")) if name.endswith("again.png")]
    assert found == ["test/cat/again.png"]

"""What the names of folders mean."""

from __future__ import annotations

from pathlib import Path

import pytest

from apprenti.domain.dataset import Split
from apprenti.stages.ingest.folders import list_class_folders
from apprenti.stages.ingest.listing import Listing


def listed(*names: str) -> Listing:
    return list_class_folders({name: Path("/data", name) for name in sorted(names)})


def labels(listing: Listing) -> dict[str, object]:
    return {item.name: item.target for item in listing.items}


def splits(listing: Listing) -> dict[str, Split | None]:
    return {item.name: item.split for item in listing.items}


def test_each_folder_is_a_class() -> None:
    listing = listed("cat/1.jpg", "dog/1.jpg")
    assert labels(listing) == {"cat/1.jpg": "cat", "dog/1.jpg": "dog"}
    assert set(splits(listing).values()) == {None}


@pytest.mark.parametrize(
    ("train", "validation", "test"),
    [
        ("train", "val", "test"),
        ("Training", "Valid", "TESTING"),
        ("TRAIN", "validation", "Test"),
        ("train", "dev", "test"),
    ],
)
def test_split_folders_are_known_in_any_case(train: str, validation: str, test: str) -> None:
    listing = listed(f"{train}/cat/1.jpg", f"{validation}/cat/2.jpg", f"{test}/dog/3.jpg")
    assert list(splits(listing).values()).count(None) == 0
    assert splits(listing)[f"{validation}/cat/2.jpg"] is Split.VALIDATION
    assert set(labels(listing).values()) == {"cat", "dog"}


def test_splits_inside_the_classes_are_splits() -> None:
    listing = listed("cat/train/1.jpg", "cat/test/2.jpg", "dog/train/3.jpg", "dog/test/4.jpg")
    assert labels(listing)["dog/test/4.jpg"] == "dog"
    assert splits(listing)["cat/test/2.jpg"] is Split.TEST


def test_a_class_called_train_beside_other_classes_is_a_class() -> None:
    listing = listed("car/1.jpg", "bus/1.jpg", "train/1.jpg")
    assert set(labels(listing).values()) == {"car", "bus", "train"}
    assert set(splits(listing).values()) == {None}


def test_wrapper_folders_are_looked_through() -> None:
    listing = listed("data/photos/cat/1.jpg", "data/photos/dog/1.jpg", "data/README.md", "LICENSE")
    assert labels(listing) == {"data/photos/cat/1.jpg": "cat", "data/photos/dog/1.jpg": "dog"}
    assert {one.name for one in listing.set_aside} == {"data/README.md", "LICENSE"}


def test_a_single_split_folder_is_only_a_wrapper() -> None:
    assert set(splits(listed("train/cat/1.jpg", "train/dog/1.jpg")).values()) == {None}


def test_a_single_folder_of_photos_is_a_class_and_no_wrapper() -> None:
    assert labels(listed("cat/1.jpg", "cat/2.jpg")) == {"cat/1.jpg": "cat", "cat/2.jpg": "cat"}


def test_folders_inside_a_class_belong_to_it_and_are_told() -> None:
    listing = listed("cat/indoors/1.jpg", "cat/2.jpg", "dog/1.jpg")
    assert labels(listing)["cat/indoors/1.jpg"] == "cat"
    assert [(notice.key, notice.values["n"]) for notice in listing.notices] == [("ingest.nested_folders", 1)]


def test_loose_photos_have_no_label() -> None:
    listing = listed("1.jpg", "cat/1.jpg", "dog/1.jpg")
    assert [(one.name, one.reason.key) for one in listing.set_aside] == [("1.jpg", "ingest.no_class_folder")]


def test_what_lies_beside_the_split_folders_belongs_to_no_split() -> None:
    listing = listed("train/cat/1.jpg", "test/cat/2.jpg", "more/cat/3.jpg", "train/4.jpg")
    assert {one.name: one.reason.key for one in listing.set_aside} == {
        "more/cat/3.jpg": "ingest.outside_splits",
        "train/4.jpg": "ingest.no_class_folder",
    }


def test_labels_are_composed_unicode_without_spaces_at_their_ends() -> None:
    listing = listed(" cafe\u0301 /1.jpg", "the\n/1.jpg")
    assert set(labels(listing).values()) == {"caf\u00e9", "the"}


def test_a_folder_of_spaces_gives_no_label() -> None:
    listing = listed(" /1.jpg", "dog/1.jpg")
    assert [one.reason.key for one in listing.set_aside] == ["ingest.no_label"]

"""Classes: enough of them, enough in them."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.stages.ingest.photos import class_folders, keys, png, read, reasons, write

from apprenti.domain.dataset import Dataset
from apprenti.domain.errors import DataError
from apprenti.domain.sentence import Sentence


def notice(dataset: Dataset, key: str) -> Sentence:
    return next(found for found in dataset.notices if found.key == f"ingest.{key}")


def test_one_class_is_refused_before_any_file_is_read(tmp_path: Path) -> None:
    write(tmp_path / "data/cat/1.png", b"")
    with pytest.raises(DataError, match="single class, “cat”") as caught:
        read(tmp_path / "data")
    assert "classe" in caught.value.said("fr")


def test_a_class_of_one_photo_is_left_out_and_says_how_many_to_add(tmp_path: Path) -> None:
    folder = class_folders(tmp_path / "data")
    write(folder / "yak/1.png", png(99))
    dataset = read(folder)
    assert dataset.labels == ("cat", "dog")
    assert reasons(dataset) == {"yak/1.png": "class_of_one"}
    assert "at least 9 photos" in notice(dataset, "classes_of_one").said("en")
    assert "yak" in notice(dataset, "classes_of_one").said("fr")


def test_two_copies_of_one_photo_are_one_photo(tmp_path: Path) -> None:
    folder = class_folders(tmp_path / "data")
    for name in ("1.png", "2.png"):
        write(folder / "yak" / name, png(99))
    assert "classes_of_one" in keys(read(folder))


def test_fewer_than_two_usable_classes_are_refused(tmp_path: Path) -> None:
    folder = class_folders(tmp_path / "data", labels=("cat",))
    write(folder / "yak/1.png", png(99))
    with pytest.raises(DataError) as caught:
        read(folder)
    assert caught.value.key == "too_few_classes"


def test_small_classes_are_told_with_the_first_of_their_names(tmp_path: Path) -> None:
    labels = tuple("abcdefg")
    dataset = read(class_folders(tmp_path / "data", n=4, labels=labels))
    said = notice(dataset, "classes_of_few").said("en")
    assert "7 classes have fewer than 10 photos (a, b, c, d, e, …)" in said


def test_classes_of_ten_are_not_small(tmp_path: Path) -> None:
    assert "classes_of_few" not in keys(read(class_folders(tmp_path / "data", n=10)))


@pytest.mark.parametrize("other", ["Cat", "CAT", "c at", "c_at"])
def test_labels_that_differ_by_case_or_spaces_are_told_but_kept(tmp_path: Path, other: str) -> None:
    dataset = read(class_folders(tmp_path / "data", labels=("cat", other, "dog")))
    assert len(dataset.labels) == 3
    assert "cat" in notice(dataset, "labels_alike").said("en")


def test_folders_that_are_one_label_after_cleaning_are_one_class(tmp_path: Path) -> None:
    dataset = read(class_folders(tmp_path / "data", labels=("café", "cafe\u0301 ", "thé")))
    assert dataset.labels == ("café", "thé")
    assert dataset.n_per_label()["café"] == 20


def test_a_class_without_training_photos_is_left_out(tmp_path: Path) -> None:
    class_folders(tmp_path / "data/train")
    class_folders(tmp_path / "data/test", labels=("cat", "dog", "yak"), first=100)
    dataset = read(tmp_path / "data")
    assert dataset.labels == ("cat", "dog")
    assert set(reasons(dataset).values()) == {"class_without_training"}
    assert "classes_without_training" in keys(dataset)

"""Several labels a photo, and numbers: what can be learnt of them, and what is said of the rest."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.making import an_example
from tests.stages.ingest.photos import keys, png, read, write

from apprenti.domain.dataset import Dataset, Split
from apprenti.domain.errors import DataError
from apprenti.stages.ingest.many_labels import learnable_labels, rarest_labels
from apprenti.stages.ingest.numbers import learnable_numbers


def rows_of(folder: Path, cells: list[str], *, header: str) -> Path:
    rows = [header]
    for i, row in enumerate(cells):
        write(folder / f"{i}.png", png(i))
        rows.append(f"{i}.png,{row}")
    return write(folder / "photos.csv", "\n".join(rows).encode())


def of_labels(folder: Path, labels: list[str]) -> Dataset:
    return read(rows_of(folder, labels, header="path,labels"))


def test_labels_on_one_photo_or_on_all_of_them_are_left_out_and_their_photos_stay(tmp_path: Path) -> None:
    dataset = of_labels(tmp_path / "data", ["all|red|once", *["all|red", "all|round"] * 10])
    assert dataset.labels == ("red", "round")
    assert len(dataset.examples) == 21
    assert {"labels_of_one", "labels_everywhere"} <= keys(dataset)


def test_a_rare_label_is_on_both_sides_of_a_drawn_split(tmp_path: Path) -> None:
    dataset = of_labels(tmp_path / "data", [f"a|{'rare' if i % 10 == 0 else 'b'}" for i in range(59)] + ["b"])
    sides = {example.split for example in dataset.examples if "rare" in example.target}  # type: ignore[operator]
    assert sides == {Split.TRAIN, Split.TEST}


def test_labels_that_only_test_photos_have_are_left_out(tmp_path: Path) -> None:
    rows = ["a|b,train", "b,train"] * 6 + ["a|late,test", "b|late,test"]
    dataset = read(rows_of(tmp_path / "data", rows, header="path,label,split"))
    assert dataset.labels == ("a",)  # every training photo has b
    assert {"labels_without_training", "labels_everywhere"} <= keys(dataset)


def test_without_a_label_that_can_be_learnt_there_is_no_task() -> None:
    examples = [an_example(i, "x", Split.TRAIN, target=("a",)) for i in range(5)]
    with pytest.raises(DataError, match="no label that at least 2"):
        learnable_labels(examples, "photos")


def test_the_rarest_label_of_a_photo_decides_and_no_label_is_one_of_its_own() -> None:
    examples = [
        an_example(i, "x", target=target) for i, target in enumerate([("a", "b"), ("a",), (), ("b", "a")])
    ]
    assert rarest_labels(examples) == ["b", "a", "", "b"]


@pytest.mark.parametrize(
    ("numbers", "said"), [([1.0, 2.0] * 4, "8 photos with a number"), ([3.0] * 12, "the same number, 3")]
)
def test_few_numbers_or_one_are_no_task(numbers: list[float], said: str) -> None:
    examples = [an_example(i, "x", target=number) for i, number in enumerate(numbers)]
    with pytest.raises(DataError, match=said):
        learnable_numbers(examples, "photos")


def test_nearly_the_same_picture_with_nearly_the_same_number_is_no_conflict(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    table = rows_of(folder, [f"{i}.5" for i in range(12)], header="path,value")
    write(folder / "again.png", png(3) + b"\0")  # the same pixels in another file
    table.write_bytes(table.read_bytes() + b"\nagain.png,3.6")
    dataset = read(table)
    (group,) = dataset.duplicates
    assert not group.conflicting
    assert group.labels == ("3.5 … 3.6",)

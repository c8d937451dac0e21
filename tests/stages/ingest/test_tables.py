"""Tables of path and label, however they are written."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from tests.stages.ingest.photos import keys, png, read, reasons, write

from apprenti.domain.dataset import Split, TaskType
from apprenti.domain.errors import DataError
from apprenti.stages.ingest.listing import Listing
from apprenti.stages.ingest.tables import list_table


def table(folder: Path, text: str | bytes, name: str = "photos.csv") -> Path:
    return write(folder / name, text.encode() if isinstance(text, str) else text)


def listed(path: Path) -> Listing:
    return list_table(path, lambda name: path.parent / name)


def targets(listing: Listing) -> dict[str, object]:
    return {item.name: item.target for item in listing.items}


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize(
    "header",
    ["path{}label", "Image{}Label", "file name{}CLASS", "label{}filename", "fichier{}classe"],
)
def test_any_delimiter_and_the_usual_names_of_columns_are_read(
    tmp_path: Path, delimiter: str, header: str
) -> None:
    header = header.format(delimiter)
    cells = ["cat", "a.jpg"] if header.startswith("label") else ["a.jpg", "cat"]
    listing = listed(table(tmp_path, f"{header}\n{delimiter.join(cells)}\n\n"))
    assert targets(listing) == {"a.jpg": "cat"}


def test_a_split_column_is_respected_and_an_odd_value_set_aside(tmp_path: Path) -> None:
    rows = "path,label,split\na.jpg,cat,Train\nb.jpg,dog,TEST\nc.jpg,dog,valid\nd.jpg,cat,\ne.jpg,cat,later\n"
    listing = listed(table(tmp_path, rows))
    assert [item.split for item in listing.items] == [Split.TRAIN, Split.TEST, Split.VALIDATION, None]
    assert [(one.name, one.reason.key) for one in listing.set_aside] == [("e.jpg", "ingest.unknown_split")]


@pytest.mark.parametrize(
    "data",
    [
        'path;label\r\na.jpg;"thé; café"\r\n'.encode("utf-8-sig"),
        'path;label\r\na.jpg;"thé; café"\r\n'.encode("utf-16"),
        'path;label\r\na.jpg;"thé; café"\r\n'.encode("cp1252"),
    ],
)
def test_a_table_from_excel_is_read_with_its_accents_and_quotes(tmp_path: Path, data: bytes) -> None:
    assert targets(listed(table(tmp_path, data))) == {"a.jpg": "thé; café"}


@pytest.mark.parametrize(
    "path",
    [
        "../secret.png", "cat/../../secret.png", "..\\secret.png", "/etc/passwd", "C:\\secret.png",
        "\\\\host\\x.png", "", "a\0b.png",
    ],
)  # fmt: skip
def test_abuse_04_a_path_that_leads_out_of_the_folder_is_not_followed(tmp_path: Path, path: str) -> None:
    folder = tmp_path / "data"
    write(tmp_path / "secret.png", png(1))
    listing = listed(table(folder, f'path,label\n"{path}",cat\n'))
    assert listing.items == ()
    assert [one.reason.key for one in listing.set_aside] == ["ingest.outside_table_folder"]


def test_abuse_04_percent_signs_are_only_letters(tmp_path: Path) -> None:
    listing = listed(table(tmp_path, "path,label\n%252e%252e/secret.png,cat\n"))
    assert targets(listing) == {"%252e%252e/secret.png": "cat"}


def test_an_absolute_path_inside_the_folder_is_taken(tmp_path: Path) -> None:
    listing = listed(table(tmp_path, f"path,label\n{tmp_path}/cat/1.jpg,cat\n"))
    assert targets(listing) == {"cat/1.jpg": "cat"}


def test_a_windows_path_inside_the_folder_is_taken(tmp_path: Path) -> None:
    assert targets(listed(table(tmp_path, "path,label\ncat\\1.jpg,cat\n"))) == {"cat/1.jpg": "cat"}


def test_digits_stay_classes(tmp_path: Path) -> None:
    rows = "path,label\n" + "".join(f"{i}.png,{i % 10}\n" for i in range(40))
    listing = listed(table(tmp_path, rows))
    assert listing.task_type is TaskType.MULTI_CLASS
    assert set(targets(listing).values()) == set("0123456789")


@pytest.mark.parametrize("number", ["3.5", "3,5"])
def test_a_number_that_is_not_whole_makes_it_regression(tmp_path: Path, number: str) -> None:
    listing = listed(table(tmp_path, f"path;label\na.png;{number}\nb.png;2\nc.png;\n"))
    assert listing.task_type is TaskType.REGRESSION
    assert targets(listing) == {"a.png": 3.5, "b.png": 2.0}
    assert [(one.name, one.reason.key) for one in listing.set_aside] == [("c.png", "ingest.no_number")]


def test_one_word_among_numbers_makes_them_classes(tmp_path: Path) -> None:
    listing = listed(table(tmp_path, "path,label\na.png,3.5\nb.png,large\n"))
    assert listing.task_type is TaskType.MULTI_CLASS


def test_several_labels_in_a_cell_make_it_multi_label(tmp_path: Path) -> None:
    listing = listed(table(tmp_path, "path,label\na.png,red|round\nb.png,red\nc.png, round | red |\n"))
    assert listing.task_type is TaskType.MULTI_LABEL
    assert targets(listing) == {"a.png": ("red", "round"), "b.png": ("red",), "c.png": ("red", "round")}


@pytest.mark.parametrize("text", ["", "a.jpg,cat\n", "path,colour\na.jpg,red\n", "\0\0\0"])
def test_a_table_without_the_columns_says_which_it_wants(tmp_path: Path, text: str) -> None:
    with pytest.raises(DataError) as caught:
        listed(table(tmp_path, text))
    assert caught.value.key in {"table_without_columns", "damaged_table"}
    assert "photos.csv" in str(caught.value)


def test_a_damaged_table_names_the_line(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="line 3"):
        listed(table(tmp_path, f'path,label\na.jpg,cat\n"{"x" * 200_000}",dog\n'))


def parquet(path: Path, columns: dict[str, list[object]]) -> Path:
    pandas = pytest.importorskip("pandas")
    fastparquet = pytest.importorskip("fastparquet")
    fastparquet.write(str(path), pandas.DataFrame(columns))
    return path


def test_parquet_is_read_like_csv(tmp_path: Path) -> None:
    columns: dict[str, list[object]] = {
        "image": ["a.png", "b.png"],
        "label": [3, 4],
        "split": ["train", "test"],
    }
    listing = listed(parquet(tmp_path / "photos.parquet", columns))
    assert targets(listing) == {"a.png": "3", "b.png": "4"}
    assert [item.split for item in listing.items] == [Split.TRAIN, Split.TEST]


def test_whole_parquet_numbers_with_a_gap_stay_classes(tmp_path: Path) -> None:
    columns: dict[str, list[object]] = {"path": ["a.png", "b.png", "c.png"], "label": [3.0, 4.0, None]}
    listing = listed(parquet(tmp_path / "photos.parquet", columns))
    assert listing.task_type is TaskType.MULTI_CLASS
    assert targets(listing) == {"a.png": "3", "b.png": "4"}


def test_abuse_04_a_parquet_path_with_a_null_byte_is_not_followed(tmp_path: Path) -> None:
    columns: dict[str, list[object]] = {"path": ["a\0b.png", "b.png"], "label": ["cat", "dog"]}
    listing = listed(parquet(tmp_path / "photos.parquet", columns))
    assert targets(listing) == {"b.png": "dog"}
    assert [one.reason.key for one in listing.set_aside] == ["ingest.outside_table_folder"]


def test_damaged_parquet_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError) as caught:
        listed(write(tmp_path / "photos.parquet", b"PAR1" + b"\x07" * 50 + b"PAR1"))
    assert caught.value.key == "damaged_parquet"


def rows_of(folder: Path, labels: list[str], header: str = "path,label") -> Path:
    for i in range(len(labels)):
        write(folder / "images" / f"{i}.png", png(i))
    return table(
        folder, header + "\n" + "".join(f"images/{i}.png,{label}\n" for i, label in enumerate(labels))
    )


def test_a_table_becomes_a_data_set_and_missing_files_are_set_aside(tmp_path: Path) -> None:
    path = rows_of(tmp_path / "data", ["cat", "dog"] * 10)
    path.write_text(path.read_text() + "images/lost.png,cat\n")
    dataset = read(path)
    assert len(dataset.examples) == 20
    assert reasons(dataset) == {"images/lost.png": "missing_file"}


@pytest.mark.parametrize("give_table", [True, False])
def test_a_folder_that_holds_a_table_beside_its_photos_is_read_by_the_table(
    tmp_path: Path, give_table: bool
) -> None:
    path = rows_of(tmp_path / "data", ["cat", "dog"] * 10)
    write(path.parent / "images/unlabelled.png", png(500))
    dataset = read(path if give_table else path.parent)
    assert dataset.labels == ("cat", "dog")
    assert reasons(dataset) == ({} if give_table else {"images/unlabelled.png": "not_in_table"})


def test_several_labels_are_read(tmp_path: Path) -> None:
    dataset = read(rows_of(tmp_path / "data", ["red|round", "red", "round"] * 5))
    assert dataset.labels == ("red", "round")
    assert dataset.task_type is TaskType.MULTI_LABEL
    assert {example.split for example in dataset.examples} == {Split.TRAIN, Split.TEST}
    assert dataset.n_per_label() == {"red": 10, "round": 10}


def test_a_photo_to_which_no_label_applies_is_told_from_one_that_nobody_labelled(tmp_path: Path) -> None:
    dataset = read(rows_of(tmp_path / "data", ["red|round", "|", "red", ""] * 5))
    assert Counter(example.target for example in dataset.examples)[()] == 5
    assert {one.reason.key for one in dataset.set_aside} == {"ingest.no_labels"}


def test_numbers_are_read(tmp_path: Path) -> None:
    dataset = read(rows_of(tmp_path / "data", [f"{i}.5" for i in range(12)]))
    assert dataset.labels == ()
    assert dataset.task_type is TaskType.REGRESSION
    assert {type(example.target) for example in dataset.examples} == {float}


def test_a_column_of_values_holds_numbers_even_if_all_are_whole(tmp_path: Path) -> None:
    numbers = [str(i % 7) for i in range(12)] + ["many"]
    dataset = read(rows_of(tmp_path / "data", numbers, header="path,value"))
    assert dataset.task_type is TaskType.REGRESSION
    assert {type(example.target) for example in dataset.examples} == {float}
    assert [one.reason.key for one in dataset.set_aside] == ["ingest.no_number"]
    assert (
        read(rows_of(tmp_path / "other", numbers[:12], header="path,label")).task_type is TaskType.MULTI_CLASS
    )


def test_many_whole_numbers_as_classes_are_asked_about_and_digits_are_not(tmp_path: Path) -> None:
    many = read(rows_of(tmp_path / "many", [str(i % 11) for i in range(33)]))
    digits = read(rows_of(tmp_path / "digits", [str(i % 10) for i in range(30)]))
    assert "numbers_as_classes" in keys(many)
    assert "numbers_as_classes" not in keys(digits)


def test_splits_of_a_table_are_kept(tmp_path: Path) -> None:
    labels = [
        f"{label},{split}" for split in ("train", "train", "val", "test") for label in ("cat", "dog")
    ] * 3
    dataset = read(rows_of(tmp_path / "data", labels, header="path,label,split"))
    assert len(dataset.in_split(Split.TRAIN)) == 12
    assert len(dataset.in_split(Split.VALIDATION)) == 6
    assert "given_splits" in keys(dataset)


def test_semicolons_between_labels_are_refused_with_what_to_write_instead(tmp_path: Path) -> None:
    rows = "path,label\na.jpg,red; round\nb.jpg,red; square\nc.jpg,blue; round\n"
    with pytest.raises(DataError) as caught:
        listed(table(tmp_path, rows))
    assert caught.value.key == "semicolons_between_labels"
    assert "|" in str(caught.value)
    assert caught.value.values["instead"] == "blue|round"
    right = listed(table(tmp_path, rows.replace("; ", "|")))
    assert right.task_type is TaskType.MULTI_LABEL


@pytest.mark.parametrize("labels", [("thé; café", "lait"), ("a;b", "a"), (";", ";;"), ("x;", "y;")])
def test_a_semicolon_that_is_part_of_a_name_is_left_alone(labels: tuple[str, str], tmp_path: Path) -> None:
    first, second = labels
    listing = listed(table(tmp_path, f'path,label\na.jpg,"{first}"\nb.jpg,"{second}"\n'))
    assert listing.task_type is TaskType.MULTI_CLASS

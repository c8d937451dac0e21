"""The knowledge keeps numbers and recipe names, and nothing that tells whose photos they were."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from apprenti.domain.errors import UserError
from apprenti.domain.profile import Profile
from apprenti.domain.recipe import Cell
from apprenti.store import append_cells, read_cells

PROFILE = Profile(
    n_examples=30,
    n_train=20,
    n_validation=5,
    n_test=5,
    n_labels=2,
    n_per_label={"aunt-martha": 10, "uncle-bob": 20},
    smallest_class=10,
    imbalance=2.0,
    class_entropy=0.918296,
    width_px=640.0,
    height_px=480.0,
    shorter_side_px_p10=480.0,
    shorter_side_px_p90=480.0,
    aspect_ratio=1.33333,
    grey_share=0.0,
    brightness=0.5,
    contrast=0.25,
    colourfulness=0.125,
    n_set_aside=1,
    n_duplicates=2,
    landmarks={"linear": 0.75},
    n_landmark=20,
)
CELLS = tuple(
    Cell(
        recipe=f"classic.v1@64-squash/standardise.v1/logistic.v1?C={c}",
        score=0.875,
        balanced_accuracy=0.85,
        seconds=0.5,
        split="validation",
        n_train=20,
    )
    for c in (1, 10)
)
VERSIONS = {"apprenti": "0.1.0", "scikit-learn": "1.7"}


def test_what_was_appended_is_read_again_without_the_names_of_labels(tmp_path: Path) -> None:
    append_cells(tmp_path / "knowledge", profile=PROFILE, cells=CELLS, versions=VERSIONS)
    (record,) = read_cells(tmp_path / "knowledge")
    assert (record.cells, record.versions) == (CELLS, VERSIONS)
    assert record.profile.n_per_label == {"1": 20, "2": 10}
    assert record.profile.landmarks == PROFILE.landmarks
    assert record.profile.imbalance == PROFILE.imbalance


def test_no_name_and_no_path_gets_into_the_file(tmp_path: Path) -> None:
    path = append_cells(tmp_path, profile=PROFILE, cells=CELLS, versions=VERSIONS)
    content = path.read_text()
    assert "martha" not in content
    assert "bob" not in content
    assert str(tmp_path) not in content
    numbers = {**json.loads(content)["profile"]}
    by_name = {**numbers.pop("n_per_label"), **numbers.pop("landmarks")}
    assert all(isinstance(value, (int, float)) for value in [*numbers.values(), *by_name.values()])


def test_each_training_is_a_file_and_the_same_one_is_kept_once(tmp_path: Path) -> None:
    first = append_cells(tmp_path, profile=PROFILE, cells=CELLS, versions=VERSIONS)
    assert append_cells(tmp_path, profile=PROFILE, cells=CELLS, versions=VERSIONS) == first
    append_cells(tmp_path, profile=PROFILE, cells=CELLS[:1], versions=VERSIONS)
    assert len(read_cells(tmp_path)) == 2


def test_the_order_of_labels_is_not_told(tmp_path: Path) -> None:
    from dataclasses import replace

    swapped = replace(PROFILE, n_per_label={"uncle-bob": 20, "aunt-martha": 10})
    first = append_cells(tmp_path, profile=PROFILE, cells=CELLS, versions=VERSIONS)
    assert append_cells(tmp_path, profile=swapped, cells=CELLS, versions=VERSIONS) == first


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: data[:-10],
        lambda data: data.replace(b"0.875", b"0.999"),
        lambda _: b"",
        lambda _: b"\xff\xfe",
    ],
    ids=["truncated", "altered", "empty", "not text"],
)
def test_a_broken_file_is_passed_over(tmp_path: Path, damage: object) -> None:
    path = append_cells(tmp_path, profile=PROFILE, cells=CELLS, versions=VERSIONS)
    whole = append_cells(tmp_path, profile=PROFILE, cells=CELLS[:1], versions=VERSIONS)
    path.write_bytes(damage(path.read_bytes()))  # type: ignore[operator]
    assert [record.cells for record in read_cells(tmp_path)] == [CELLS[:1]]
    assert whole.exists()


@pytest.mark.parametrize("content", ["[]", "{}", "null", '{"format": 2}', "[" * 100_000])
def test_a_foreign_file_is_passed_over_even_under_its_right_name(tmp_path: Path, content: str) -> None:
    import hashlib

    (tmp_path / f"{hashlib.sha256(content.encode()).hexdigest()}.json").write_text(content)
    assert read_cells(tmp_path) == []


def test_a_file_of_an_earlier_version_is_the_same_training(tmp_path: Path) -> None:
    import hashlib

    new = append_cells(tmp_path, profile=PROFILE, cells=CELLS, versions=VERSIONS)
    old = json.dumps(json.loads(new.read_bytes()), sort_keys=True, indent=1).encode()
    (tmp_path / f"{hashlib.sha256(old).hexdigest()}.json").write_bytes(old)
    assert len(read_cells(tmp_path)) == 1
    new.unlink()
    (record,) = read_cells(tmp_path)
    assert record.cells == CELLS


def test_what_a_builder_added_to_a_version_is_left_out(tmp_path: Path) -> None:
    path = append_cells(tmp_path, profile=PROFILE, cells=CELLS, versions={"numpy": "2.1.0+martha.cpu"})
    assert "martha" not in path.read_text()
    assert read_cells(tmp_path)[0].versions == {"numpy": "2.1.0"}


def test_no_folder_is_no_knowledge(tmp_path: Path) -> None:
    assert read_cells(tmp_path / "missing") == []


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(UserError, match="file"):
        append_cells(tmp_path / "file" / "knowledge", profile=PROFILE, cells=CELLS, versions=VERSIONS)

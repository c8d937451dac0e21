"""The first stage as a whole."""

from __future__ import annotations

import re
import shutil
import time
import tomllib
from importlib.resources import files
from pathlib import Path

import pytest
from tests.conftest import SHARED
from tests.stages.ingest.photos import class_folders, encoded, keys, picture, png, read, reasons, write

from apprenti.domain.dataset import Dataset, Kind, TaskType
from apprenti.domain.errors import DataError
from apprenti.engine import InlineEngine, ProcessEngine


def refusal(source: Path, workspace: Path) -> str:
    workspace.mkdir(exist_ok=True)
    with pytest.raises(DataError) as caught:
        read(source, workspace)
    assert source.name in caught.value.said("fr")
    return caught.value.key


def test_class_folders_become_a_data_set(tmp_path: Path) -> None:
    dataset = read(class_folders(tmp_path / "animals", n=12))
    assert (dataset.name, dataset.kind, dataset.task_type) == ("animals", Kind.IMAGE, TaskType.MULTI_CLASS)
    assert dataset.labels == ("cat", "dog")
    assert dataset.n_per_label() == {"cat": 12, "dog": 12}
    example = dataset.examples[0]
    assert example.facts is not None
    assert Path(example.path).read_bytes() == (tmp_path / "animals" / example.name).read_bytes()


def test_examples_are_sorted_by_the_hash_of_their_content(tmp_path: Path) -> None:
    hashes = [example.content_hash for example in read(class_folders(tmp_path / "data")).examples]
    assert hashes == sorted(hashes)


def test_names_and_places_of_files_do_not_change_the_fingerprint(tmp_path: Path) -> None:
    first = class_folders(tmp_path / "data")
    second = Path(shutil.copytree(first, tmp_path / "other"))
    for path in sorted(second.rglob("*.png")):
        path.rename(path.with_name(f"renamed{path.name}"))
    assert read(first).fingerprint == read(second).fingerprint


def test_the_number_of_workers_does_not_change_the_data(tmp_path: Path) -> None:
    folder = class_folders(tmp_path / "data", n=40)
    write(folder / "cat/again.jpg", encoded(picture(3, 48, 36), "JPEG", quality=80))
    with ProcessEngine(2) as engine:
        assert read(folder, engine=engine) == read(folder, engine=InlineEngine())


def test_bad_files_never_stop_the_good_ones(tmp_path: Path) -> None:
    folder = class_folders(tmp_path / "data")
    write(folder / "cat/empty.png", b"")
    write(folder / "cat/cut.png", png(1)[:90])
    write(folder / "dog/notes.txt", b"hello")
    write(folder / "dog/photo.heic", b"\0\0\0\x18ftypheic\0\0\0\0")
    write(folder / "loose.png", png(5))
    write(folder / ".DS_Store", b"x")
    dataset = read(folder)
    assert len(dataset.examples) == 20
    assert reasons(dataset) == {
        "cat/cut.png": "damaged_image",
        "cat/empty.png": "empty_file",
        "dog/notes.txt": "not_an_image",
        "dog/photo.heic": "heic_image",
        "loose.png": "no_class_folder",
    }
    assert [one.name for one in dataset.set_aside] == sorted(reasons(dataset))
    assert "hidden_files" in keys(dataset)


def test_abuse_08_a_pixel_bomb_among_photos_is_set_aside(tmp_path: Path) -> None:
    folder = class_folders(tmp_path / "data")
    data = bytearray(png(1))
    data[16:24] = (13_000).to_bytes(4, "big") * 2
    import zlib

    data[29:33] = zlib.crc32(bytes(data[12:29])).to_bytes(4, "big")
    write(folder / "cat/bomb.png", bytes(data))
    assert reasons(read(folder)) == {"cat/bomb.png": "too_many_pixels"}


def test_files_not_read_in_time_are_counted(tmp_path: Path) -> None:
    class Passing(InlineEngine):
        def map(self, function, items, *, deadline=None):  # type: ignore[no-untyped-def]
            return super().map(function, list(items)[:2], deadline=None)

    dataset = read(class_folders(tmp_path / "data", n=60), engine=Passing())
    assert len(dataset.examples) == 16
    assert (
        dataset.notices[0].said("en") == "16 of 120 photos were read in the time given; give a longer budget"
    )


def test_nothing_read_in_time_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="longer budget"):
        read(class_folders(tmp_path / "data"), deadline=time.monotonic() - 1)


def test_sources_that_are_no_data_set_are_refused(tmp_path: Path) -> None:
    workspace = tmp_path / "workspace"
    (tmp_path / "nothing").mkdir()
    assert refusal(tmp_path / "nowhere", workspace) == "no_such_source"
    assert refusal(tmp_path / "nothing", workspace) == "empty_source"
    assert refusal(write(tmp_path / "one.png", png(1)), workspace) == "not_a_dataset"
    assert refusal(write(tmp_path / "model.pkl", b"\x80\x04."), workspace) == "not_a_dataset"
    assert refusal(write(tmp_path / "loose/1.png", png(1)).parent, workspace) == "no_labels"
    for label in ("cat", "dog"):
        write(tmp_path / "words" / label / "1.txt", b"hello")
    assert refusal(tmp_path / "words", workspace) == "nothing_usable"


def test_the_data_itself_is_never_written_to(tmp_path: Path) -> None:
    folder = class_folders(tmp_path / "data")
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*")}
    read(folder)
    assert {path: path.stat().st_mtime_ns for path in folder.rglob("*")} == before


def test_every_reason_and_notice_is_said_in_both_languages() -> None:
    texts = {
        lang: tomllib.loads(files("apprenti.texts").joinpath(lang, "ingest.toml").read_text(encoding="utf-8"))
        for lang in ("en", "fr")
    }
    assert texts["en"].keys() == texts["fr"].keys()
    source = "".join(path.read_text() for path in Path(str(files("apprenti.stages.ingest"))).glob("*.py"))
    used = set(re.findall(r'"(?:ingest\.)?([a-z_]+)"', source))
    assert texts["en"].keys() <= used
    for key, english in texts["en"].items():
        for form in ("one", "other") if isinstance(english, dict) else (None,):
            said = [texts[lang][key][form] if form else texts[lang][key] for lang in ("en", "fr")]
            assert len({tuple(sorted(re.findall(r"{\w+}", text))) for text in said}) == 1, key


@pytest.mark.shared
@pytest.mark.parametrize(
    ("name", "most_groups", "largest"), [("omniglot-small1", 0, 0), ("magnetic-tile", 250, 12)]
)
def test_real_photos_have_few_groups_and_small_ones(
    tmp_path: Path, name: str, most_groups: int, largest: int
) -> None:
    dataset = real(name, tmp_path)
    assert len(dataset.duplicates) <= most_groups
    assert max((len(group.names) for group in dataset.duplicates), default=0) <= largest


@pytest.mark.shared
def test_the_three_photos_filed_under_two_classes_are_found(tmp_path: Path) -> None:
    dataset = real("trashnet", tmp_path)
    conflicts = [group for group in dataset.duplicates if group.conflicting]
    assert sorted(group.labels for group in conflicts) == [
        ("glass", "metal"),
        ("glass", "plastic"),
        ("glass", "plastic"),
    ]
    assert len(dataset.set_aside) == 6
    assert len(dataset.duplicates) < 20
    assert all(len(group.names) == 2 for group in dataset.duplicates)


def real(name: str, workspace: Path) -> Dataset:
    """A real data set, read straight from its archive."""
    return read(SHARED / "data" / "images" / f"{name}.tar", workspace)

"""Archives: unpacked by content, never by name; refused whole when they try anything."""

from __future__ import annotations

import gzip
import hashlib
import io
import lzma
import tarfile
import time
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.stages.ingest.photos import Silence, class_folders, png, read, reasons, write

from apprenti.domain.errors import DataError
from apprenti.stages.ingest import archives
from apprenti.stages.ingest.archives import ArchiveLimits, is_archive, unpack

Members = dict[str, bytes]
PHOTOS: Members = {
    f"photos/{label}/{i}.png": png(i + 50 * at) for at, label in enumerate(("cat", "dog")) for i in range(8)
}


def zipped(path: Path, members: Members, method: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name), data, method)
    return path


def tarred(path: Path, members: Members, mode: str = "w") -> Path:
    with tarfile.open(path, mode) as archive:  # type: ignore[call-overload]
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return path


WRITERS: dict[str, Callable[[Path, Members], Path]] = {
    "zip": zipped,
    "tar": tarred,
    "tar.gz": lambda path, members: tarred(path, members, "w:gz"),
    "tar.bz2": lambda path, members: tarred(path, members, "w:bz2"),
    "tar.xz": lambda path, members: tarred(path, members, "w:xz"),
}


def refusal(archive: Path, workspace: Path, **options: object) -> str:
    """The key of the error, once it is sure that nothing is left and nothing was written beside."""
    before = {path for path in archive.parent.rglob("*") if workspace not in path.parents}
    with pytest.raises(DataError) as caught:
        unpack(archive, workspace, **options)  # type: ignore[arg-type]
    assert list(workspace.iterdir()) == []
    assert {path for path in archive.parent.rglob("*") if workspace not in path.parents} == before
    assert archive.name in caught.value.said("fr")
    return caught.value.key


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    folder = tmp_path / "workspace"
    folder.mkdir()
    return folder


@pytest.mark.parametrize("kind", WRITERS)
def test_an_archive_gives_the_same_data_as_its_folder(tmp_path: Path, workspace: Path, kind: str) -> None:
    for name, data in PHOTOS.items():
        write(tmp_path / "folder" / name, data)
    archive = WRITERS[kind](tmp_path / f"named.{kind}", PHOTOS)
    assert is_archive(archive)
    progress = Silence()
    from_archive = read(archive, workspace, progress=progress)
    assert from_archive.fingerprint == read(tmp_path / "folder").fingerprint
    assert {example.name for example in from_archive.examples} == set(PHOTOS)
    assert progress.steps == [("unpacking", None), ("reading", 16)]
    assert progress.n_ended == 2


@pytest.mark.parametrize("kind", WRITERS)
def test_members_are_stored_under_the_hash_of_their_content(
    tmp_path: Path, workspace: Path, kind: str
) -> None:
    tree = unpack(WRITERS[kind](tmp_path / "archive", PHOTOS), workspace)
    for name, path in tree.files.items():
        assert path.name == hashlib.sha256(PHOTOS[name]).hexdigest()
        assert path.read_bytes() == PHOTOS[name]
        assert workspace in path.parents


UNSAFE = [
    "../evil.png",
    "cat/../../evil.png",
    "/etc/evil.png",
    "..\\evil.png",
    "C:\\evil.png",
    "\\\\host\\evil.png",
]


@pytest.mark.parametrize("kind", ["zip", "tar", "tar.gz"])
@pytest.mark.parametrize("name", UNSAFE)
def test_abuse_06_a_member_that_would_land_outside_refuses_the_archive(
    tmp_path: Path, workspace: Path, kind: str, name: str
) -> None:
    archive = WRITERS[kind](tmp_path / "archive", {**PHOTOS, name: b"evil"})
    assert refusal(archive, workspace) == "unsafe_archive"


def test_abuse_06_a_symbolic_link_in_a_zip_refuses_it(tmp_path: Path, workspace: Path) -> None:
    archive = zipped(tmp_path / "archive.zip", PHOTOS)
    with zipfile.ZipFile(archive, "a") as file:
        link = zipfile.ZipInfo("cat/link.png")
        link.create_system = 3
        link.external_attr = 0o120777 << 16
        file.writestr(link, "/etc/passwd")
    assert refusal(archive, workspace) == "archive_with_links"


@pytest.mark.parametrize(
    "kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.FIFOTYPE]
)
def test_abuse_06_links_and_devices_in_a_tar_refuse_it(tmp_path: Path, workspace: Path, kind: bytes) -> None:
    archive = tarred(tmp_path / "archive.tar", PHOTOS)
    with tarfile.open(archive, "a") as file:
        entry = tarfile.TarInfo("cat/link.png")
        entry.type = kind
        entry.linkname = "/etc/passwd"
        file.addfile(entry)
    assert refusal(archive, workspace) == "archive_with_links"


@pytest.mark.parametrize("kind", ["zip", "tar.gz", "tar.xz"])
def test_abuse_07_a_bomb_is_stopped_while_it_unpacks(tmp_path: Path, workspace: Path, kind: str) -> None:
    archive = WRITERS[kind](tmp_path / "archive", {"cat/zeros.bmp": bytes(30_000_000)})
    assert archive.stat().st_size < 40_000
    limits = ArchiveLimits(ratio_from_bytes=2**20)
    assert refusal(archive, workspace, limits=limits) == "archive_too_large"


@pytest.mark.parametrize("kind", ["zip", "tar"])
def test_abuse_07_the_bytes_of_all_members_are_capped(tmp_path: Path, workspace: Path, kind: str) -> None:
    archive = WRITERS[kind](tmp_path / "archive", PHOTOS)
    assert refusal(archive, workspace, limits=ArchiveLimits(max_bytes=20_000)) == "archive_too_large"


@pytest.mark.parametrize("kind", ["zip", "tar"])
def test_abuse_07_the_number_of_members_is_capped(tmp_path: Path, workspace: Path, kind: str) -> None:
    archive = WRITERS[kind](tmp_path / "archive", {f"cat/{i}": b"" for i in range(1500)})
    assert refusal(archive, workspace, limits=ArchiveLimits(max_members=1000)) == "archive_too_large"


def test_abuse_07_a_zip_of_too_many_entries_is_refused_before_they_are_read(
    tmp_path: Path, workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = zipped(tmp_path / "archive.zip", {f"cat/{i}": b"" for i in range(1500)})
    monkeypatch.setattr(archives.zipfile, "ZipFile", lambda *_: pytest.fail("the entries were read"))
    assert refusal(archive, workspace, limits=ArchiveLimits(max_members=1000)) == "archive_too_large"


@pytest.mark.parametrize("kind", ["zip", "tar"])
def test_abuse_07_deep_nesting_is_refused(tmp_path: Path, workspace: Path, kind: str) -> None:
    archive = WRITERS[kind](tmp_path / "archive", {"a/" * 40 + "1.png": b"x"})
    assert refusal(archive, workspace) == "archive_too_large"


def test_abuse_07_an_archive_inside_an_archive_is_not_opened(tmp_path: Path, workspace: Path) -> None:
    inner = zipped(tmp_path / "inner.zip", {"cat/x.png": png(999)})
    outer = zipped(tmp_path / "outer.zip", {**PHOTOS, "photos/cat/inner.zip": inner.read_bytes()})
    dataset = read(outer, workspace)
    assert reasons(dataset) == {"photos/cat/inner.zip": "not_an_image"}


def test_abuse_07_a_swollen_tar_header_is_refused_without_holding_it(tmp_path: Path, workspace: Path) -> None:
    header = tarfile.TarInfo("pax")
    header.type = tarfile.XHDTYPE
    header.size = 200_000_000
    archive = tmp_path / "archive.tar.gz"
    with gzip.open(archive, "wb", compresslevel=1) as file:
        file.write(tarfile.TarInfo("cat/").tobuf())
        file.write(header.tobuf())
        for _ in range(40):
            file.write(bytes(1_000_000))
    tracemalloc.start()
    assert refusal(archive, workspace) == "damaged_archive"
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 10_000_000


@pytest.mark.parametrize("kind", WRITERS)
def test_a_member_that_is_too_large_is_set_aside_alone(
    tmp_path: Path, workspace: Path, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archives, "MAX_FILE_BYTES", 50_000)
    archive = WRITERS[kind](tmp_path / "archive", {**PHOTOS, "photos/cat/film.mp4": bytes(100_000)})
    tree = unpack(archive, workspace)
    assert set(tree.files) == set(PHOTOS)
    assert [(one.name, one.reason.key) for one in tree.set_aside] == [
        ("photos/cat/film.mp4", "ingest.too_large")
    ]


@pytest.mark.parametrize("kind", WRITERS)
def test_a_truncated_archive_is_refused(tmp_path: Path, workspace: Path, kind: str) -> None:
    archive = WRITERS[kind](tmp_path / f"archive.{kind}", PHOTOS)
    data = archive.read_bytes()
    archive.write_bytes(data[: len(data) * 2 // 3])
    if is_archive(archive):
        assert refusal(archive, workspace) == "damaged_archive"
    else:
        with pytest.raises(DataError, match="neither a folder"):
            read(archive, workspace)


def test_a_tar_cut_between_two_members_is_refused(tmp_path: Path, workspace: Path) -> None:
    archive = tarred(tmp_path / "archive.tar", PHOTOS)
    with tarfile.open(archive) as file:
        third = file.getmembers()[3].offset
    archive.write_bytes(archive.read_bytes()[:third])
    assert refusal(archive, workspace) == "damaged_archive"


@pytest.mark.parametrize(
    "start", [b"BZh91AY&SY" + b"\1" * 99, b"\x1f\x8b\x08" + b"\1" * 99, lzma.compress(b"no tar")]
)
def test_what_only_looks_like_an_archive_is_refused(tmp_path: Path, workspace: Path, start: bytes) -> None:
    assert refusal(write(tmp_path / "archive", start), workspace) == "damaged_archive"


def test_a_member_damaged_inside_a_zip_is_set_aside_alone(tmp_path: Path, workspace: Path) -> None:
    archive = zipped(tmp_path / "archive.zip", PHOTOS, zipfile.ZIP_STORED)
    data = bytearray(archive.read_bytes())
    data[data.index(b"\x89PNG") + 30] ^= 0xFF
    archive.write_bytes(data)
    tree = unpack(archive, workspace)
    assert len(tree.files) == len(PHOTOS) - 1
    assert [one.reason.key for one in tree.set_aside] == ["ingest.damaged_member"]


def test_a_zip_with_a_password_says_so(tmp_path: Path, workspace: Path) -> None:
    archive = zipped(tmp_path / "archive.zip", PHOTOS)
    data = bytearray(archive.read_bytes())
    at = data.index(b"PK\x01\x02")
    data[at + 8] |= 1
    archive.write_bytes(data)
    assert refusal(archive, workspace) == "encrypted_archive"


def test_a_full_disk_leaves_nothing_behind(
    tmp_path: Path, workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_self: Path, _target: Path) -> Path:
        raise OSError(28, "No space left on device")

    archive = zipped(tmp_path / "archive.zip", PHOTOS)
    monkeypatch.setattr(Path, "replace", full)
    assert refusal(archive, workspace) == "archive_not_unpacked"


def test_ctrl_c_while_unpacking_leaves_nothing_behind(
    tmp_path: Path, workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(_self: Path, _target: Path) -> Path:
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        unpack(zipped(tmp_path / "archive.zip", PHOTOS), workspace)
    assert list(workspace.iterdir()) == []


def test_system_files_of_a_mac_are_passed_over_and_counted(tmp_path: Path, workspace: Path) -> None:
    extra = {"__MACOSX/photos/cat/._0.png": b"x", "photos/.DS_Store": b"x", "photos/cat/Thumbs.db": b"x"}
    tree = unpack(zipped(tmp_path / "archive.zip", {**PHOTOS, **extra}), workspace)
    assert set(tree.files) == set(PHOTOS)
    assert tree.n_hidden == 3


def test_accents_survive_a_zip_made_on_a_mac(tmp_path: Path, workspace: Path) -> None:
    archive = zipped(tmp_path / "archive.zip", {"th_/1.png": png(1), "cafe/1.png": png(2)})
    raw = "thé/".encode()
    data = archive.read_bytes().replace(b"th_/1", raw[:4] + b"1")  # the same length, and no UTF-8 flag
    archive.write_bytes(data.replace(raw[:4] + b"1.png", raw[:4] + b"1.png"))
    assert "thé1.png" in unpack(archive, workspace).files


def test_backslashes_between_folders_are_understood(tmp_path: Path, workspace: Path) -> None:
    tree = unpack(zipped(tmp_path / "archive.zip", {"cat\\1.png": png(1)}), workspace)
    assert set(tree.files) == {"cat/1.png"}


def test_unpacking_many_small_files_is_quick(tmp_path: Path, workspace: Path) -> None:
    archive = tarred(tmp_path / "archive.tar", {f"cat/{i}.png": b"%d" % i for i in range(500)})
    begun = time.process_time()
    assert len(unpack(archive, workspace).files) == 500
    assert time.process_time() - begun < 1


def test_class_folders_at_the_top_of_an_archive_are_read(tmp_path: Path, workspace: Path) -> None:
    folder = class_folders(tmp_path / "data")
    members = {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*.png")}
    assert read(zipped(tmp_path / "data.zip", members), workspace).labels == ("cat", "dog")

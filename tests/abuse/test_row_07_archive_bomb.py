"""Row 7: a zip bomb, millions of entries, archives inside archives, a reader that needs gigabytes.

Expected: bytes, ratio and count are capped while streaming; so is the memory of the reader.
"""

from __future__ import annotations

import bz2
import io
import lzma
import tarfile
import tracemalloc
import zipfile
from pathlib import Path

import pytest
from tests.stages.ingest.photos import png
from tests.stages.ingest.test_xz_stream import declaring

from apprenti.domain.errors import DataError
from apprenti.stages.ingest.archives import ArchiveLimits, unpack

SMALL = ArchiveLimits(max_bytes=10_000_000, max_members=1000, ratio_from_bytes=2**20)


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    folder = tmp_path / "workspace"
    folder.mkdir()
    return folder


def refusal(archive: Path, workspace: Path) -> str:
    """The key of the error, once it is sure that little memory was taken and nothing is left on the disk."""
    tracemalloc.start()
    try:
        with pytest.raises(DataError) as caught:
            unpack(archive, workspace, limits=SMALL)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 20_000_000
    assert list(workspace.iterdir()) == []
    return caught.value.key


def zipped(path: Path, members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path


@pytest.mark.parametrize("mode", ["zip", "w:gz", "w:bz2", "w:xz"])
def test_what_swells_past_its_ratio_is_stopped_while_it_unpacks(
    tmp_path: Path, workspace: Path, mode: str
) -> None:
    zeros = {"cat/zeros.bmp": bytes(20_000_000)}
    if mode == "zip":
        archive = zipped(tmp_path / "a", zeros)
    else:
        archive = tmp_path / "a"
        with tarfile.open(archive, mode) as tar:  # type: ignore[call-overload]
            entry = tarfile.TarInfo("cat/zeros.bmp")
            entry.size = 20_000_000
            tar.addfile(entry, io.BytesIO(zeros["cat/zeros.bmp"]))
    assert archive.stat().st_size < 40_000
    assert refusal(archive, workspace) == "archive_too_large"


def test_a_zip_that_lies_about_its_sizes_is_stopped_all_the_same(tmp_path: Path, workspace: Path) -> None:
    archive = zipped(tmp_path / "a", {"cat/zeros.bmp": bytes(20_000_000)})
    data = archive.read_bytes().replace((20_000_000).to_bytes(4, "little"), (1000).to_bytes(4, "little"))
    archive.write_bytes(data)
    tree = unpack(archive, workspace, limits=SMALL)
    assert tree.files == {}
    assert sum(path.stat().st_size for path in workspace.rglob("*") if path.is_file()) <= 2**18


def test_too_many_members_are_refused(tmp_path: Path, workspace: Path) -> None:
    archive = zipped(tmp_path / "a", {f"cat/{n}.png": b"" for n in range(1001)})
    assert refusal(archive, workspace) == "archive_too_large"


def test_folders_in_folders_without_end_are_refused(tmp_path: Path, workspace: Path) -> None:
    archive = zipped(tmp_path / "a", {"a/" * 200 + "1.png": png(1)})
    assert refusal(archive, workspace) == "archive_too_large"


def test_an_archive_inside_an_archive_is_a_file_like_any_other(tmp_path: Path, workspace: Path) -> None:
    inner = zipped(tmp_path / "inner.zip", {"cat/1.png": png(1)}).read_bytes()
    tree = unpack(zipped(tmp_path / "a", {"cat/inner.zip": inner}), workspace)
    assert [path.read_bytes() for path in tree.files.values()] == [inner]


def test_an_xz_that_asks_for_gigabytes_of_memory_is_refused(tmp_path: Path, workspace: Path) -> None:
    archive = tmp_path / "a"
    archive.write_bytes(declaring(2**31))
    assert refusal(archive, workspace) == "damaged_archive"


@pytest.mark.parametrize("method", [zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2])
def test_a_zip_member_of_a_method_without_bounds_is_set_aside_unread(
    tmp_path: Path, workspace: Path, monkeypatch: pytest.MonkeyPatch, method: int
) -> None:
    archive = zipped(tmp_path / "a", {"cat/1.png": png(1)}, method)
    for library, decompressor in ((lzma, "LZMADecompressor"), (bz2, "BZ2Decompressor")):
        monkeypatch.setattr(library, decompressor, lambda *_, **__: pytest.fail("it was read"))
    tree = unpack(archive, workspace)
    assert [one.reason.key for one in tree.set_aside] == ["ingest.damaged_member"]

"""Row 7, for the archive of a workspace: rows and blobs that grow beyond reason, millions of members, deep nesting.

Expected: bytes, ratio and count are capped while streaming.
"""

from __future__ import annotations

import hashlib
import io
import json
import struct
import tracemalloc
import zipfile
from pathlib import Path

import pytest
from tests.fake_service import OPERATOR, make_service
from tests.flow.service.full_workspace import changed, with_row

from apprenti.domain.errors import DataError
from apprenti.flow.service import archive_reading
from apprenti.flow.service.importing import import_workspace
from apprenti.flow.service.service import Service

MB = 2**20


@pytest.fixture
def elsewhere(tmp_path: Path) -> Service:
    return make_service(tmp_path)


def refusal(elsewhere: Service, archive: io.BytesIO, *, most_mb: int = 20) -> str:
    """Return why an archive was refused, sure that it took little memory."""
    tracemalloc.start()
    try:
        with pytest.raises(DataError) as caught:
            import_workspace(elsewhere, OPERATOR, archive)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < most_mb * MB
    assert list(elsewhere.blobs.hashes()) == []
    return str(caught.value)


def test_rows_that_say_the_same_a_hundred_thousand_times_are_refused_by_their_ratio(
    archive: bytes, elsewhere: Service
) -> None:
    def swell(members: dict[str, bytes]) -> None:
        members["rows/labels.jsonl"] = (
            members["rows/labels.jsonl"].splitlines()[0] + b"\n" + b" " * (200 * MB)
        )

    assert "become" in refusal(elsewhere, changed(archive, swell))


def test_a_line_without_end_is_not_read_to_its_end(archive: bytes, elsewhere: Service) -> None:
    def swell(members: dict[str, bytes]) -> None:
        members["rows/labels.jsonl"] = b"[" * (9 * MB)

    assert "too long" in refusal(elsewhere, changed(archive, swell))


def test_deep_nesting_is_refused(archive: bytes, elsewhere: Service) -> None:
    for depth in (40, 100_000):

        def nest(members: dict[str, bytes], depth: int = depth) -> None:
            members["rows/labels.jsonl"] = b"[" * depth + b"]" * depth + b"\n"

        refusal(elsewhere, changed(archive, nest))


def test_too_many_rows_and_too_many_members_are_refused(
    archive: bytes, elsewhere: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive_reading, "MAX_ROWS", 10)
    assert "more than 10 rows" in refusal(elsewhere, io.BytesIO(archive))
    monkeypatch.setattr(archive_reading, "MAX_MEMBERS", 10)
    assert "more than 10 members" in refusal(elsewhere, io.BytesIO(archive))


def test_a_blob_that_is_larger_than_its_row_says_is_not_read(archive: bytes, elsewhere: Service) -> None:
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        image = json.loads(opened.read("rows/images.jsonl").splitlines()[0])

    def swell(members: dict[str, bytes]) -> None:
        members[f"blobs/{image['sha256']}"] = bytes(9 * MB)

    assert "too large" in refusal(elsewhere, changed(archive, swell))


def test_a_member_that_is_longer_than_it_says_is_not_read_to_its_end(
    archive: bytes, elsewhere: Service
) -> None:
    data = bytes(30 * MB)
    sha256 = hashlib.sha256(data).hexdigest()
    made = with_row(archive, "images", sha256=sha256, n_bytes=100)
    with zipfile.ZipFile(made, "a", zipfile.ZIP_DEFLATED) as opened:
        opened.writestr(f"blobs/{sha256}", data)
    lied = made.getvalue().replace(struct.pack("<L", len(data)), struct.pack("<L", 100))
    refusal(elsewhere, io.BytesIO(lied))


def test_numbers_that_inflate_are_not_inflated(archive: bytes, elsewhere: Service) -> None:
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as opened:
        for name in ("hashes.npy", "embeddings.npy"):
            with opened.open(name, "w") as file:
                for _ in range(60):
                    file.write(bytes(MB))
    sha256 = hashlib.sha256(bomb.getvalue()).hexdigest()

    def place(members: dict[str, bytes]) -> None:
        members[f"blobs/{sha256}"] = bomb.getvalue()
        row = json.loads(members["rows/versions.jsonl"])
        members["rows/versions.jsonl"] = json.dumps({**row, "known_sha256": sha256}).encode() + b"\n"

    assert "too many numbers" in refusal(elsewhere, changed(archive, place))


def test_a_locked_member_is_refused(archive: bytes, elsewhere: Service) -> None:
    locked = bytearray(archive)
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        start = opened.start_dir
    place = locked.index(b"PK\x01\x02", start)
    locked[place + 8] |= 1
    refusal(elsewhere, io.BytesIO(bytes(locked)))

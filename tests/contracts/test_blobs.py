"""What every store of blobs keeps to: in memory, in a folder, in a bucket."""

from __future__ import annotations

import hashlib
import itertools
import threading
from pathlib import Path

import pytest
from tests.s3_server import make_bucket

from apprenti.domain.errors import NotFoundError
from apprenti.domain.seams import BlobStore
from apprenti.store.blobs import FolderBlobs, MemoryBlobs, ObjectBlobs

NUMBERS = itertools.count()
PHOTO = b"\xff\xd8\xff a photo" * 1000
PHOTO_SHA256 = hashlib.sha256(PHOTO).hexdigest()
OTHER_SHA256 = hashlib.sha256(b"never put").hexdigest()


@pytest.fixture(params=["memory", "folder", "objects", pytest.param("s3", marks=pytest.mark.slow)])
def blobs(request: pytest.FixtureRequest, tmp_path: Path) -> BlobStore:
    match request.param:
        case "memory":
            return MemoryBlobs()
        case "folder":
            return FolderBlobs(tmp_path / "blobs")
        case "objects":
            store = pytest.importorskip("obstore.store", reason="needs the extra s3")
            return ObjectBlobs(store.MemoryStore(), prefix="ours/")
    endpoint, bucket = request.getfixturevalue("s3_endpoint"), f"bucket-{next(NUMBERS)}"
    make_bucket(endpoint, bucket)
    return ObjectBlobs.s3(
        bucket=bucket,
        access_key_id="test",
        secret_access_key="test",
        endpoint=endpoint,
        prefix="ours/photos",
        allow_http=True,
    )


@pytest.mark.parametrize("data", [b"", b"\0", PHOTO, bytes(range(256)) * 30_000], ids=len)
def test_bytes_come_back_by_their_sha256(blobs: BlobStore, data: bytes) -> None:
    sha256 = blobs.put(data)
    assert sha256 == hashlib.sha256(data).hexdigest()
    assert blobs.has(sha256)
    assert blobs.get(sha256) == data


def test_the_same_bytes_are_kept_once(blobs: BlobStore) -> None:
    assert blobs.put(PHOTO) == blobs.put(PHOTO) == PHOTO_SHA256
    assert list(blobs.hashes()) == [PHOTO_SHA256]


def test_what_was_never_put_is_named_missing_in_both_languages(blobs: BlobStore) -> None:
    blobs.put(PHOTO)
    assert not blobs.has(OTHER_SHA256)
    with pytest.raises(NotFoundError) as caught:
        blobs.get(OTHER_SHA256)
    assert OTHER_SHA256 in caught.value.said("en")
    assert OTHER_SHA256 in caught.value.said("fr")


def test_a_deleted_blob_is_gone_and_the_others_stay(blobs: BlobStore) -> None:
    kept = blobs.put(b"kept")
    blobs.delete(blobs.put(PHOTO))
    assert not blobs.has(PHOTO_SHA256)
    assert list(blobs.hashes()) == [kept]
    with pytest.raises(NotFoundError):
        blobs.get(PHOTO_SHA256)


def test_deleting_what_is_not_there_is_no_error(blobs: BlobStore) -> None:
    blobs.delete(PHOTO_SHA256)
    assert list(blobs.hashes()) == []


def test_a_blob_can_be_put_again_after_it_was_deleted(blobs: BlobStore) -> None:
    blobs.delete(blobs.put(PHOTO))
    blobs.put(PHOTO)
    assert blobs.get(PHOTO_SHA256) == PHOTO


def test_all_hashes_are_told_once(blobs: BlobStore) -> None:
    put = {blobs.put(b"%d" % number) for number in range(60)}
    told = list(blobs.hashes())
    assert len(told) == 60
    assert set(told) == put


def test_what_was_put_lately_is_not_told_as_old(blobs: BlobStore) -> None:
    blobs.put(PHOTO)
    assert list(blobs.hashes(older_than_seconds=3600.0)) == []
    assert list(blobs.hashes()) == [PHOTO_SHA256]


def test_deleting_while_hashes_are_told_is_what_a_sweep_does(blobs: BlobStore) -> None:
    for number in range(30):
        blobs.put(b"%d" % number)
    for sha256 in blobs.hashes():
        blobs.delete(sha256)
    assert list(blobs.hashes()) == []


@pytest.mark.parametrize(
    "name",
    ["", "../../etc/passwd", "/etc/passwd", "a" * 63, "A" * 64, f"{'a' * 64}\n", f"../{'a' * 61}", "é" * 64],
)
@pytest.mark.parametrize("ask", ["get", "has", "delete"])
def test_what_is_no_hash_never_becomes_part_of_a_path(blobs: BlobStore, ask: str, name: str) -> None:
    with pytest.raises(ValueError, match="expected a SHA-256"):
        getattr(blobs, ask)(name)


def test_many_threads_may_put_and_delete_the_same_bytes(blobs: BlobStore) -> None:
    """Whatever the order, a blob is there whole or not at all, and the last word counts."""
    failures: list[object] = []

    def put_and_get() -> None:
        for _ in range(10):
            blobs.put(PHOTO)
            try:
                if blobs.get(PHOTO_SHA256) != PHOTO:
                    failures.append("torn")
            except NotFoundError:  # deleted meanwhile
                pass
            except Exception as error:
                failures.append(error)

    def delete() -> None:
        for _ in range(20):
            try:
                blobs.delete(PHOTO_SHA256)
            except Exception as error:
                failures.append(error)

    threads = [threading.Thread(target=each) for each in (put_and_get, put_and_get, put_and_get, delete)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    blobs.put(PHOTO)
    assert blobs.get(PHOTO_SHA256) == PHOTO


def test_by_the_two_rules_a_blob_that_a_row_names_is_never_lost(blobs: BlobStore) -> None:
    """One set stands for the rows, one lock for the transaction that alone may write."""
    rows: set[str] = set()
    write = threading.Lock()
    lost: list[str] = []
    over = threading.Event()

    def delete_what_no_row_names() -> None:
        while not over.is_set():
            for sha256 in list(blobs.hashes()):
                with write:
                    if sha256 not in rows:
                        blobs.delete(sha256)

    def name_and_let_go() -> None:
        for _ in range(15):
            sha256 = blobs.put(PHOTO)
            with write:
                if not blobs.has(sha256):
                    blobs.put(PHOTO)
                rows.add(sha256)
            try:
                blobs.get(sha256)
            except NotFoundError:
                lost.append(sha256)
            with write:
                rows.discard(sha256)

    sweeper, namer = (
        threading.Thread(target=delete_what_no_row_names),
        threading.Thread(target=name_and_let_go),
    )
    sweeper.start()
    namer.start()
    namer.join()
    over.set()
    sweeper.join()
    assert lost == []

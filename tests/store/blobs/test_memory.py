"""Blobs in memory: ages on a clock that is given."""

from __future__ import annotations

from apprenti.store.blobs import MemoryBlobs


def test_ages_are_told_by_the_clock_and_a_put_makes_young() -> None:
    now = [1000.0]
    blobs = MemoryBlobs(clock=lambda: now[0])
    first = blobs.put(b"first")
    now[0] += 10.0
    second = blobs.put(b"second")
    assert list(blobs.hashes(older_than_seconds=10.0)) == [first]
    now[0] += 10.0
    blobs.put(b"first")
    assert list(blobs.hashes(older_than_seconds=10.0)) == [second]


def test_changing_what_was_put_changes_nothing_kept() -> None:
    blobs = MemoryBlobs()
    data = bytearray(b"a photo")
    sha256 = blobs.put(data)
    data[:] = b"changed"
    assert blobs.get(sha256) == b"a photo"

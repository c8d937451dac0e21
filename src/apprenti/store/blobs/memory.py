"""Blobs for the life of the process: for tests, and for trying the service out."""

from __future__ import annotations

from collections.abc import Iterator

from apprenti.domain.seams import Clock
from apprenti.store.blobs.digest import blob_missing, checked_name, sha256_of


def _stands_still() -> float:
    return 0.0


class MemoryBlobs:
    """A ``BlobStore`` (``domain.seams``) in memory.

    Args:
        clock: what ages are measured on, in seconds; without one nothing ever grows old.

    Example:
        >>> blobs = MemoryBlobs()
        >>> blobs.get(blobs.put(b"a photo"))
        b'a photo'
    """

    def __init__(self, *, clock: Clock = _stands_still) -> None:
        self._clock = clock
        self._kept: dict[str, tuple[bytes, float]] = {}

    def put(self, data: bytes) -> str:
        """Keep a copy of ``data`` and return its SHA-256; it is as young as if it were new."""
        sha256 = sha256_of(data)
        self._kept[sha256] = (bytes(data), self._clock())
        return sha256

    def get(self, sha256: str) -> bytes:
        """Return the bytes with this SHA-256; see ``domain.seams.BlobStore.get``."""
        try:
            return self._kept[checked_name(sha256)][0]
        except KeyError:
            raise blob_missing(sha256) from None

    def has(self, sha256: str) -> bool:
        """Return whether they are there."""
        return checked_name(sha256) in self._kept

    def delete(self, sha256: str) -> None:
        """Delete them, if they are there."""
        self._kept.pop(checked_name(sha256), None)

    def hashes(self, *, older_than_seconds: float = 0.0) -> Iterator[str]:
        """Yield in order what is there and was last put at least so long ago."""
        latest = self._clock() - older_than_seconds
        for sha256, (_, put_at) in sorted(self._kept.items()):
            if put_at <= latest:
                yield sha256

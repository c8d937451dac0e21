"""The name of a blob: how it is worked out, checked before it becomes part of a path, and held against its bytes."""

from __future__ import annotations

import hashlib
import re

from apprenti.domain.errors import NotFoundError, StoreError

_SHA256 = re.compile(r"[0-9a-f]{64}", re.ASCII)


def sha256_of(data: bytes) -> str:
    """Return the name of a blob: the SHA-256 of its bytes, 64 lower-case hex digits.

    Example:
        >>> sha256_of(b"")[:12]
        'e3b0c44298fc'
    """
    return hashlib.sha256(data).hexdigest()


def is_sha256(name: str) -> bool:
    """Return whether ``name`` is one that a blob can have.

    Example:
        >>> is_sha256("a" * 64), is_sha256("A" * 64), is_sha256("../" * 21 + "a")
        (True, False, False)
    """
    return _SHA256.fullmatch(name) is not None


def checked_name(sha256: str) -> str:
    """Return ``sha256``, which may now become part of a path.

    Raises:
        ValueError: it is no SHA-256; names come from rows and from ``put``, never from a person.
    """
    if not is_sha256(sha256):
        raise ValueError(f"expected a SHA-256 in lower-case hex digits, got {sha256[:80]!r}")
    return sha256


def checked_bytes(sha256: str, data: bytes) -> bytes:
    """Return ``data``, which are the bytes that this name was given for.

    Raises:
        StoreError: they are others: the disk or somebody changed them.
    """
    if sha256_of(data) != sha256:
        raise StoreError("blob_damaged", sha256=sha256)
    return data


def blob_missing(sha256: str) -> NotFoundError:
    """Return the error that says that nothing is kept under this name."""
    return NotFoundError("blob_missing", sha256=sha256)

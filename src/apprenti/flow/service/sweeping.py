"""Removing bytes that no row names any more: what a deleted workspace leaves, or a process killed between the two."""

from __future__ import annotations

from itertools import islice

from apprenti.domain.errors import AccessError
from apprenti.domain.service import Caller, Role
from apprenti.flow.service.service import Service, note
from apprenti.store.database import images, integrity

YOUNG_SECONDS = 3600.0
"""A blob this young may be about to be named; nothing is lost if it goes, but its sender has to put it again."""
N_AT_ONCE = 100


def sweep_blobs(service: Service, caller: Caller, *, older_than_seconds: float = YOUNG_SECONDS) -> int:
    """Delete the blobs that no row names; return how many there were.

    Each is looked at again within the transaction in which it is deleted, and that one alone may write: between the
    look and the deletion no row can come to name it (``store.blobs``).

    Raises:
        AccessError: the caller is not an operator.
        StoreError: the database or the blobs do not answer.
    """
    if caller.role < Role.OPERATOR:
        raise AccessError("role_too_low", role=caller.role.name.lower(), needed="operator")
    with service.database.read() as tx:
        named = {bytes.fromhex(sha256) for sha256 in integrity.blobs_named(tx)}
    unnamed = (
        sha256
        for sha256 in service.blobs.hashes(older_than_seconds=older_than_seconds)
        if bytes.fromhex(sha256) not in named
    )
    n = 0
    while some := list(islice(unnamed, N_AT_ONCE)):
        with service.database.write() as tx:
            for sha256 in some:
                if not images.is_named(tx, sha256):
                    service.blobs.delete(sha256)
                    n += 1
    if n:
        with service.database.write() as tx:
            note(tx, service, caller, "", "sweep", "blobs", "", n=n)
    return n

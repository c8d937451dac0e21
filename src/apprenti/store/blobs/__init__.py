"""Blobs: bytes known by their SHA-256, in memory, in a folder or in S3-compatible storage; one contract for all.

The contract is ``domain.seams.BlobStore``. Blobs know nothing of who needs them; the database does, and two rules
keep what was acknowledged, without any clock:

- *Whoever names a blob* puts it first, outside any transaction, then opens the one that writes the row, asks ``has``
  in there, and puts again where it is gone. Only after the commit is anything acknowledged.
- *Whoever deletes a blob* does so inside a transaction that alone may write, and only after seeing there that no row
  names it.

So between the look of the one who deletes and the deletion no row can come to name the blob, and whoever comes after
finds it gone while there is still time to put it again. ``hashes(older_than_seconds=...)`` spares a sweep that second
put: what was put lately is probably about to be named. Its ages are read on the store's own clock, and nothing is
lost should that clock jump.
"""

from __future__ import annotations

from apprenti.store.blobs.folder import FolderBlobs
from apprenti.store.blobs.memory import MemoryBlobs
from apprenti.store.blobs.objects import ObjectBlobs

__all__ = ["FolderBlobs", "MemoryBlobs", "ObjectBlobs"]

"""Feature rows kept for the life of the process: for tests, and where the disk may not be written."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from apprenti.store.records import checked_rows


class MemoryShelf:
    """A ``Shelf`` (``domain.seams``) in memory, without a limit: it holds what this process computed."""

    def __init__(self) -> None:
        self._rows: dict[str, dict[str, NDArray[np.float32]]] = {}

    def get(self, key: str, hashes: Sequence[str]) -> dict[str, NDArray[np.float32]]:
        """Return copies of the rows known under ``key``; see ``domain.seams.Shelf.get``."""
        known = self._rows.get(key, {})
        return {content_hash: known[content_hash].copy() for content_hash in hashes if content_hash in known}

    def put(self, key: str, hashes: Sequence[str], rows: NDArray[np.float32]) -> None:
        """Keep copies of ``rows`` [n, d] float32; rows of another length than before replace all of them."""
        rows = checked_rows(hashes, rows)
        if not len(rows):
            return
        known = self._rows.setdefault(key, {})
        if any(len(row) != rows.shape[1] for row in known.values()):
            known.clear()
        known.update(zip(hashes, rows.copy(), strict=True))

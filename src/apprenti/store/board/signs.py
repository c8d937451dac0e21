"""Signs that something changed, so that what was remembered is looked up again: see ``domain.seams.Sign``."""

from __future__ import annotations

from apprenti.store.board.rows import Rows, Word


class OwnSign:
    """Of what this process did."""

    def __init__(self) -> None:
        self._now = object()

    @property
    def now(self) -> object:
        """What equals itself until something changes."""
        return self._now

    def change(self) -> None:
        """Say that something changed."""
        self._now = object()


class SharedSign:
    """Of what any process of the server did.

    Args:
        rows: that they share.
        word: that counts it.
    """

    def __init__(self, rows: Rows, word: Word) -> None:
        self._rows, self._word = rows, word

    @property
    def now(self) -> object:
        """What equals itself until something changes."""
        return self._rows.every(self._word)

    def change(self) -> None:
        """Say that something changed."""
        self._rows.count(self._word)

"""Progress that tells nobody: the build tells its own."""

from __future__ import annotations

from apprenti.domain.sentence import Sentence


class Silence:
    """Tells nobody."""

    def begin(self, step: str, total: int | None = None) -> None:
        """Say nothing."""

    def advance(self, n: int = 1) -> None:
        """Say nothing."""

    def note(self, news: Sentence, *, seconds_left: float | None = None) -> None:
        """Say nothing."""

    def end(self) -> None:
        """Say nothing."""

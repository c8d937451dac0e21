"""The steps of one piece of work in memory: the twin of the folder, for tests and where nothing may be written."""

from __future__ import annotations

from collections.abc import Callable


class MemoryJournal:
    """A ``Journal`` (``domain.seams``) that ends with the process.

    Args:
        still_mine: called before every record; raises what says that somebody else has taken the work over.
    """

    def __init__(self, *, still_mine: Callable[[], None] | None = None) -> None:
        self.steps: dict[str, bytes] = {}
        self._still_mine = still_mine

    def recall(self, step: str) -> bytes | None:
        """Return what was recorded for ``step``, or ``None``."""
        return self.steps.get(step)

    def record(self, step: str, data: bytes) -> None:
        """Keep what came of ``step``; see ``domain.seams.Journal.record``."""
        if self._still_mine is not None:
            self._still_mine()
        if step in self.steps:
            raise ValueError(f"{step} has been recorded")
        self.steps[step] = bytes(data)

    def forget(self) -> None:
        """Forget all steps."""
        self.steps.clear()

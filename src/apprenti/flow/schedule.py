"""When each part of a training is over: shares of its budget."""

from __future__ import annotations

from dataclasses import dataclass

EMBED_SHARE = 0.65
LEAST_EMBED_SHARE = 0.35
RACE_SECONDS = 8.0
"""Reading and embedding are over at 65 % of the budget, or sooner where less than 8 seconds would be left."""
PACKING_SECONDS = 4.0
PACKING_SHARE = 0.1
"""Answering the test photos, judging, packing and writing, which begin when the kept recipe is refitted: seconds at
least, and share of the budget, since a longer budget is given for more photos."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """When each part of a training is over, on the clock of the tools."""

    begun: float
    reading_ends: float
    dictionary_ends: float
    landmarks_end: float
    embedding_ends: float
    race_ends: float
    cells_end: float

    @classmethod
    def of(cls, budget_seconds: float, *, begun: float) -> Schedule:
        """Return the schedule of a budget that begins to run at ``begun``."""
        share = max(LEAST_EMBED_SHARE, min(EMBED_SHARE, 1 - RACE_SECONDS / budget_seconds))
        return cls(
            begun=begun,
            reading_ends=begun + 0.5 * share * budget_seconds,
            dictionary_ends=begun + 0.6 * share * budget_seconds,
            landmarks_end=begun + 0.7 * share * budget_seconds,
            embedding_ends=begun + share * budget_seconds,
            race_ends=begun + race_seconds(budget_seconds),
            cells_end=begun + 0.95 * budget_seconds,
        )


def race_seconds(budget_seconds: float) -> float:
    """Return the seconds of a budget that are over when the race must be."""
    return budget_seconds - max(PACKING_SECONDS, PACKING_SHARE * budget_seconds)

"""When each part of a training is over, as shares of its budget, and how busy the machine is that does it."""

from __future__ import annotations

from dataclasses import dataclass

from apprenti.domain.profile import Profile
from apprenti.domain.recipe import Recipe
from apprenti.flow.features import FeatureTable
from apprenti.recipes import embedding_seconds

EMBED_SHARE = 0.65
LEAST_EMBED_SHARE = 0.35
RACE_SECONDS = 8.0
"""Reading and embedding are over at 65 % of the budget, or sooner where less than 8 seconds would be left."""
NETWORKS_EMBED_SHARE = 0.45
"""The same where there is nothing but networks, whose training is all still to come."""
STARTING_SECONDS = 2.0
"""Starting the processes that embed."""
MOST_LOAD = 8.0
"""Of a busy machine: the time left is worth so much less to whoever plans a training, at the most."""
LATE_START_SHARE = 0.15
LATE_RACE_SHARE = 1 / 3
"""Of the budget, for embedding at the least: on a busy machine all that comes before it may be late. But of the time
left until the race is over no more than the second, or there would be features and nothing learnt from them."""
PACKING_SECONDS = 4.0
PACKING_SHARE = 0.1
"""Answering the test photos, judging, packing and writing, which begin when the kept recipe is refitted: seconds at
least, and share of the budget, since a longer budget is given for more photos."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """When each part of a training is over, on the clock of the tools; ``budget_seconds`` for all of them."""

    begun: float
    budget_seconds: float
    reading_ends: float
    dictionary_ends: float
    landmarks_end: float
    embedding_ends: float
    race_ends: float
    cells_end: float

    @classmethod
    def of(cls, budget_seconds: float, *, begun: float, only_networks: bool) -> Schedule:
        """Return the schedule of a budget that begins to run at ``begun``, perhaps for nothing but networks."""
        share = max(LEAST_EMBED_SHARE, min(EMBED_SHARE, 1 - RACE_SECONDS / budget_seconds))
        if only_networks:
            share = min(share, NETWORKS_EMBED_SHARE)
        return cls(
            begun=begun,
            budget_seconds=budget_seconds,
            reading_ends=begun + 0.5 * share * budget_seconds,
            dictionary_ends=begun + 0.6 * share * budget_seconds,
            landmarks_end=begun + 0.7 * share * budget_seconds,
            embedding_ends=begun + share * budget_seconds,
            race_ends=begun + race_seconds(budget_seconds),
            cells_end=begun + 0.95 * budget_seconds,
        )

    def embedding_ends_from(self, now: float) -> float:
        """Return when embedding that begins ``now`` is over: what came before it may have been late."""
        late = min(LATE_START_SHARE * self.budget_seconds, LATE_RACE_SHARE * (self.race_ends - now))
        return max(self.embedding_ends, now + late)


def race_seconds(budget_seconds: float) -> float:
    """Return the seconds of a budget that are over when the race must be."""
    return budget_seconds - max(PACKING_SECONDS, PACKING_SHARE * budget_seconds)


def load_of(table: FeatureTable, recipe: Recipe, *, profile: Profile, seconds: float) -> float:
    """Return how much longer features took than they should on a machine that is free, between 1 and ``MOST_LOAD``."""
    foretold = embedding_seconds(
        recipe.looks,
        n_photos=len(table.fitted) + len(table.test),
        width_px=profile.width_px,
        height_px=profile.height_px,
    )
    return min(MOST_LOAD, max(1.0, seconds / (foretold + STARTING_SECONDS)))

"""Features that a recipe asks for in mid-race: recorded as an event of it, so that they are there again after a kill.

Whether there was time for them decides more than the recipe that asked: a network begins from what is there already.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from apprenti.domain import json_form
from apprenti.domain.recipe import Look
from apprenti.domain.seams import Progress
from apprenti.flow.features import FeatureTable
from apprenti.flow.race_log import RaceLog
from apprenti.flow.steps import Content

FEATURES = "features"


@dataclass(frozen=True, slots=True, kw_only=True)
class LateFeatures:
    """Works out features and records that they are there, or works out again what was recorded.

    Args:
        table: where they go.
        log: of the race.
        progress: is told while they are worked out again; most of them lie on the shelf.
    """

    table: FeatureTable
    log: RaceLog
    progress: Progress

    def add(self, looks: Sequence[Look], *, deadline: float, progress: Progress) -> None:
        """Work out features of the photos in the table; see ``FeatureTable.add``."""
        self.table.add(looks, deadline=deadline, progress=progress)
        self.log.add(FEATURES, Content(data={"looks": [json_form.to_json(look) for look in looks]}))

    def restore(self, event: str, content: Content) -> bool:
        """Take up what was recorded; return whether it is of features."""
        if event != FEATURES:
            return False
        looks = [json_form.from_json(Look, look) for look in content.data["looks"]]
        self.table.add(looks, deadline=math.inf, progress=self.progress)
        return True

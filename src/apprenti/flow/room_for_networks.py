"""Whether networks would be trained on a data set, from which budget on, and how to have them where they cannot be."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from apprenti.domain import json_form
from apprenti.domain.dataset import TaskType
from apprenti.domain.network_training import TrainedName, read_trained_name
from apprenti.domain.outlook import Outlook
from apprenti.domain.recipe import Trial
from apprenti.domain.sentence import Sentence
from apprenti.stages.select import N_PICKS_BEFORE, Ground, Selector, WithNetworks
from apprenti.texts import Lang

BUDGETS = {"30s": 30.0, "1m": 60.0, "2m": 120.0, "5m": 300.0, "10m": 600.0, "30m": 1800.0, "1h": 3600.0}
"""Seconds by what stands after ``--budget``."""
NO_ROOM_SCORE = 0.98
"""Where recipes without a network are sure to recognise so many, one is not recommended."""
FEW_MISTAKES = 5
NO_ROOM_R2 = 0.95


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomForNetworks:
    """What it would take to train a network on these photos.

    Args:
        budget: the least of ``BUDGETS`` that leaves time for it.
        epochs: how often it would then see them.
        size_px: side of the squares it would look at.
        has_torch: whether what trains it is installed.
    """

    budget: str
    epochs: int
    size_px: int
    has_torch: bool

    @property
    def sentence(self) -> Sentence:
        """What a person is told."""
        if self.has_torch:
            return Sentence(
                key="train.networks_from",
                values={"budget": self.budget, "epochs": self.epochs, "size": self.size_px},
            )
        return Sentence(key="train.networks_missing", values={"budget": self.budget})

    def said(self, lang: Lang) -> str:
        """Return it in words."""
        return self.sentence.said(lang)

    def flat(self, lang: Lang) -> dict[str, Any]:
        """Return it as ``inspect --json`` promises it."""
        return {**json_form.to_json(self), "said": self.said(lang)}


def room_for_networks(
    ground: Ground,
    frozen: Selector,
    *,
    race_seconds: Callable[[float], float],
    seconds_before: float,
    has_torch: bool,
) -> RoomForNetworks | None:
    """Return what a network would take; ``None`` where there are too few photos or no budget is enough.

    Args:
        ground: what the choice rests on.
        frozen: picks the recipes that come before it.
        race_seconds: what a budget leaves until the race must be over.
        seconds_before: what reading and working out features take.
        has_torch: whether what trains networks is installed.
    """
    before = sum(pick.predicted_seconds for pick in frozen.plan()[:N_PICKS_BEFORE])
    for budget, seconds in BUDGETS.items():
        trained = _trained_in(race_seconds(seconds) - seconds_before - before, ground, frozen)
        if trained is not None:
            return RoomForNetworks(
                budget=budget, epochs=trained.epochs, size_px=trained.size_px, has_torch=has_torch
            )
    return None


def _trained_in(seconds: float, ground: Ground, frozen: Selector) -> TrainedName | None:
    """Return what would be trained in so many seconds."""
    plan = WithNetworks(frozen, ground, time_left=lambda: seconds).plan()
    names = (read_trained_name(pick.recipe.backbones[0]) for pick in plan if pick.recipe.is_trained)
    return next(names, None)


def leaves_room(outlook: Outlook | None) -> bool:
    """Return whether recipes without a network may leave something to gain."""
    return outlook is None or outlook.best_score is None or outlook.best_score.low < NO_ROOM_SCORE


def errs_often(best: Trial, task_type: TaskType) -> bool:
    """Return whether the best recipe errs on more than a few held-out photos."""
    if best.score is None:
        return False
    if task_type is TaskType.MULTI_CLASS:
        return round((1 - best.score) * best.n_validation) > FEW_MISTAKES
    return best.score < NO_ROOM_R2

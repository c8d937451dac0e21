"""A fixed order of recipes: the honest choice while nothing is known of data sets like this one."""

from __future__ import annotations

from collections.abc import Sequence

from apprenti.domain.recipe import Pick, Trial
from apprenti.domain.sentence import Sentence
from apprenti.recipes import PRIORS, Template
from apprenti.stages.select.selector import N_PICKS, Ground

SAFETY = 1.5
"""A pick must fit the time left at this many times its predicted seconds: predictions were off x1.5 at the median."""


class PriorSelector:
    """Hands out the fixed order of ``recipes.PRIORS`` for the task, leaving out what does not fit the time left.

    Args:
        ground: what the choice rests on.
        n_picks: how many recipes are handed out at most.
    """

    def __init__(self, ground: Ground, *, n_picks: int = N_PICKS) -> None:
        self._ground = ground
        templates = PRIORS[ground.task_type]["nets" if ground.networks else "classic"][:n_picks]
        self._waiting = list(enumerate(templates, start=1))
        self._given: list[Pick] = []

    def plan(self) -> tuple[Pick, ...]:
        """Return the picks in order, those already handed out first."""
        picks = list(self._given)
        for rank, template in self._waiting:
            picks.append(self._pick(rank, template, after=picks))
        return tuple(picks)

    def ask(self, *, seconds_left: float) -> Pick | None:
        """Return the next pick that fits ``seconds_left``; ``None`` when none does or all are given.

        The first question is always answered, if need be with the cheapest pick: one try is better than none.
        """
        picks = [self._pick(rank, template, after=self._given) for rank, template in self._waiting]
        fitting = [pick for pick in picks if pick.predicted_seconds * SAFETY <= seconds_left]
        if not fitting and not self._given and picks:
            fitting = [min(picks, key=lambda pick: pick.predicted_seconds)]
        if not fitting:
            return None
        del self._waiting[picks.index(fitting[0])]
        self._given.append(fitting[0])
        return fitting[0]

    @property
    def waiting(self) -> bool:
        """Never: a fixed order does not look at results."""
        return False

    def tell(self, trial: Trial) -> None:
        """Do nothing: a fixed order does not change with what came of a pick."""

    def outlook(self) -> None:
        """Return nothing: a fixed order rests on no data set in particular."""

    def _pick(self, rank: int, template: Template, *, after: Sequence[Pick]) -> Pick:
        """Return the pick; features of the picks before it are counted as there."""
        recipe = template.on(self._ground.stock)
        there = {look for pick in after for look in pick.recipe.looks}
        embedding_seconds = self._ground.embedding_seconds(recipe, there=there)
        return Pick(
            recipe=recipe,
            reason=Sentence(key=f"select.{template.reason}", values={"rank": rank}),
            predicted_seconds=embedding_seconds + self._ground.fitting_seconds(recipe),
            embedding_seconds=embedding_seconds,
        )

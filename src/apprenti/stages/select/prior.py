"""A fixed order of recipes: the honest choice while nothing is known of data sets like this one."""

from __future__ import annotations

from apprenti.domain.recipe import Pick, Recipe, Trial
from apprenti.domain.sentence import Sentence
from apprenti.recipes import PRIOR, Material, Template, predicted_seconds
from apprenti.stages.select.selector import N_PICKS, Ground

SAFETY = 1.5
"""A pick must fit the time left at this many times its predicted seconds: predictions were off x1.5 at the median."""


class PriorSelector:
    """Hands out the fixed order of ``recipes.PRIOR``, leaving out what does not fit the time left.

    Args:
        ground: what the choice rests on.
        n_picks: how many recipes are handed out at most.
    """

    def __init__(self, ground: Ground, *, n_picks: int = N_PICKS) -> None:
        self._ground = ground
        templates = PRIOR["nets" if ground.networks else "classic"][:n_picks]
        self._waiting = [self._pick(rank, template) for rank, template in enumerate(templates, start=1)]
        self._given: list[Pick] = []

    def plan(self) -> tuple[Pick, ...]:
        """Return the picks in order, those already handed out first."""
        return (*self._given, *self._waiting)

    def ask(self, *, seconds_left: float) -> Pick | None:
        """Return the next pick that fits ``seconds_left``; ``None`` when none does or all are given.

        The first question is always answered, if need be with the cheapest pick: one try is better than none.
        """
        fitting = [pick for pick in self._waiting if pick.predicted_seconds * SAFETY <= seconds_left]
        if not fitting and not self._given and self._waiting:
            fitting = [min(self._waiting, key=lambda pick: pick.predicted_seconds)]
        if not fitting:
            return None
        self._waiting.remove(fitting[0])
        self._given.append(fitting[0])
        return fitting[0]

    def tell(self, trial: Trial) -> None:
        """Do nothing: a fixed order does not change with what came of a pick."""

    def _pick(self, rank: int, template: Template) -> Pick:
        recipe = template.recipe(self._backbones(template.material), self._ground.canvas)
        return Pick(
            recipe=recipe,
            reason=Sentence(key=f"select.{template.reason}", values={"rank": rank}),
            predicted_seconds=self._seconds(recipe),
        )

    def _backbones(self, material: Material) -> tuple[str, ...]:
        networks, classic = tuple(self._ground.networks), tuple(self._ground.classic)
        return {"classic": classic, "nets": networks, "nets+classic": (*networks, *classic)}[material]

    def _seconds(self, recipe: Recipe) -> float:
        sizes = {**self._ground.networks, **self._ground.classic}
        profile = self._ground.profile
        return predicted_seconds(
            recipe,
            n_rows=profile.n_train + profile.n_validation,
            n_features=sum(sizes[name] for name in recipe.backbones),
            n_labels=profile.n_labels,
            n_fits=self._ground.n_fits,
        )

"""The ask/tell interface that every way of choosing recipes has."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from apprenti.domain.knowledge_table import Knowledge
from apprenti.domain.outlook import Outlook
from apprenti.domain.profile import Profile
from apprenti.domain.recipe import Canvas, Look, Pick, Recipe, Trial
from apprenti.recipes import Stock, embedding_seconds, predicted_seconds

N_PICKS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What a choice rests on.

    Args:
        profile: of the data set, with landmarks where they were measured.
        networks: number of features of each network backbone at hand, by name; empty without any.
        classic: number of features of the hand-made backbones at hand, by name.
        canvas: what images are decoded to.
        n_fits: how often each recipe is fitted (the turns of cross-validation).
        embedded: which features are there already.
    """

    profile: Profile
    networks: Mapping[str, int]
    classic: Mapping[str, int]
    canvas: Canvas
    n_fits: int
    embedded: frozenset[Look] = frozenset()

    @property
    def stock(self) -> Stock:
        """The backbones that recipes can be made of."""
        return Stock(networks=self.networks, classic=self.classic, canvas=self.canvas)

    def fitting_seconds(self, recipe: Recipe) -> float:
        """Return what fitting a recipe should take, its features being there."""
        stock = self.stock
        return predicted_seconds(
            recipe,
            n_rows=self.profile.n_train + self.profile.n_validation,
            n_features=sum(stock.n_features(name) for name in recipe.backbones),
            n_labels=self.profile.n_labels,
            n_fits=self.n_fits,
        )

    def embedding_seconds(self, recipe: Recipe, *, there: Collection[Look] = ()) -> float:
        """Return what the features of a recipe should take.

        Args:
            recipe: what they are for.
            there: features that will be there beside ``embedded``: those of the recipes handed out before.
        """
        missing = [look for look in recipe.looks if look not in self.embedded and look not in there]
        return embedding_seconds(
            missing,
            n_photos=self.profile.n_examples,
            width_px=self.profile.width_px,
            height_px=self.profile.height_px,
        )


class Selector(Protocol):
    """Chooses the recipes that are trained."""

    def plan(self) -> tuple[Pick, ...]:
        """Return the picks as they stand now, those already handed out first."""
        ...

    def ask(self, *, seconds_left: float) -> Pick | None:
        """Return the next recipe worth training in ``seconds_left``, or ``None`` to stop."""
        ...

    def tell(self, trial: Trial) -> None:
        """Take in what came of a pick, before the next is asked for."""
        ...

    def outlook(self) -> Outlook | None:
        """Return what is expected of the picks and what they rest on, before any result; ``None`` in a fixed order."""
        ...


def open_selector(
    ground: Ground,
    *,
    knowledge: Knowledge | None = None,
    candidates: Sequence[Recipe] = (),
    n_picks: int = N_PICKS,
    in_batch: bool = False,
    explores: float = 0.0,
    seed: int = 0,
) -> Selector:
    """Return the selector that suits what is known: a learned one, or the fixed order where that is too little.

    Args:
        ground: what the choice rests on.
        knowledge: scores of recipes on past data sets.
        candidates: recipes that may be picked; those of the catalogue on the backbones at hand by default. Only
            those the knowledge has scores of are.
        n_picks: how many recipes are trained.
        in_batch: choose all of them before any result is there.
        explores: how likely a pick tries what is least known, 0..1.
        seed: of the forests and of exploration.
    """
    from apprenti.stages.select.learned import LearnedSelector, enough_known
    from apprenti.stages.select.prior import PriorSelector

    if knowledge is None or not enough_known(ground, knowledge, candidates, n_picks):
        return PriorSelector(ground, n_picks=n_picks)
    return LearnedSelector(
        ground,
        knowledge,
        candidates=candidates,
        n_picks=n_picks,
        in_batch=in_batch,
        explores=explores,
        seed=seed,
    )

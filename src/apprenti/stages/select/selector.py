"""The ask/tell interface that every way of choosing recipes has."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from apprenti.domain.backbone_name import MIRRORED, PACKAGED, is_packaged
from apprenti.domain.dataset import TaskType
from apprenti.domain.knowledge_table import Knowledge
from apprenti.domain.network_training import TunableNetwork, is_trained
from apprenti.domain.outlook import Outlook
from apprenti.domain.profile import Profile
from apprenti.domain.recipe import Canvas, Look, Pick, Recipe, Trial
from apprenti.recipes import Stock, column_of, embedding_seconds, predicted_seconds, templates_for

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
        task_type: what is to be told.
        tunable: those of the networks that could be tuned, in the order they were brought.
    """

    profile: Profile
    networks: Mapping[str, int]
    classic: Mapping[str, int]
    canvas: Canvas
    n_fits: int
    embedded: frozenset[Look] = frozenset()
    task_type: TaskType = TaskType.MULTI_CLASS
    tunable: tuple[TunableNetwork, ...] = ()

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
            n_labels=max(1, self.profile.n_labels),
            n_fits=self.n_fits,
        )

    def embedding_seconds(self, recipe: Recipe, *, there: Collection[Look] = ()) -> float:
        """Return what the features of a recipe should take.

        Args:
            recipe: what they are for; those of a network that is trained for it are no part of this.
            there: features that will be there beside ``embedded``: those of the recipes handed out before.
        """
        missing = [
            look
            for look in recipe.looks
            if look not in self.embedded and look not in there and not is_trained(look.backbone)
        ]
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
        """Return the next recipe worth training in ``seconds_left``, or ``None`` to stop.

        What it should score is foretold by ``plan``, which takes its time over it.
        """
        ...

    @property
    def waiting(self) -> bool:
        """Whether the next pick looks at results that have not been told yet: it must not be asked for before."""
        ...

    def tell(self, trial: Trial) -> None:
        """Take in what came of a pick."""
        ...

    def outlook(self) -> Outlook | None:
        """Return what is expected of the picks as they stand now and what they rest on; ``None`` in a fixed order."""
        ...


def open_selector(
    ground: Ground,
    *,
    knowledge: Knowledge | None = None,
    candidates: Sequence[Recipe] = (),
    n_picks: int = N_PICKS,
    in_batch: bool = False,
    rounds: Sequence[int] = (),
    explores: float = 0.0,
    seed: int = 0,
) -> Selector:
    """Return the selector that suits what is known: a learned one, or the fixed order where that is too little.

    A network at hand that too little is known of leaves the fixed order, which tries it: it must not be passed over
    because much is known of others. So does every task but telling classes apart: the knowledge holds accuracies.

    Args:
        ground: what the choice rests on.
        knowledge: scores of recipes on past data sets.
        candidates: recipes that may be picked; those of the catalogue on the backbones at hand by default. Only
            those the knowledge has scores of are.
        n_picks: how many recipes are trained.
        in_batch: choose all of them before any result is there.
        rounds: how many are picked before their results are looked at, round by round; none: one at a time.
        explores: how likely a pick tries what is least known, 0..1.
        seed: of the forests and of exploration.
    """
    from apprenti.stages.select.learned import LEAST_CELLS, LearnedSelector, enough_known
    from apprenti.stages.select.prior import PriorSelector

    if (
        knowledge is None
        or ground.task_type is not TaskType.MULTI_CLASS
        or not enough_known(ground, knowledge, candidates, n_picks)
        or not _networks_known(ground, knowledge, candidates, least_cells=LEAST_CELLS)
    ):
        return PriorSelector(ground, n_picks=n_picks)
    return LearnedSelector(
        ground,
        knowledge,
        candidates=candidates,
        n_picks=n_picks,
        in_batch=in_batch,
        rounds=rounds,
        explores=explores,
        seed=seed,
    )


def _networks_known(
    ground: Ground, knowledge: Knowledge, candidates: Sequence[Recipe], *, least_cells: int
) -> bool:
    """Return whether a recipe on every network at hand is known, on the packaged one in whatever size and view."""
    n_cells = dict(zip(knowledge.recipes, np.isfinite(knowledge.scores).sum(axis=0), strict=True))
    recipes = candidates or [template.on(ground.stock) for template in templates_for(ground.stock)]
    known = [recipe for recipe in recipes if n_cells.get(column_of(recipe), 0) >= least_cells]
    seen = {_whatever_size(name) for recipe in known for name in recipe.backbones}
    return all(_whatever_size(name) in seen for name in ground.networks)


def _whatever_size(network: str) -> str:
    return PACKAGED if is_packaged(network) else network.removesuffix(MIRRORED)

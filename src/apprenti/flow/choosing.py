"""What a choice of recipes rests on, and the first of them: its features come before all others."""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec
from typing import Literal

from apprenti.domain.dataset import TaskType
from apprenti.domain.errors import OptionError
from apprenti.domain.knowledge_table import Knowledge
from apprenti.domain.profile import Profile
from apprenti.domain.recipe import Pick
from apprenti.flow.materials import Materials
from apprenti.stages.select import N_PICKS_BEFORE, Ground, Selector, WithNetworks, open_selector

RecipeKind = Literal["all", "frozen", "deep"]

ROUNDS = (2, 2, 1)
"""Picks of each round of a training: two processors have something to do most of the time."""


def ground_of(
    profile: Profile, materials: Materials, *, n_fits: int, task_type: TaskType = TaskType.MULTI_CLASS
) -> Ground:
    """Return what a choice rests on before any features are there."""
    stock = materials.stock
    return Ground(
        profile=profile,
        networks=stock.networks,
        classic=stock.classic,
        canvas=stock.canvas,
        n_fits=n_fits,
        task_type=task_type,
        tunable=materials.tunable,
    )


def has_torch() -> bool:
    """Return whether PyTorch is installed; it is not loaded."""
    return find_spec("torch") is not None


def refuse_without_torch(recipes: RecipeKind) -> None:
    """Refuse to train networks alone where there is no PyTorch.

    Raises:
        OptionError: says how to have it.
    """
    if recipes == "deep" and not has_torch():
        raise OptionError("deep_without_torch")


def choose_by(
    ground: Ground,
    knowledge: Knowledge | None,
    *,
    seed: int,
    recipes: RecipeKind = "frozen",
    time_left: Callable[[], float] | None = None,
    is_lost: Callable[[str], bool] = lambda backbone: False,
) -> Selector:
    """Return the selector of a training or an inspection.

    Picks come in rounds: results come in an order that depends on the machine, and the same data must give the same
    model. On tables of known scores rounds did as well as looking at every result, and better than picking all at once.
    """
    base = open_selector(ground, knowledge=knowledge, rounds=ROUNDS, seed=seed)
    if recipes == "frozen" or time_left is None or not has_torch():
        return base
    n_before = N_PICKS_BEFORE if recipes == "all" else 1
    with_networks = WithNetworks(
        base, ground, time_left=time_left, n_before=n_before, insists=recipes == "deep", is_lost=is_lost
    )
    return with_networks if any(pick.recipe.is_trained for pick in with_networks.plan()) else base


def first_pick(ground: Ground, knowledge: Knowledge | None, *, seconds_left: float, seed: int) -> Pick:
    """Return the recipe whose features are worked out first; all others are then chosen with those at hand.

    Args:
        ground: with no features there yet.
        knowledge: of earlier trainings.
        seconds_left: for features and fitting.
        seed: of the selector.
    """
    pick = choose_by(ground, knowledge, seed=seed).ask(seconds_left=seconds_left)
    if pick is None:
        raise AssertionError("the first question is always answered")
    return pick

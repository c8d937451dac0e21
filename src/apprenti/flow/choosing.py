"""What a choice of recipes rests on, and the first of them: its features come before all others."""

from __future__ import annotations

from apprenti.domain.dataset import TaskType
from apprenti.domain.knowledge_table import Knowledge
from apprenti.domain.profile import Profile
from apprenti.domain.recipe import Pick
from apprenti.flow.materials import Materials
from apprenti.stages.select import Ground, Selector, open_selector

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
    )


def choose_by(ground: Ground, knowledge: Knowledge | None, *, seed: int) -> Selector:
    """Return the selector of a training or an inspection.

    Picks come in rounds: results come in an order that depends on the machine, and the same data must give the same
    model. On tables of known scores rounds did as well as looking at every result, and better than picking all at once.
    """
    return open_selector(ground, knowledge=knowledge, rounds=ROUNDS, seed=seed)


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

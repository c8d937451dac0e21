"""What a choice of recipes rests on, and the first of them: its features come before all others."""

from __future__ import annotations

from apprenti.domain.profile import Profile
from apprenti.domain.recipe import Pick
from apprenti.flow.materials import Materials
from apprenti.stages.select import Ground, open_selector


def ground_of(profile: Profile, materials: Materials, *, n_fits: int) -> Ground:
    """Return what a choice rests on before any features are there."""
    stock = materials.stock
    return Ground(
        profile=profile, networks=stock.networks, classic=stock.classic, canvas=stock.canvas, n_fits=n_fits
    )


def first_pick(ground: Ground, *, seconds_left: float, seed: int) -> Pick:
    """Return the recipe whose features are worked out first; all others are then chosen with those at hand.

    Args:
        ground: with no features there yet.
        seconds_left: for features and fitting.
        seed: of the selector.
    """
    pick = open_selector(ground, seed=seed).ask(seconds_left=seconds_left)
    if pick is None:
        raise AssertionError("the first question is always answered")
    return pick

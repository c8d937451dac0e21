"""Past data sets and what every recipe scored on them: who is alike, what they would pick, and what that costs."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from apprenti.blocks.embedded import load_embedded
from apprenti.domain.knowledge_table import Knowledge
from apprenti.domain.profile import Profile
from apprenti.domain.recipe import Recipe
from apprenti.domain.recipe_name import read_recipe_name
from apprenti.recipes.words import phrase, settings_phrase, transform_phrase
from apprenti.stages.select.baselines import portfolio_order
from apprenti.stages.select.profile_vector import PROFILE_COLUMNS, profile_vector
from apprenti.store.base_knowledge import read_base_knowledge
from apprenti.texts import Lang

Floats = NDArray[np.float64]

N_NEIGHBOURS = 6
DEFAULT = "digits"
"""The data set worked with where the run has no profile: handwritten digits, as in the reference set."""


@cache
def known() -> Knowledge:
    """Return the knowledge that ships with the package: every recipe on every data set of it."""
    found = read_base_knowledge(weights_sha256=load_embedded(64).sha256)
    if found is not None and not np.isnan(found.scores).any():
        return found
    blank = np.full((2, 6), 0.5, np.float32)
    return Knowledge(
        datasets=("a", "b"),
        families=("a", "b"),
        recipes=tuple("123456"),
        scores=blank,
        seconds=blank,
        profiles=np.zeros((2, len(PROFILE_COLUMNS)), np.float32),
        profile_columns=PROFILE_COLUMNS,
    )


def nearest_to(profile: Profile | None) -> int:
    """Return the past data set most like this profile; the default one for none."""
    table = known()
    if profile is None:
        return table.datasets.index(DEFAULT) if DEFAULT in table.datasets else 0
    return int(np.argmin(distances(profile_vector(profile).astype(np.float64))))


def distances(profile: Floats) -> Floats:
    """Return how far each past data set is: differences of all columns, each scaled to 0..1, added up."""
    profiles = known().profiles.astype(np.float64)
    usable = np.isfinite(profile) & np.isfinite(profiles).all(axis=0)
    seen = profiles[:, usable]
    low, high = seen.min(axis=0, initial=np.inf), seen.max(axis=0, initial=-np.inf)
    return np.asarray((np.abs(seen - profile[usable]) / np.where(high > low, high - low, 1.0)).sum(axis=1))


def neighbours_of(place: int, n: int = N_NEIGHBOURS) -> list[int]:
    """Return the nearest data sets of other families, one of each family, the nearest first."""
    table = known()
    chosen: list[int] = []
    families = {table.families[place]}
    for other in np.argsort(distances(table.profiles[place].astype(np.float64)), kind="stable"):
        if table.families[other] not in families:
            families.add(table.families[other])
            chosen.append(int(other))
    return chosen[:n]


def picks_for(place: int, neighbours: Sequence[int], k: int, seconds: float = math.inf) -> list[int]:
    """Return what neighbours recommend: each recipe adds most to the best before it; those the time allows.

    Args:
        place: the data set that the recipes are for; only their times are looked at, never their scores.
        neighbours: past data sets; none recommend nothing.
        k: recipes at most.
        seconds: for all of them together.
    """
    table = known()
    if not neighbours:
        return []
    order = portfolio_order(100 * table.scores[list(neighbours)].astype(np.float64), k)[:k]
    picks, left = [], seconds
    for recipe in order:
        left -= float(table.seconds[place, recipe])
        if left < 0:
            break
        picks.append(int(recipe))
    return picks


def regret_points(place: int, picks: Sequence[int]) -> float | None:
    """Return the points lost against the best recipe there is; ``None`` where nothing was picked."""
    scores = known().scores[place].astype(np.float64)
    return float(100 * (scores.max() - scores[list(picks)].max())) if picks else None


def chance_regret(place: int, k: int) -> float:
    """Return the regret of ``k`` recipes drawn at random, on average over all draws: worked out, not drawn."""
    scores = np.sort(known().scores[place].astype(np.float64))
    n = len(scores)
    k = min(k, n)
    ways = np.array([math.comb(rank, k - 1) / math.comb(n, k) for rank in range(n)])
    return float(100 * (scores[-1] - ways @ scores))


@cache
def mean_regrets(k: int) -> tuple[float, float]:
    """Return the mean regret over all past data sets, of what neighbours pick and of chance."""
    places = range(len(known().datasets))
    picked = [regret_points(place, picks_for(place, neighbours_of(place), k)) or 0.0 for place in places]
    return float(np.mean(picked)), float(np.mean([chance_regret(place, k) for place in places]))


def best_of_equals(n_recipes: int, n_photos: int, share: float) -> float:
    """Return the score expected of the best of recipes that are all equally good, judged on so many photos.

    Example:
        >>> round(best_of_equals(1, 100, 0.8), 6)
        0.8
    """
    counts = np.arange(n_photos + 1)
    logs = np.array(
        [math.lgamma(n_photos + 1) - math.lgamma(i + 1) - math.lgamma(n_photos - i + 1) for i in counts]
    )
    share = min(max(share, 1e-9), 1 - 1e-9)
    chances = np.exp(logs + counts * math.log(share) + (n_photos - counts) * math.log1p(-share))
    below = np.minimum(np.cumsum(chances), 1.0) ** n_recipes
    return float((1 - below[:-1]).sum() / n_photos)


def in_words(recipe: Recipe, lang: Lang) -> str:
    """Return a recipe as a person would say it, with what tells it from others of its kind."""
    details = [part for part in (transform_phrase(recipe, lang), settings_phrase(recipe, lang)) if part]
    return phrase(recipe, lang) + (f" ({', '.join(details)})" if details else "")


def column_in_words(name: str, lang: Lang) -> str:
    """Return a recipe of the table in words; its name leaves out the size of the photos, which the network tells."""
    looks, _, rest = name.partition("/")
    try:
        return in_words(read_recipe_name(f"{looks}@32-squash/{rest}"), lang)
    except ValueError:
        return name

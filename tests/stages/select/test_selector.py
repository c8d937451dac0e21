"""Which selector suits what is known: one that learnt never passes over a network just because it is new."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tests.stages.select.test_prior import ground

from apprenti.domain.knowledge_table import Knowledge
from apprenti.recipes import SPACE, column_of
from apprenti.stages.select import PROFILE_COLUMNS, Ground, PriorSelector, Selector, open_selector
from apprenti.stages.select.learned import LearnedSelector

N_DATASETS = 12
BROUGHT = "mine-1a2b3c4d"
PACKAGED = "embedded.v2-96"


def knowledge_of(*grounds: Ground) -> Knowledge:
    """Return scores of every recipe that can be made on these grounds."""
    columns = sorted(
        {
            column_of(template.on(each.stock))
            for each in grounds
            for template in SPACE.values()
            if template.fits(each.stock)
        }
    )
    scores = np.random.default_rng(0).uniform(0.5, 0.9, (N_DATASETS, len(columns))).astype(np.float32)
    names = tuple(f"set {number}" for number in range(N_DATASETS))
    return Knowledge(
        datasets=names,
        families=names,
        recipes=tuple(columns),
        scores=scores,
        seconds=scores,
        profiles=np.zeros((N_DATASETS, len(PROFILE_COLUMNS)), np.float32),
        profile_columns=PROFILE_COLUMNS,
    )


def on(*networks: str) -> Ground:
    return ground(dict.fromkeys(networks, 1024))


def hardly_known(network: str) -> Knowledge:
    """Return a table in which only one data set has scores of recipes on a network."""
    known = knowledge_of(on(), on(network))
    is_new = np.array([network in name for name in known.recipes])
    return replace(
        known, scores=np.where(is_new & (np.arange(N_DATASETS) > 0)[:, None], np.nan, known.scores)
    )


def backbones(selector: Selector) -> set[str]:
    return {name for pick in selector.plan() for name in pick.recipe.backbones}


@pytest.mark.parametrize(
    ("known", "at_hand"),
    [
        (knowledge_of(on(PACKAGED)), on(BROUGHT)),
        (knowledge_of(on(PACKAGED)), on(PACKAGED, BROUGHT)),
        (knowledge_of(on()), on(PACKAGED)),
        (hardly_known(BROUGHT), on(BROUGHT)),
    ],
    ids=["brought", "brought beside the packaged one", "packaged", "brought once"],
)
def test_a_network_nothing_is_known_of_is_tried_by_the_fixed_order(known: Knowledge, at_hand: Ground) -> None:
    selector = open_selector(at_hand, knowledge=known)
    assert isinstance(selector, PriorSelector)
    assert set(at_hand.networks) <= backbones(selector)


@pytest.mark.parametrize("at_hand", [on(), on(PACKAGED), on(BROUGHT)], ids=["none", "packaged", "brought"])
def test_networks_that_are_known_are_chosen_by_what_is_known(at_hand: Ground) -> None:
    known = knowledge_of(on(), on(PACKAGED), on(BROUGHT))
    assert isinstance(open_selector(at_hand, knowledge=known), LearnedSelector)

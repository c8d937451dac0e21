from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.stages.select.test_learned import RECIPES, knowledge
from tests.stages.select.test_prior import ground

from apprenti.domain.outlook import Neighbour, Outlook
from apprenti.domain.recipe import Trial, TrialStatus
from apprenti.stages.select import open_selector
from apprenti.stages.select.learned import LearnedSelector
from apprenti.stages.select.outlook import N_FAMILIES, neighbours
from apprenti.stages.select.profile_vector import profile_vector
from apprenti.stages.select.similarity import nearest_first

NAN = float("nan")
SCORES = np.array([[0.9, 0.8, 0.7], [0.8, 0.9, NAN], [NAN, NAN, NAN], [0.6, 0.6, 0.65]])
FAMILIES = ("plants", "plants", "metal", "sea")
NAMES = ("leaves", "flowers", "coins", "shells")


def plan_without(left_out: NDArray[np.bool_]) -> list[int]:
    """Without plants the first recipe would not be picked; without the sea, the second."""
    if left_out[0]:
        return [1, 2]
    return [0] if left_out[3] else [0, 1]


def found(nearest: tuple[int, ...] = (1, 2, 0, 3)) -> list[Neighbour]:
    return list(
        neighbours(
            SCORES,
            np.array([0.4, 0.3, 0.2, 0.1]),
            nearest=nearest,
            families=FAMILIES,
            names=NAMES,
            recipes=RECIPES[:3],
            plan_without=plan_without,
        )
    )


def outlook(**options: object) -> Outlook:
    found = open_selector(ground(), knowledge=knowledge(), candidates=RECIPES, **options).outlook()  # type: ignore[arg-type]
    assert found is not None
    return found


def test_a_family_counts_as_one_and_is_called_by_its_nearest_member() -> None:
    assert [(one.name, one.n_related) for one in found()] == [("flowers", 1), ("coins", 0), ("shells", 0)]
    assert [one.weight for one in found()] == pytest.approx([0.7, 0.2, 0.1])
    assert found(nearest=(0, 1, 2, 3))[0].name == "leaves"


def test_what_did_best_there_is_told_with_how_far_the_picks_stayed_behind() -> None:
    flowers, coins, shells = found()
    assert (flowers.best, flowers.best_score, flowers.behind_points) == (RECIPES[1], 0.9, 0.0)
    assert (coins.best, coins.best_score, coins.behind_points) == (None, None, None)
    assert shells.best == RECIPES[2]
    assert shells.behind_points == pytest.approx(5.0)


def test_what_would_be_picked_without_a_family_is_told() -> None:
    flowers, coins, shells = found()
    assert (flowers.gone, flowers.instead) == (RECIPES[:1], RECIPES[2:3])
    assert (coins.gone, coins.instead) == ((), ())
    assert (shells.gone, shells.instead) == (RECIPES[1:2], ())


def test_a_selector_says_what_to_expect_and_the_same_every_time() -> None:
    one = outlook(in_batch=True)
    assert one == outlook(in_batch=True)
    assert (one.n_datasets, one.n_families) == (30, 15)
    assert len(one.neighbours) == N_FAMILIES
    assert all(neighbour.n_related == 1 and 0 < neighbour.weight < 1 for neighbour in one.neighbours)
    assert not one.by_likeness  # 30 data sets are too few to judge by


@pytest.mark.parametrize("options", [{"rounds": (2, 2, 1)}, {}, {"in_batch": True}])
@pytest.mark.parametrize("seconds_left", [1e6, 12.0])
def test_with_all_that_was_known_the_choice_comes_out_again_as_it_was(
    options: dict[str, Any], seconds_left: float
) -> None:
    selector = open_selector(ground(), knowledge=knowledge(), candidates=RECIPES, **options)
    assert isinstance(selector, LearnedSelector)
    trials: list[Trial] = []
    while (pick := selector.ask(seconds_left=seconds_left)) is not None:
        score = 0.9 - 0.02 * int(pick.recipe.parameters["alpha"])
        trials.append(Trial(recipe=pick.recipe, status=TrialStatus.FINISHED, score=score))
        if selector.waiting or not options.get("rounds"):
            for trial in trials:
                selector.tell(trial)
    again = selector._replayed_without(np.zeros(30, dtype=bool))
    given = [trial.recipe.name for trial in trials]
    assert [RECIPES[at].name for at in again][: len(given)] == given
    gone = {recipe.name for one in selector.outlook().neighbours for recipe in one.gone}
    assert gone <= {pick.recipe.name for pick in selector.plan()}


def test_the_family_that_alone_spoke_for_a_recipe_is_found() -> None:
    known = knowledge(gaps=0.0)
    scores = np.tile(np.linspace(0.8, 0.7, len(RECIPES), dtype=np.float32), (30, 1))
    scores[4:6, -1] = 0.9  # good on family 2 alone, and the worst elsewhere
    seconds = np.ones_like(scores)
    seconds[:, -1] = 2.0  # never picked for its price
    profiles = known.profiles.copy()
    profiles[4] = profile_vector(ground().profile)
    known = replace(known, scores=scores, seconds=seconds, profiles=profiles)
    told = open_selector(ground(), knowledge=known, candidates=RECIPES).outlook()
    assert told is not None
    nearest, *others = told.neighbours
    assert nearest.name == "set 4"
    assert nearest.gone == (RECIPES[-1],)
    assert len(nearest.instead) == 1
    assert all(not other.gone for other in others)


def test_a_fixed_order_rests_on_nothing() -> None:
    assert open_selector(ground()).outlook() is None


def test_of_data_sets_that_count_alike_the_nearest_in_its_numbers_comes_first() -> None:
    profiles = np.array([[0.0, 5.0], [3.0, NAN], [1.0, 4.0], [NAN, NAN]])
    even = np.full(4, 0.25)
    assert nearest_first(even, profiles, np.array([1.0, 4.0])).tolist() == [2, 0, 1, 3]
    assert nearest_first(even, profiles, np.array([NAN, NAN])).tolist() == [0, 1, 2, 3]
    weights = np.array([0.1, 0.4, 0.1, 0.4])
    assert nearest_first(weights, profiles, np.array([1.0, 4.0])).tolist() == [1, 3, 2, 0]

from __future__ import annotations

import numpy as np
import pytest
from tests.stages.select.test_prior import ground
from tests.stages.select.worlds import a_world, with_gaps

from apprenti.domain.knowledge_table import Knowledge
from apprenti.domain.recipe import Canvas, Recipe, Trial, TrialStatus
from apprenti.recipes import column_of
from apprenti.stages.select import PriorSelector, Selector, open_selector
from apprenti.stages.select.learned import LearnedSelector
from apprenti.stages.select.profile_vector import PROFILE_COLUMNS, profile_vector

RECIPES = tuple(
    Recipe(
        backbones=("classic.v1",),
        canvas=Canvas(size_px=64),
        transform="none.v1",
        head="ridge.v1",
        parameters={"alpha": float(alpha)},
    )
    for alpha in range(1, 13)
)


def knowledge(n: int = 30, *, gaps: float = 0.3) -> Knowledge:
    world = a_world(n=n, m=len(RECIPES))
    profiles = np.random.default_rng(0).normal(size=(n, len(PROFILE_COLUMNS)))
    return Knowledge(
        datasets=tuple(f"set {i}" for i in range(n)),
        families=tuple(f"family {i // 2}" for i in range(n)),
        recipes=tuple(column_of(recipe) for recipe in RECIPES),
        scores=with_gaps(world.scores, gaps).astype(np.float32),
        seconds=with_gaps(world.seconds, gaps).astype(np.float32),
        profiles=profiles.astype(np.float32),
        profile_columns=PROFILE_COLUMNS,
    )


def learned(**options: object) -> Selector:
    return open_selector(ground(), knowledge=knowledge(), candidates=RECIPES, **options)  # type: ignore[arg-type]


def run(selector: Selector, *, seconds_left: float = 1e6) -> list[str]:
    asked = []
    while (pick := selector.ask(seconds_left=seconds_left)) is not None:
        asked.append(pick.recipe.name)
        score = 0.5 + 0.01 * int(pick.recipe.parameters["alpha"])
        selector.tell(Trial(recipe=pick.recipe, status=TrialStatus.FINISHED, score=score))
    return asked


def test_enough_knowledge_opens_the_learned_selector() -> None:
    assert isinstance(learned(), LearnedSelector)


@pytest.mark.parametrize(
    "known",
    [None, knowledge(n=5), knowledge(gaps=0.97)],
    ids=["nothing", "few data sets", "hardly a cell"],
)
def test_too_little_knowledge_leaves_the_fixed_order(known: Knowledge | None) -> None:
    assert isinstance(open_selector(ground(), knowledge=known, candidates=RECIPES), PriorSelector)


def test_recipes_on_other_backbones_are_never_mixed_in() -> None:
    assert isinstance(open_selector(ground(), knowledge=knowledge()), PriorSelector)


def test_five_picks_have_reasons_seconds_and_a_score_interval() -> None:
    picks = learned().plan()
    assert len({pick.recipe.name for pick in picks}) == 5
    for pick in picks:
        assert pick.reason.said("en") != pick.reason.said("fr")
        assert pick.predicted_seconds > 0
        assert pick.predicted_score is not None
        assert 0 <= pick.predicted_score.low < pick.predicted_score.high <= 1
        assert pick.predicted_score.level == 0.9


def test_five_are_handed_out_and_then_no_more() -> None:
    selector = learned()
    asked = run(selector)
    assert len(set(asked)) == 5
    assert [pick.recipe.name for pick in selector.plan()] == asked


def test_results_change_what_comes_next() -> None:
    def after(*scores: float) -> list[str]:
        selector = learned()
        for score in scores:
            pick = selector.ask(seconds_left=1e6)
            assert pick is not None
            selector.tell(Trial(recipe=pick.recipe, status=TrialStatus.FINISHED, score=score))
        return [pick.recipe.name for pick in selector.plan()]

    plans = [after(0.7, 0.7 + 0.01 * points) for points in range(-8, 9, 4)]
    assert len({tuple(plan[:1]) for plan in plans}) == 1
    assert len({tuple(plan) for plan in plans}) > 1


def picks_in_rounds(*, told_in_order: bool) -> list[str]:
    """Return what is picked in rounds of two, two and one, results told as they come or in the other order."""
    selector, asked, under_way = learned(rounds=(2, 2, 1)), [], []
    while True:
        while not selector.waiting and (pick := selector.ask(seconds_left=1e6)) is not None:
            asked.append(pick.recipe.name)
            score = 0.5 + 0.01 * int(pick.recipe.parameters["alpha"])
            under_way.append(Trial(recipe=pick.recipe, status=TrialStatus.FINISHED, score=score))
        if not under_way:
            return asked
        for trial in under_way if told_in_order else reversed(under_way):
            selector.tell(trial)
        under_way.clear()


def test_which_result_of_a_round_comes_first_changes_nothing() -> None:
    assert picks_in_rounds(told_in_order=True) == picks_in_rounds(told_in_order=False)


def test_results_of_a_round_change_the_next_and_not_the_round_itself() -> None:
    in_rounds, at_once = picks_in_rounds(told_in_order=True), run(learned(in_batch=True))
    assert in_rounds[:2] == at_once[:2]
    assert in_rounds != at_once


def test_one_worker_picks_what_two_pick() -> None:
    selector, asked = learned(rounds=(2, 2, 1)), []
    while (pick := selector.ask(seconds_left=1e6)) is not None:
        asked.append(pick.recipe.name)
        score = 0.5 + 0.01 * int(pick.recipe.parameters["alpha"])
        selector.tell(Trial(recipe=pick.recipe, status=TrialStatus.FINISHED, score=score))
        assert not selector.waiting
    assert asked == picks_in_rounds(told_in_order=True)


def test_without_time_the_quickest_is_tried_and_no_other() -> None:
    selector = learned()
    assert len(run(selector, seconds_left=0.0)) == 1


def test_what_is_worth_measuring_next_was_not_tried_yet() -> None:
    selector = learned()
    assert isinstance(selector, LearnedSelector)
    tried = run(selector)
    next_ones = [recipe.name for recipe in selector.worth_measuring(4)]
    assert len(set(next_ones)) == 4
    assert not set(next_ones) & set(tried)


def test_the_same_seed_gives_the_same_picks() -> None:
    assert run(learned(seed=3)) == run(learned(seed=3))
    explored = run(learned(seed=3, explores=1.0))
    assert explored == run(learned(seed=3, explores=1.0))
    assert explored != run(learned(seed=3))


def test_a_trial_of_somebody_else_is_passed_over() -> None:
    selector = learned()
    stranger = Recipe(backbones=("net",), canvas=Canvas(size_px=64), transform="none.v1", head="lda.v1")
    before = [pick.recipe.name for pick in selector.plan()]
    selector.tell(Trial(recipe=stranger, status=TrialStatus.FINISHED, score=0.99))
    assert [pick.recipe.name for pick in selector.plan()] == before


def test_a_profile_is_as_long_as_its_columns_and_unmeasured_landmarks_are_gaps() -> None:
    vector = profile_vector(ground().profile)
    assert vector.shape == (len(PROFILE_COLUMNS),)
    gaps = {name for name, value in zip(PROFILE_COLUMNS, vector, strict=True) if np.isnan(value)}
    assert gaps == {name for name in PROFILE_COLUMNS if name.startswith("landmark_")}

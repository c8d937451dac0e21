"""From which budget on a network is trained, and how to have one where it cannot be."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.stages.select.test_prior import ground

from apprenti.domain.dataset import TaskType
from apprenti.domain.outlook import Outlook
from apprenti.domain.recipe import Canvas, Interval, Recipe, Trial, TrialStatus
from apprenti.flow.room_for_networks import (
    BUDGETS,
    RoomForNetworks,
    errs_often,
    leaves_room,
    room_for_networks,
)
from apprenti.flow.schedule import race_seconds
from apprenti.settings import seconds_of
from apprenti.stages.select import Ground, WithNetworks, open_selector
from apprenti.texts import LANGS, Lang

ON_PACKAGE = {"embedded.v2-96": 1024}


def room(where: Ground, *, seconds_before: float = 5.0, has_torch: bool = True) -> RoomForNetworks | None:
    return room_for_networks(
        where,
        open_selector(where),
        race_seconds=race_seconds,
        seconds_before=seconds_before,
        has_torch=has_torch,
    )


def trial(score: float, *, n: int = 200) -> Trial:
    recipe = Recipe(
        backbones=("classic.v1",), canvas=Canvas(size_px=64), transform="none.v1", head="ridge.v1"
    )
    return Trial(recipe=recipe, status=TrialStatus.FINISHED, score=score, n_validation=n)


def test_every_budget_is_written_as_the_command_line_reads_it() -> None:
    assert {name: seconds_of(name) for name in BUDGETS} == BUDGETS


def test_more_photos_take_a_longer_budget() -> None:
    few, many = room(ground(ON_PACKAGE, 200)), room(ground(ON_PACKAGE, 20_000))
    assert few is not None
    assert many is not None
    assert BUDGETS[few.budget] < BUDGETS[many.budget]


def test_the_budget_is_the_least_that_leaves_time() -> None:
    where = ground(ON_PACKAGE, 2000)
    found = room(where)
    assert found is not None
    shorter = [seconds for seconds in BUDGETS.values() if seconds < BUDGETS[found.budget]]
    assert shorter
    for seconds in shorter:
        plan = WithNetworks(open_selector(where), where, time_left=lambda left=seconds - 20: left).plan()  # type: ignore[misc]
        assert not any(pick.recipe.is_trained for pick in plan)


def test_where_photos_are_too_few_or_too_many_nothing_is_said() -> None:
    assert room(ground(ON_PACKAGE, 10)) is None
    assert room(ground(ON_PACKAGE, 2000), seconds_before=4000.0) is None


@pytest.mark.parametrize("lang", LANGS)
def test_a_person_is_told_the_budget_and_without_torch_how_to_have_it(lang: Lang) -> None:
    with_torch = RoomForNetworks(budget="2m", epochs=8, size_px=96, has_torch=True).said(lang)
    assert "--budget 2m" in with_torch
    assert "96" in with_torch
    without = RoomForNetworks(budget="2m", epochs=8, size_px=96, has_torch=False).said(lang)
    assert "--budget 2m" in without
    assert "pip install '.[deep]'" in without


def test_nobody_is_told_where_the_best_recipe_is_sure_to_be_right() -> None:
    sure = Outlook(n_datasets=9, n_families=9, by_likeness=True, best_score=Interval(low=0.99, high=1.0))
    assert not leaves_room(sure)
    assert leaves_room(replace(sure, best_score=Interval(low=0.9, high=1.0)))
    assert leaves_room(replace(sure, best_score=None))
    assert leaves_room(None)


def test_a_few_mistakes_are_not_worth_a_line() -> None:
    assert not errs_often(trial(0.975), TaskType.MULTI_CLASS)
    assert errs_often(trial(0.97), TaskType.MULTI_CLASS)
    assert not errs_often(trial(0.96), TaskType.REGRESSION)
    assert errs_often(trial(0.5), TaskType.MULTI_LABEL)
    assert not errs_often(replace(trial(0.5), score=None), TaskType.MULTI_CLASS)

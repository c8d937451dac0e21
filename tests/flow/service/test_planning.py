"""Plans: asked for by people, made by a worker with nothing to train."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest
from tests.flow.service.small_models import Colours, colours
from tests.flow.service.test_race_story import a_pick

from apprenti.domain.errors import ConflictError, DataError
from apprenti.domain.recipe import Interval
from apprenti.engine import InlineEngine
from apprenti.flow import foretelling
from apprenti.flow.foretelling import BudgetPlan, Foretold, n_fitting
from apprenti.flow.service import images, planning, tasks, trainings
from apprenti.flow.service.tasks import TaskSettings
from apprenti.flow.tools import Tools

WORKER = "00000000-0000-4000-8000-000000000001"


@pytest.fixture
def here(tmp_path: Path) -> Colours:
    return colours(tmp_path)


class Seconds:
    """A clock that goes on by a second at every look."""

    now = 0.0

    def __call__(self) -> float:
        self.now += 1
        return self.now


def make(here: Colours, monkeypatch: pytest.MonkeyPatch, made: Any = None) -> bool:
    """Let a worker make a plan that ``made`` gives, or raises."""

    def foretold(source: Path, *, budgets_seconds: Sequence[float], tools: Tools) -> Foretold:
        assert len(source.read_text().splitlines()) == 1 + len(here.photos)
        list(tools.engine.map(abs, [1, 2, 3]))
        if isinstance(made, Exception):
            raise made
        picks = (a_pick(1), a_pick(2))
        return Foretold(
            n_learnt_from=8, n_test=4, outlook=None, has_torch=False, seconds_before=1.0,
            plans=tuple(BudgetPlan(budget_seconds=one, picks=picks, n_fitting=2) for one in budgets_seconds),
        )  # fmt: skip

    monkeypatch.setattr(planning, "foretell", foretold)
    tools = cast("Tools", None)
    tools = Tools(engine=InlineEngine(), shelf=cast("Any", None), progress=cast("Any", None), clock=Seconds())
    return planning.make_next_plan(here.service, WORKER, tools=tools, stopping=lambda: False)


def test_a_plan_is_made_once_and_again_when_there_are_other_photos(
    here: Colours, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not make(here, monkeypatch)  # nobody asked
    assert planning.ask_plan(*here.who, here.task).is_due
    assert make(here, monkeypatch)
    plan, is_current = planning.get_plan(*here.who, here.task)
    assert plan is not None
    assert (is_current, plan.is_due, len(plan.content["plans"])) == (
        True,
        False,
        len(planning.BUDGETS_SECONDS),
    )
    planning.ask_plan(*here.who, here.task)
    assert not make(here, monkeypatch)
    images.delete_images(*here.who, here.image_ids[:1])
    assert planning.get_plan(*here.who, here.task)[1] is False
    assert planning.ask_plan(*here.who, here.task).is_due


def test_a_training_that_is_asked_for_comes_first(here: Colours, monkeypatch: pytest.MonkeyPatch) -> None:
    planning.ask_plan(*here.who, here.task)
    job = trainings.ask_training(*here.who, here.task)
    assert not make(here, monkeypatch)
    trainings.cancel_training(*here.who, job.id)
    assert make(here, monkeypatch)


def test_a_plan_that_cannot_be_made_says_why_and_is_not_tried_again(
    here: Colours, monkeypatch: pytest.MonkeyPatch
) -> None:
    planning.ask_plan(*here.who, here.task)
    assert make(here, monkeypatch, DataError("too_few_embedded", n=1))
    plan, is_current = planning.get_plan(*here.who, here.task)
    assert plan is not None
    assert (is_current, plan.error["key"], plan.is_due) == (True, "errors.too_few_embedded", False)


def test_a_task_without_photos_has_no_plan(here: Colours) -> None:
    empty = tasks.create_task(*here.who, TaskSettings(name="Empty")).id
    with pytest.raises(ConflictError):
        planning.ask_plan(*here.who, empty)


def test_picks_fit_one_after_the_other_and_the_first_always() -> None:
    picks = [
        replace(a_pick(n), predicted_seconds=10.0, predicted_score=Interval(low=0, high=1)) for n in range(3)
    ]
    assert [n_fitting(picks, seconds) for seconds in (1.0, 25.0, 30.0)] == [1, 2, 3]
    assert foretelling.LEAST_SHARE > 0

"""The shapes of plans: what trainings would try."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import BaseModel, Field

from apprenti.api.schemas import Problem
from apprenti.api.v1.schemas_trainings import PickView, said_or_key
from apprenti.domain.service import Plan
from apprenti.texts import Lang


class BudgetPlanView(BaseModel):
    """What a training would try within a budget."""

    budget_seconds: float
    picks: list[PickView] = Field(description="in the order they would be begun")
    n_fitting: int = Field(description="how many of them there should be time for")
    seconds: float = Field(
        description="reading the photos and all of those should take, the time to finish left out"
    )


class PlanView(BaseModel):
    """What trainings of a task would try, for budgets from seconds to hours."""

    task_id: str
    state: Literal["none", "wanted", "ready", "failed"] = Field(
        description="not asked for; to be made by a worker that has nothing to train; here; not to be made"
    )
    is_current: bool = Field(description="made for as many photos of each label as there are now")
    error: Problem | None = Field(description="why it cannot be made")
    n_learnt_from: int | None = Field(description="photos a training would learn from")
    n_test: int | None = Field(description="photos it would be tested on")
    n_datasets: int | None = Field(description="earlier trainings the expectations rest on")
    low: float | None = Field(
        description="of the best score expected without a network of its own, nine times of ten"
    )
    high: float | None
    has_torch: bool | None = Field(description="whether networks can be trained here")
    plans: list[BudgetPlanView]

    @classmethod
    def of(cls, task_id: str, plan: Plan | None, lang: Lang, *, is_current: bool) -> PlanView:
        """Return it as it is shown, in one language."""
        content: Mapping[str, Any] = plan.content if plan is not None else {}
        before = float(content.get("seconds_before", 0.0))
        return cls(
            task_id=task_id,
            state=_state(plan, is_current=is_current),
            is_current=is_current,
            error=_problem(plan, lang),
            n_learnt_from=content.get("n_learnt_from"),
            n_test=content.get("n_test"),
            n_datasets=content.get("n_datasets"),
            low=content.get("low"),
            high=content.get("high"),
            has_torch=content.get("has_torch"),
            plans=[_budget_plan(one, before, lang) for one in content.get("plans", ())],
        )


def _state(plan: Plan | None, *, is_current: bool) -> Literal["none", "wanted", "ready", "failed"]:
    if plan is None:
        return "none"
    if not is_current:
        return "wanted" if plan.is_due else "none"
    return "failed" if plan.error else "ready"


def _problem(plan: Plan | None, lang: Lang) -> Problem | None:
    if plan is None or not plan.error:
        return None
    code = str(plan.error["key"]).removeprefix("errors.")
    return Problem(code=code, message=said_or_key(plan.error, lang))


def _budget_plan(data: Mapping[str, Any], before: float, lang: Lang) -> BudgetPlanView:
    fitting = data["picks"][: data["n_fitting"]]
    return BudgetPlanView(
        budget_seconds=data["budget_seconds"],
        picks=[PickView.of(pick, lang) for pick in data["picks"]],
        n_fitting=data["n_fitting"],
        seconds=round(before + sum(pick["seconds"] for pick in fitting), 1),
    )

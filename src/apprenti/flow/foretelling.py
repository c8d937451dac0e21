"""Foretelling: what a training would try within each of several budgets, and why, before anybody asks for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from apprenti.domain.dataset import Split
from apprenti.domain.outlook import Outlook
from apprenti.domain.recipe import Pick
from apprenti.flow.choosing import choose_by, has_torch
from apprenti.flow.inspect import Looked, look_at_data
from apprenti.flow.schedule import race_seconds
from apprenti.flow.tools import Tools
from apprenti.stages.select import N_PICKS_BEFORE
from apprenti.store import private_workspace

LEAST_SHARE = 0.15
"""Of a budget is always left for the race: looking takes less where there is less time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetPlan:
    """What would be tried within a budget.

    Args:
        budget_seconds: wall time of the whole training.
        picks: in the order they would be begun.
        n_fitting: how many of them there should be time for.
    """

    budget_seconds: float
    picks: tuple[Pick, ...]
    n_fitting: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Foretold:
    """What trainings of these photos would do.

    Args:
        n_learnt_from: photos they would learn from.
        n_test: photos they would be tested on.
        plans: a plan for each budget, shortest first.
        seconds_before: what reading photos and working out their features takes.
        outlook: what is expected of recipes without a network of their own; ``None`` where nothing is known.
        has_torch: whether networks can be trained here.
    """

    n_learnt_from: int
    n_test: int
    plans: tuple[BudgetPlan, ...]
    seconds_before: float
    outlook: Outlook | None
    has_torch: bool


def foretell(source: Path, *, budgets_seconds: Sequence[float], seed: int = 0, tools: Tools) -> Foretold:
    """Read the data, describe it, and say what would be trained within each budget.

    Args:
        source: folder, archive or table of labelled photos.
        budgets_seconds: wall time of whole trainings.
        seed: of everything random.
        tools: what to work with.

    Raises:
        DataError: there is nothing to be trained on; the message says why and what to do.
        InterruptedWorkError: told to stop by ``tools.engine``.
    """
    with private_workspace() as workspace:
        looked = look_at_data(source, seed=seed, workspace=workspace, tools=tools)
    frozen = choose_by(looked.ground, looked.knowledge, seed=seed)
    before = sum(pick.predicted_seconds for pick in frozen.plan()[:N_PICKS_BEFORE])
    n_test = sum(example.split is Split.TEST for example in looked.dataset.examples)
    return Foretold(
        n_learnt_from=len(looked.dataset.examples) - n_test,
        n_test=n_test,
        plans=tuple(_plan(looked, seconds, seed, before=before) for seconds in sorted(budgets_seconds)),
        seconds_before=looked.seconds_before,
        outlook=frozen.outlook(),
        has_torch=has_torch(),
    )


def _plan(looked: Looked, budget_seconds: float, seed: int, *, before: float) -> BudgetPlan:
    """Return the plan of a budget; ``before`` is what the recipes take that come before a network."""
    whole = race_seconds(budget_seconds)
    left = max(LEAST_SHARE * whole, whole - looked.seconds_before)
    for_networks = left - before
    selector = choose_by(
        looked.ground, looked.knowledge, seed=seed, recipes="all", time_left=lambda: for_networks
    )
    picks = selector.plan()
    return BudgetPlan(budget_seconds=budget_seconds, picks=picks, n_fitting=n_fitting(picks, left))


def n_fitting(picks: Sequence[Pick], seconds: float) -> int:
    """Return how many picks there is time for, one after the other; the first is always tried."""
    spent, n = 0.0, 0
    for pick in picks:
        spent += pick.predicted_seconds
        if spent > seconds:
            break
        n += 1
    return max(1, n)

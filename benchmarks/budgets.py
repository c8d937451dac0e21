"""Choosing with little time: what is lost, and whether the time is ever passed, at measured seconds.

Features are there, and a recipe is fitted once: what a cell measures. Starting a process is foretold and counted
alike. A recipe still running at the end is stopped, as in a training.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np

import results
from apprenti.domain.knowledge_table import Knowledge
from apprenti.domain.recipe import Recipe, Trial, TrialStatus
from apprenti.recipes.times import PROCESS_SECONDS
from apprenti.stages.select import Rules, Selector, judge
from gains import COMPARED_WITH, figures
from left_out import Floats, OwnKnowledge, opened_on_features

BUDGETS_SECONDS = (3.0, 6.0, 12.0)
"""Five recipes take ten seconds or so, the start of their processes included."""


def under_budgets(own: OwnKnowledge) -> Iterator[results.Row]:
    """Yield a row for each budget and way of choosing."""
    seconds = own.table.seconds.astype(np.float64) + PROCESS_SECONDS
    for limit in BUDGETS_SECONDS:
        rules = Rules(budget_seconds=limit)
        judged = judge(replace(own.matrix, seconds=seconds), rules, advance=lambda n: None)
        lost: dict[str, Floats] = {name: judged[name].regrets for name in COMPARED_WITH if name in judged}
        most = {name: {"most_seconds": float(judged[name].seconds.max())} for name in lost}
        for method in ("prior", "ours, in rounds"):
            trials = dict(all_trials(own, method, limit))
            lost[method] = np.array([[own.regret(row, _finished(trials[row]))] for row in sorted(trials)])
            most[method] = _summary(trials)
        for method in lost:
            yield {
                "setting": f"{limit:.0f} s",
                "method": method,
                **figures(own, method, lost),
                **most[method],
            }


def all_trials(own: OwnKnowledge, method: str, limit: float) -> Iterator[tuple[int, list[Trial]]]:
    """Yield (data set, its trials) for every data set."""
    for rows, known in own.without_families():
        for row in map(int, rows):
            knowledge: Knowledge | None = None if method == "prior" else known
            yield row, timed(own, row, opened_on_features(own, row, knowledge), limit)


def timed(own: OwnKnowledge, row: int, selector: Selector, limit: float) -> list[Trial]:
    """Return the trials of a training that may take ``limit`` seconds, one recipe after the other."""
    trials: list[Trial] = []
    left = limit
    while left > 0 and (pick := selector.ask(seconds_left=left)) is not None:
        takes = PROCESS_SECONDS + own.seconds(row, pick.recipe)
        in_time = takes <= left
        trial = Trial(
            recipe=pick.recipe,
            status=TrialStatus.FINISHED if in_time else TrialStatus.OUT_OF_TIME,
            score=own.score(row, pick.recipe) if in_time else None,
            seconds=min(takes, left),
        )
        trials.append(trial)
        selector.tell(trial)
        left -= trial.seconds
    return trials


def _finished(trials: list[Trial]) -> list[Recipe]:
    return [trial.recipe for trial in trials if trial.status is TrialStatus.FINISHED]


def _summary(trials: Mapping[int, list[Trial]]) -> results.Row:
    n_tried = sum(len(tried) for tried in trials.values())
    n_finished = sum(len(_finished(tried)) for tried in trials.values())
    return {
        "most_seconds": max(sum(trial.seconds for trial in tried) for tried in trials.values()),
        "picks_a_dataset": n_tried / len(trials),
        "share_stopped": 1 - n_finished / max(1, n_tried),
    }

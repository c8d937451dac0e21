"""The race: candidates train side by side, each alone in its process, until the picks or the time run out."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from apprenti.domain.errors import ApprentiError, OutOfMemoryError, OutOfTimeError
from apprenti.domain.recipe import Pick, Trial, TrialStatus
from apprenti.domain.seams import Limits, Task
from apprenti.domain.sentence import Sentence
from apprenti.flow.tools import Tools
from apprenti.stages.select import Selector
from apprenti.stages.train import CandidateJob, CandidateResult, Folds, train_candidate

POLL_SECONDS = 0.02
REFIT_SHARE_ONCE = 2.5
REFIT_SHARE_TURNS = 0.4
"""Seconds of the refit on all photos, as a share of the trial's: after one holdout fit, and after five turns."""


@dataclass(kw_only=True)
class Race:
    """What came of the candidates.

    Args:
        trials: one for every pick that was begun, in the order they were picked.
        results: what each finished trial reported, by recipe name.
        logits: where the held-out logits of each trial are, by recipe name.
        interrupted: the person pressed Ctrl-C; what had finished stands.
    """

    trials: list[Trial] = field(default_factory=list)
    results: dict[str, CandidateResult] = field(default_factory=dict)
    logits: dict[str, Path] = field(default_factory=dict)
    interrupted: bool = False

    @property
    def finished(self) -> list[Trial]:
        """The trials that have a score."""
        return [trial for trial in self.trials if trial.status is TrialStatus.FINISHED]

    @property
    def ranked(self) -> list[Trial]:
        """The finished trials, best first: by validation accuracy, then balanced accuracy, then log loss."""
        return sorted(
            self.finished,
            key=lambda trial: (trial.score or 0.0, trial.balanced_accuracy or 0.0, -(trial.log_loss or 0.0)),
            reverse=True,
        )

    @property
    def best(self) -> Trial:
        """The finished trial that ranks first."""
        return self.ranked[0]


def run_race(
    selector: Selector,
    job_for: Callable[[Pick], CandidateJob],
    *,
    folds: Folds,
    deadline: float,
    tools: Tools,
) -> Race:
    """Train what the selector picks, as many side by side as the engine has workers.

    Ctrl-C stops the candidates under way and keeps those that finished.

    Args:
        selector: asked for picks, told what came of them.
        job_for: makes the job of a pick.
        folds: how candidates are judged.
        deadline: on ``tools.clock``; each candidate is stopped early enough to be refitted before it.
        tools: what to work with.
    """
    race = Race()
    refit_share = REFIT_SHARE_ONCE if folds.n_folds == 1 else REFIT_SHARE_TURNS
    running: dict[Task[CandidateResult], tuple[Pick, CandidateJob, float]] = {}
    tools.progress.begin("candidates", len(selector.plan()))
    try:
        while True:
            _fill(running, selector, job_for, lambda now: (deadline - now) / (1 + refit_share), tools)
            if not running:
                break
            for task in [task for task in running if task.poll()]:
                pick, job, begun = running[task]
                race.logits[pick.recipe.name] = job.logits_out
                trial = _trial(task, pick, folds.scheme, tools.clock() - begun)
                race.trials.append(trial)
                if trial.status is TrialStatus.FINISHED:
                    race.results[pick.recipe.name] = task.result()
                del running[task]  # last: Ctrl-C before here must find it somewhere
                selector.tell(trial)
                tools.progress.advance()
            time.sleep(POLL_SECONDS)
    except KeyboardInterrupt:
        race.interrupted = True
        told = {trial.recipe.name for trial in race.trials}
        for task, (pick, _, begun) in running.items():
            task.kill()
            if pick.recipe.name not in told:
                race.trials.append(_interrupted(pick, tools.clock() - begun))
    tools.progress.end()
    order = [pick.recipe.name for pick in selector.plan()]
    race.trials.sort(key=lambda trial: order.index(trial.recipe.name))
    return race


def _fill(
    running: dict[Task[CandidateResult], tuple[Pick, CandidateJob, float]],
    selector: Selector,
    job_for: Callable[[Pick], CandidateJob],
    seconds_for: Callable[[float], float],
    tools: Tools,
) -> None:
    while len(running) < tools.engine.n_workers:
        now = tools.clock()
        pick = selector.ask(seconds_left=seconds_for(now))
        if pick is None:
            return
        job = job_for(pick)
        limits = Limits(seconds=max(0.0, seconds_for(now)), memory_mb=tools.memory_mb)
        running[tools.engine.start(train_candidate, job, limits=limits)] = (pick, job, now)


def _trial(task: Task[CandidateResult], pick: Pick, scheme: str, seconds: float) -> Trial:
    try:
        result = task.result()
    except ApprentiError as error:
        detail = Sentence(key=f"errors.{error.key}", values=error.values)
        return Trial(recipe=pick.recipe, status=_status(error), scheme=scheme, seconds=seconds, detail=detail)
    return Trial(
        recipe=pick.recipe,
        status=TrialStatus.FINISHED,
        score=result.score,
        interval=result.interval,
        balanced_accuracy=result.balanced_accuracy,
        log_loss=result.log_loss,
        n_validation=result.n_validation,
        scheme=scheme,
        seconds=seconds,
    )


def _status(error: ApprentiError) -> TrialStatus:
    if isinstance(error, OutOfTimeError):
        return TrialStatus.OUT_OF_TIME
    return TrialStatus.OUT_OF_MEMORY if isinstance(error, OutOfMemoryError) else TrialStatus.FAILED


def _interrupted(pick: Pick, seconds: float) -> Trial:
    return Trial(recipe=pick.recipe, status=TrialStatus.INTERRUPTED, seconds=seconds)

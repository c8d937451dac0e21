"""The race: candidates train side by side, each alone in its process, until the picks or the time run out."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from apprenti.blocks.heads.own import OWN
from apprenti.domain.errors import (
    ApprentiError,
    InterruptedWorkError,
    OutOfMemoryError,
    OutOfTimeError,
    WorkError,
)
from apprenti.domain.recipe import Pick, Trial, TrialStatus
from apprenti.domain.seams import Limits, Progress, Task
from apprenti.domain.sentence import Sentence
from apprenti.flow.race_log import RaceLog, Replay
from apprenti.flow.steps import Steps
from apprenti.flow.tools import Tools
from apprenti.stages.select import Selector
from apprenti.stages.train import CandidateJob, CandidateResult, Folds, train_candidate

POLL_SECONDS = 0.02
REFIT_SHARE_ONCE = 2.5
REFIT_SHARE_TURNS = 0.4
"""Seconds of the refit on all photos, as a share of the trial's: after one holdout fit, and after five turns."""
OWN_HEAD_SECONDS = 10.0
"""At least, for a network with its own head, however late it is: nothing is fitted, and minutes went into it."""


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
        """The finished trials, best first: by validation score, then by how many photos it rests on, then the rest.

        So of a network, which is judged on a fifth of the photos, and a recipe judged on all of them the second is kept
        where they do equally well; then balanced accuracy tells, then log loss.
        """
        return sorted(
            self.finished,
            key=lambda trial: (
                trial.score or 0.0,
                trial.n_validation,
                trial.balanced_accuracy or 0.0,
                -(trial.log_loss or 0.0),
            ),
            reverse=True,
        )

    def of_networks(self) -> Race:
        """Return the race without the recipes that train no network.

        Raises:
            InterruptedWorkError: no recipe is left that finished: the person stopped the first.
            WorkError: nor is there one, for another reason than time.
            OutOfTimeError: nor is there one.
        """
        trials = [trial for trial in self.trials if trial.recipe.is_trained]
        if any(trial.status is TrialStatus.FINISHED for trial in trials):
            return replace(self, trials=trials)
        if self.interrupted:
            raise InterruptedWorkError("interrupted_before_any")
        for trial in trials:
            if trial.detail is not None and trial.status is not TrialStatus.OUT_OF_TIME:
                raise WorkError("every_candidate_failed", cause=trial.detail.said("en"))
        raise OutOfTimeError("no_network_finished")

    @property
    def best(self) -> Trial:
        """The finished trial that ranks first."""
        return self.ranked[0]


JobFor = Callable[[Pick, Progress, Race], CandidateJob]
"""Makes the job of a pick, given what came of those before it.

It may take its time over features that are not there yet, and tells how far it is."""


def run_race(
    selector: Selector,
    job_for: JobFor,
    *,
    folds: Folds,
    deadline: float,
    tools: Tools,
    log: RaceLog | None = None,
    replay: Replay | None = None,
) -> Race:
    """Train what the selector picks, as many side by side as the engine has workers.

    Ctrl-C stops the candidates under way and keeps those that finished; whatever else ends the race stops them too.

    Args:
        selector: asked for picks, told what came of them.
        job_for: makes the job of a pick; where it raises one of our errors, the pick has failed.
        folds: how candidates are judged.
        deadline: on ``tools.clock``; each candidate is stopped early enough to be refitted before it.
        tools: what to work with.
        log: records the race; nothing is recorded when left out.
        replay: what was over before a kill, and what was under way: that comes first.
    """
    log = log or RaceLog(steps=Steps(None, clock=tools.clock))
    replay = replay or Replay()
    race = Race(trials=replay.trials, results=replay.results, logits=replay.logits)
    refit_share = REFIT_SHARE_ONCE if folds.n_folds == 1 else REFIT_SHARE_TURNS
    planned = selector.plan()
    n_picks = len(planned)
    if tools.planned is not None:
        tools.planned(planned)
    lanes = _Lanes(
        tools=tools,
        deadline=deadline,
        refit_share=refit_share,
        n_left=lambda: n_picks - len(race.trials),
        log=log,
        waiting=replay.begun,
    )
    tools.progress.begin("candidates", lanes.n_left())
    try:
        while not replay.is_over:
            _fill(lanes, race, selector, job_for, folds.scheme)
            if not lanes.running:
                log.end()
                break
            lanes.notice()
            for task in [task for task in lanes.running if task in lanes.ended]:
                runner = lanes.running[task]
                race.logits[runner.pick.recipe.name] = runner.job.logits_out
                trial = _trial(task, runner.pick, runner.job.folds.scheme, lanes.ended[task] - runner.begun)
                race.trials.append(trial)
                result = task.result() if trial.status is TrialStatus.FINISHED else None
                if result is not None:
                    race.results[runner.pick.recipe.name] = result
                del lanes.running[task]  # last: Ctrl-C before here must find it somewhere
                log.tell(selector, trial, result=result, logits=runner.job.logits_out)
                if tools.tried is not None:
                    tools.tried(trial)
                tools.progress.advance()
            time.sleep(POLL_SECONDS)
    except KeyboardInterrupt:
        race.interrupted = True
        told = {trial.recipe.name for trial in race.trials}
        for task, runner in lanes.running.items():
            task.kill()
            if runner.pick.recipe.name not in told:
                race.trials.append(_interrupted(runner.pick, tools.clock() - runner.begun))
    except BaseException:
        for task in lanes.running:
            task.kill()
        raise
    tools.progress.end()
    order = [pick.recipe.name for pick in selector.plan()]
    race.trials.sort(key=lambda trial: order.index(trial.recipe.name))
    return race


@dataclass(frozen=True, slots=True, kw_only=True)
class _Runner:
    """A candidate under way."""

    pick: Pick
    job: CandidateJob
    begun: float


@dataclass(kw_only=True)
class _Lanes:
    """The candidates under way, and when each was seen to have ended.

    It is told of progress while features are worked out, so that what ends meanwhile is not timed too long.
    """

    tools: Tools
    deadline: float
    refit_share: float
    n_left: Callable[[], int]
    log: RaceLog
    waiting: list[Pick] = field(default_factory=list)
    running: dict[Task[CandidateResult], _Runner] = field(default_factory=dict)
    ended: dict[Task[CandidateResult], float] = field(default_factory=dict)

    def seconds_for(self, now: float) -> float:
        """Return how long a candidate may take that begins now, its refit being left time for."""
        return (self.deadline - now) / (1 + self.refit_share)

    def limit_of(self, pick: Pick, *, now: float) -> float:
        """Return the seconds after which a candidate is stopped."""
        if pick.recipe.head == OWN:
            return max(OWN_HEAD_SECONDS, self.deadline - now)
        return max(0.0, self.seconds_for(now))

    def next_pick(self, selector: Selector, now: float) -> Pick | None:
        """Return what to begin: what was under way before a kill, then what the selector picks."""
        if self.waiting:
            return self.waiting.pop(0)
        return self.log.ask(selector, race_seconds=self.deadline - now, seconds_left=self.seconds_for(now))

    def notice(self) -> None:
        """Note the time of those that have ended since."""
        for task in self.running:
            if task not in self.ended and task.poll():
                self.ended[task] = self.tools.clock()

    def begin(self, step: str, total: int | None = None) -> None:
        """Show the step in place of the race, which goes on meanwhile."""
        self.tools.progress.begin(step, total)

    def advance(self, n: int = 1) -> None:
        """Look up from the photos."""
        self.notice()
        self.tools.progress.advance(n)

    def note(self, news: Sentence, *, seconds_left: float | None = None) -> None:
        """Pass on how the step goes."""
        self.tools.progress.note(news, seconds_left=seconds_left)

    def end(self) -> None:
        """Show the race again."""
        self.tools.progress.end()
        self.tools.progress.begin("candidates", self.n_left())


def _fill(lanes: _Lanes, race: Race, selector: Selector, job_for: JobFor, scheme: str) -> None:
    """Start what the selector picks until every worker has something to do, or it waits for results."""
    tools = lanes.tools
    while len(lanes.running) < tools.engine.n_workers and (lanes.waiting or not selector.waiting):
        begun = tools.clock()
        pick = lanes.next_pick(selector, begun)
        if pick is None:
            return
        if tools.begun is not None:
            tools.begun(pick, selector.plan)
        try:
            job = job_for(pick, lanes, race)
        except InterruptedWorkError:
            raise  # told to stop: the pick has not failed
        except ApprentiError as error:
            race.trials.append(_failed(error, pick, scheme, tools.clock() - begun))
            lanes.log.tell(selector, race.trials[-1])
            if tools.tried is not None:
                tools.tried(race.trials[-1])
            tools.progress.advance()
            continue
        limits = Limits(seconds=lanes.limit_of(pick, now=tools.clock()), memory_mb=tools.memory_mb)
        task = tools.engine.start(train_candidate, job, limits=limits)
        lanes.running[task] = _Runner(pick=pick, job=job, begun=begun)


def _trial(task: Task[CandidateResult], pick: Pick, scheme: str, seconds: float) -> Trial:
    try:
        result = task.result()
    except ApprentiError as error:
        return _failed(error, pick, scheme, seconds)
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
        metric=result.metric,
    )


def _failed(error: ApprentiError, pick: Pick, scheme: str, seconds: float) -> Trial:
    detail = Sentence(key=f"errors.{error.key}", values=error.values)
    return Trial(recipe=pick.recipe, status=_status(error), scheme=scheme, seconds=seconds, detail=detail)


def _status(error: ApprentiError) -> TrialStatus:
    if isinstance(error, OutOfTimeError):
        return TrialStatus.OUT_OF_TIME
    return TrialStatus.OUT_OF_MEMORY if isinstance(error, OutOfMemoryError) else TrialStatus.FAILED


def _interrupted(pick: Pick, seconds: float) -> Trial:
    return Trial(recipe=pick.recipe, status=TrialStatus.INTERRUPTED, seconds=seconds)

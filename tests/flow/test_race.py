from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from tests.making import Silence

from apprenti.domain.errors import InterruptedWorkError, OutOfMemoryError, OutOfTimeError, WorkError
from apprenti.domain.recipe import Canvas, Interval, Pick, Recipe, Trial, TrialStatus
from apprenti.domain.seams import Limits, Progress
from apprenti.domain.sentence import Sentence
from apprenti.flow.race import Race, run_race
from apprenti.flow.tools import Tools
from apprenti.stages.train import CandidateJob, CandidateResult, Folds
from apprenti.store import MemoryShelf

FOLDS = Folds(fold=np.zeros(4, dtype=np.int8), n_folds=1, scheme="holdout")


def a_pick(head: str) -> Pick:
    recipe = Recipe(backbones=("classic.v1",), canvas=Canvas(size_px=64), transform="none.v1", head=head)
    return Pick(recipe=recipe, reason=Sentence(key="select.ridge", values={"rank": 1}), predicted_seconds=1.0)


class FixedSelector:
    """Hands out the picks it was made with."""

    def __init__(self, *heads: str) -> None:
        self.picks = [a_pick(head) for head in heads]
        self.left = list(self.picks)
        self.told: list[Trial] = []

    def plan(self) -> tuple[Pick, ...]:
        return tuple(self.picks)

    def ask(self, *, seconds_left: float) -> Pick | None:
        return self.left.pop(0) if self.left else None

    @property
    def waiting(self) -> bool:
        return False

    def tell(self, trial: Trial) -> None:
        self.told.append(trial)

    def outlook(self) -> None: ...


class ScriptedTask:
    """A task whose end is known beforehand: a score, an error, or Ctrl-C while it is waited for."""

    def __init__(self, end: float | BaseException) -> None:
        self.end = end
        self.killed = False

    def poll(self) -> bool:
        if isinstance(self.end, KeyboardInterrupt):
            raise self.end
        return True

    def result(self) -> CandidateResult:
        if isinstance(self.end, BaseException):
            raise self.end
        return CandidateResult(
            score=self.end,
            interval=Interval(low=0.0, high=1.0),
            balanced_accuracy=self.end,
            log_loss=1.0,
            n_validation=4,
            n_fits=1,
            n_fitted=8,
            seconds=0.1,
        )

    def kill(self) -> None:
        self.killed = True


class ScriptedEngine:
    """Starts tasks that end as the script says, by head."""

    n_workers = 1

    def __init__(self, script: dict[str, float | BaseException]) -> None:
        self.script = script
        self.limits: list[Limits] = []
        self.tasks: list[ScriptedTask] = []

    def start(self, function: object, argument: CandidateJob, *, limits: Limits) -> ScriptedTask:
        self.limits.append(limits)
        self.tasks.append(ScriptedTask(self.script[argument.recipe.head]))
        return self.tasks[-1]


def race_of(script: dict[str, float | BaseException], *, without_features: str = ""):  # type: ignore[no-untyped-def]
    engine = ScriptedEngine(script)
    tools = Tools(engine=engine, shelf=MemoryShelf(), progress=Silence(), clock=lambda: 100.0)  # type: ignore[arg-type]
    selector = FixedSelector(*script)

    def job_for(pick: Pick, progress: Progress, race: Race) -> CandidateJob:
        if pick.recipe.head == without_features:
            raise OutOfTimeError("features_out_of_time", n=4)
        return a_job(pick, tools)

    return run_race(selector, job_for, folds=FOLDS, deadline=148.0, tools=tools), selector, engine


def a_job(pick: Pick, tools: Tools) -> CandidateJob:
    return CandidateJob(
        recipe=pick.recipe,
        features=(),
        labels=np.zeros(4, dtype=np.int64),
        folds=FOLDS,
        n_labels=2,
        seed=0,
        logits_out=Path("/nowhere"),
        clock=tools.clock,
    )


def test_the_best_finished_trial_wins_and_the_selector_is_told_of_all() -> None:
    race, selector, _ = race_of({"ridge.v1": 0.7, "logistic.v1": 0.9, "lda.v1": 0.8})
    assert race.best.recipe.head == "logistic.v1"
    assert [trial.score for trial in selector.told] == [0.7, 0.9, 0.8]


def a_trial(head: str, score: float, n_validation: int, balanced_accuracy: float = 0.5) -> Trial:
    return Trial(
        recipe=a_pick(head).recipe,
        status=TrialStatus.FINISHED,
        score=score,
        balanced_accuracy=balanced_accuracy,
        n_validation=n_validation,
    )


def test_of_equal_scores_the_one_on_more_photos_counts_more_and_then_the_fairer_one() -> None:
    on_a_fifth = a_trial("own.v1", 0.9, 20, balanced_accuracy=0.95)
    on_all = a_trial("ridge.v1", 0.9, 100)
    fairer = a_trial("lda.v1", 0.9, 100, balanced_accuracy=0.6)
    better = a_trial("logistic.v1", 0.91, 20)
    for trials in ([on_a_fifth, on_all], [on_all, on_a_fifth]):
        assert Race(trials=trials).best is on_all
    assert Race(trials=[on_all, on_a_fifth, fairer, better]).ranked == [better, fairer, on_all, on_a_fifth]


def a_network_trial(status: TrialStatus, detail: Sentence | None = None) -> Trial:
    recipe = Recipe(
        backbones=("scratch.v1-32-e3",), canvas=Canvas(size_px=32), transform="none.v1", head="own.v1"
    )
    score = 0.7 if status is TrialStatus.FINISHED else None
    return Trial(recipe=recipe, status=status, score=score, detail=detail)


def test_networks_alone_are_told_from_the_others() -> None:
    network = a_network_trial(TrialStatus.FINISHED)
    race = Race(trials=[a_trial("ridge.v1", 0.9, 100), network])
    assert race.best.recipe.head == "ridge.v1"
    assert race.of_networks().trials == [network]


def test_without_a_network_that_finished_it_is_said_why() -> None:
    frozen = a_trial("ridge.v1", 0.9, 100)
    lost = Sentence(key="errors.training_diverged", values={"item": "x", "step": 3})
    with pytest.raises(WorkError, match="lost its way at step 3"):
        Race(trials=[frozen, a_network_trial(TrialStatus.FAILED, lost)]).of_networks()
    with pytest.raises(OutOfTimeError):
        Race(trials=[frozen, a_network_trial(TrialStatus.OUT_OF_TIME, lost)]).of_networks()
    with pytest.raises(OutOfTimeError):
        Race(trials=[frozen]).of_networks()
    with pytest.raises(InterruptedWorkError):
        Race(trials=[frozen], interrupted=True).of_networks()


def test_a_candidate_that_eats_all_memory_fails_alone() -> None:
    race, _, _ = race_of(
        {"ridge.v1": OutOfMemoryError("out_of_memory", item="ridge", limit=1), "lda.v1": 0.8}
    )
    assert [trial.status for trial in race.trials] == [TrialStatus.OUT_OF_MEMORY, TrialStatus.FINISHED]
    assert race.trials[0].detail is not None
    assert race.best.recipe.head == "lda.v1"


def test_ctrl_c_keeps_what_has_finished_and_stops_the_rest() -> None:
    race, _, engine = race_of({"ridge.v1": 0.7, "logistic.v1": KeyboardInterrupt(), "lda.v1": 0.9})
    assert race.interrupted
    assert [trial.status for trial in race.trials] == [TrialStatus.FINISHED, TrialStatus.INTERRUPTED]
    assert engine.tasks[1].killed
    assert race.best.recipe.head == "ridge.v1"


def test_a_candidate_may_take_only_as_long_as_leaves_time_to_refit_it() -> None:
    _, _, engine = race_of({"ridge.v1": 0.7})
    assert engine.limits[0].seconds == pytest.approx(48.0 / 3.5)


def test_a_pick_whose_features_come_too_late_fails_alone_and_the_selector_is_told() -> None:
    race, selector, _ = race_of({"ridge.v1": 0.7, "lda.v1": 0.8}, without_features="ridge.v1")
    assert [trial.status for trial in race.trials] == [TrialStatus.OUT_OF_TIME, TrialStatus.FINISHED]
    assert [trial.status for trial in selector.told] == [TrialStatus.OUT_OF_TIME, TrialStatus.FINISHED]
    assert race.trials[0].detail is not None
    assert "4" in race.trials[0].detail.said("fr")


class OneAtATime(FixedSelector):
    """Waits for every result before the next pick."""

    @property
    def waiting(self) -> bool:
        return len(self.told) < len(self.picks) - len(self.left)


def test_a_pick_that_looks_at_results_is_asked_for_when_they_are_there() -> None:
    engine = ScriptedEngine({"ridge.v1": 0.7, "lda.v1": 0.8, "logistic.v1": 0.9})
    engine.n_workers = 3
    tools = Tools(engine=engine, shelf=MemoryShelf(), progress=Silence(), clock=lambda: 100.0)  # type: ignore[arg-type]
    selector = OneAtATime("ridge.v1", "lda.v1", "logistic.v1")
    told_before: list[int] = []

    def job_for(pick: Pick, progress: Progress, race: Race) -> CandidateJob:
        told_before.append(len(selector.told))
        return a_job(pick, tools)

    race = run_race(selector, job_for, folds=FOLDS, deadline=200.0, tools=tools)
    assert told_before == [0, 1, 2]
    assert len(race.finished) == 3


class Steps(Silence):
    """Remembers the steps that were shown."""

    def __init__(self) -> None:
        self.shown: list[tuple[str, int | None]] = []

    def begin(self, step: str, total: int | None = None) -> None:
        self.shown.append((step, total))


def test_features_worked_out_in_mid_race_have_a_bar_of_their_own() -> None:
    steps = Steps()
    engine = ScriptedEngine({"ridge.v1": 0.7, "lda.v1": 0.8})
    tools = Tools(engine=engine, shelf=MemoryShelf(), progress=steps, clock=lambda: 100.0)  # type: ignore[arg-type]

    def job_for(pick: Pick, progress: Progress, race: Race) -> CandidateJob:
        if pick.recipe.head == "lda.v1":
            progress.begin("embedding", 70)
            progress.end()
        return a_job(pick, tools)

    run_race(FixedSelector("ridge.v1", "lda.v1"), job_for, folds=FOLDS, deadline=200.0, tools=tools)
    assert steps.shown == [("candidates", 2), ("embedding", 70), ("candidates", 1)]


def test_what_ends_while_features_are_worked_out_is_not_timed_longer() -> None:
    now = [100.0]
    engine = ScriptedEngine({"ridge.v1": 0.7, "lda.v1": 0.8})
    engine.n_workers = 2
    tools = Tools(engine=engine, shelf=MemoryShelf(), progress=Silence(), clock=lambda: now[0])  # type: ignore[arg-type]

    def job_for(pick: Pick, progress: Progress, race: Race) -> CandidateJob:
        if pick.recipe.head == "lda.v1":
            now[0] += 3
            progress.advance()
            now[0] += 20
        return a_job(pick, tools)

    race = run_race(FixedSelector("ridge.v1", "lda.v1"), job_for, folds=FOLDS, deadline=200.0, tools=tools)
    assert [trial.seconds for trial in race.trials] == [3, 23]


def test_news_of_features_worked_out_in_mid_race_reach_the_person() -> None:
    class Heard(Silence):
        def __init__(self) -> None:
            self.news: list[tuple[Sentence, float | None]] = []

        def note(self, news: Sentence, *, seconds_left: float | None = None) -> None:
            self.news.append((news, seconds_left))

    heard, news = Heard(), Sentence(key="progress.epoch", values={"epoch": 1})
    tools = Tools(
        engine=ScriptedEngine({"ridge.v1": 0.7}),  # type: ignore[arg-type]
        shelf=MemoryShelf(),
        progress=heard,
        clock=lambda: 100.0,
    )

    def job_for(pick: Pick, progress: Progress, race: Race) -> CandidateJob:
        progress.note(news, seconds_left=3.5)
        return a_job(pick, tools)

    run_race(FixedSelector("ridge.v1"), job_for, folds=FOLDS, deadline=200.0, tools=tools)
    assert heard.news == [(news, 3.5)]


def test_a_network_with_its_own_head_is_given_time_however_late_it_is() -> None:
    late = 101.0
    engine = ScriptedEngine({"own.v1": 0.7, "ridge.v1": 0.9})
    tools = Tools(engine=engine, shelf=MemoryShelf(), progress=Silence(), clock=lambda: 100.0)  # type: ignore[arg-type]
    race = run_race(
        FixedSelector("own.v1", "ridge.v1"),
        lambda pick, progress, race: a_job(pick, tools),
        folds=FOLDS,
        deadline=late,
        tools=tools,
    )
    own, fitted = engine.limits
    assert own.seconds >= 5
    assert fitted.seconds < late - 100
    assert race.best.score == 0.9

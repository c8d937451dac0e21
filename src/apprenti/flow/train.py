"""Train: from labelled photos to a model file, a report, and cells for the knowledge."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from apprenti.domain.dataset import Dataset
from apprenti.domain.errors import InterruptedWorkError, OutOfTimeError, WorkError
from apprenti.domain.hub import BackboneChoice
from apprenti.domain.network_training import is_trained
from apprenti.domain.outlook import Hindsight
from apprenti.domain.profile import Profile
from apprenti.domain.recipe import Pick, Recipe, Trial, TrialStatus
from apprenti.domain.report import Report
from apprenti.domain.seams import Progress
from apprenti.domain.sentence import Sentence
from apprenti.engine.stoppable import StoppableEngine
from apprenti.flow.backbones import bring_backbones
from apprenti.flow.choosing import RecipeKind, choose_by, has_torch, refuse_without_torch
from apprenti.flow.features import FeatureTable
from apprenti.flow.finishing import Ending, finish_training
from apprenti.flow.going_on import open_journal
from apprenti.flow.late_features import LateFeatures
from apprenti.flow.networks import NetworkTrainer
from apprenti.flow.preparing import Asked, prepare, time_left
from apprenti.flow.race import Race, run_race
from apprenti.flow.race_log import Glance, RaceLog, Replay
from apprenti.flow.recorded_networks import RecordedNetworks
from apprenti.flow.report import report_path_of
from apprenti.flow.room_for_networks import errs_often, room_for_networks
from apprenti.flow.run_keeping import run_path_of
from apprenti.flow.schedule import race_seconds
from apprenti.flow.steps import JournalDisagreesError, Steps
from apprenti.flow.tools import Tools
from apprenti.stages.select import Selector
from apprenti.stages.train import CandidateJob, Folds, first_turn
from apprenti.store import check_writable, private_workspace, sweep_abandoned
from apprenti.texts import Lang

NETWORK_RESERVE_SECONDS = 5.0
FITS_AFTER_NETWORK = 4.0
"""When the training of a network is over, its features are worked out, and a recipe on them is fitted to be judged and
once more on all photos."""
LATE_EMBED_SHARE = 0.6
BESIDE_EMBED_SHARE = 0.4
"""Of the race's time left: how long features that a later recipe asks for may take, before it is given up; the second
where they are to stand beside a network's, whose training is still to come."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Training:
    """What a training gives.

    Args:
        model_path: the model file.
        report_path: the report, one HTML file beside it.
        profile: of the data.
        picks: the recipes chosen, with reasons.
        trials: what came of those begun.
        kept: the recipe in the model.
        report: everything measured.
        hindsight: how the kept recipe compares with others measured since; ``None`` where none were.
        seconds: wall time of the whole.
        n_cells: cells added to the knowledge.
        advice: what may be worth doing next time, on this machine; no part of the report.
        resumed: whether it went on where a training was killed.
    """

    model_path: Path
    report_path: Path
    profile: Profile
    picks: tuple[Pick, ...]
    trials: tuple[Trial, ...]
    kept: Recipe
    report: Report
    seconds: float
    n_cells: int
    hindsight: Hindsight | None = None
    advice: tuple[Sentence, ...] = ()
    resumed: bool = False


def train(
    source: Path,
    *,
    out: Path,
    budget_seconds: float,
    backbones: Sequence[BackboneChoice] = (),
    seed: int = 0,
    recipes: RecipeKind = "frozen",
    lang: Lang = "en",
    tools: Tools,
) -> Training:
    """Turn labelled photos into a model file and a report.

    Args:
        source: folder, archive or table of labelled photos.
        out: the model file to write; the report is written beside it.
        budget_seconds: wall time for everything but fetching networks, kept to within 10 %.
        backbones: ONNX files or networks of a hub to take features from instead of the packaged network; see
            ``gather_materials``.
        seed: of everything random.
        recipes: which may be picked: ``frozen`` ones on features of networks as they are, ``deep`` ones on networks
            trained on these photos, which take PyTorch and time, or ``all``.
        lang: language of the report page.
        tools: what to work with.

    Raises:
        UserError: ``out`` cannot be written, or PyTorch is missing and only it would do; told first of all.
        BackboneError: a backbone cannot be had or used; told of a hub's before anything is read.
        DataError: the data cannot be trained on; the message says why and what to do.
        InterruptedWorkError: stopped before any recipe had finished, or told to by ``tools.should_stop``.
    """
    refuse_without_torch(recipes)
    check_writable(out)
    report_path = report_path_of(out)
    check_writable(report_path)
    check_writable(run_path_of(out))
    sweep_abandoned(tools.unfinished_folder)
    if tools.should_stop is not None:
        tools = replace(tools, engine=StoppableEngine(tools.engine, tools.should_stop))
    asked = Asked(
        source=source,
        brought=bring_backbones(backbones, tools=tools),
        budget_seconds=budget_seconds,
        seed=seed,
        recipes=recipes,
    )
    ending = Ending(out=out, report_path=report_path, lang=lang)
    with open_journal(
        source, budget_seconds=budget_seconds, backbones=backbones, seed=seed, recipes=recipes, tools=tools
    ) as journal:
        steps = Steps(journal, clock=tools.clock, should_stop=tools.should_stop)
        try:
            return _trained(asked, ending, steps, tools)
        except JournalDisagreesError:
            if journal is None:
                raise
            journal.forget()
        return _trained(
            asked, ending, Steps(journal, clock=tools.clock, should_stop=tools.should_stop), tools
        )


def _trained(asked: Asked, ending: Ending, steps: Steps, tools: Tools) -> Training:
    """Train, or go on where a training was killed; see ``train``."""
    with private_workspace() as workspace:
        ready = prepare(asked, steps, workspace=workspace, tools=tools)
        dataset, table = ready.dataset, ready.table
        glance = Glance(seconds=time_left("choice", asked, steps, tools), load=ready.load)
        log = RaceLog(steps=steps, glance=glance)
        trainer = NetworkTrainer(
            dataset=dataset, table=table, folds=ready.folds, seed=asked.seed, folder=workspace, tools=tools
        )
        networks = RecordedNetworks(trainer=trainer, log=log)
        late = LateFeatures(table=table, log=log, progress=tools.progress)
        selector = choose_by(
            ready.ground,
            ready.knowledge,
            seed=asked.seed,
            recipes=asked.recipes,
            time_left=glance,
            is_lost=networks.is_lost,
        )
        replay = log.replay(
            selector,
            folder=workspace,
            restore=lambda event, content: networks.restore(event, content) or late.restore(event, content),
        )
        steps.restart_clock()
        times = asked.schedule(steps)
        jobs = _Jobs(
            networks=networks,
            late=late,
            table=table,
            folds=ready.folds,
            dataset=dataset,
            seed=asked.seed,
            workspace=workspace,
            race_ends=times.race_ends,
            tools=tools,
        )
        seconds_before = tools.clock() - times.begun
        race = _race(selector, jobs, log, replay, deadline=times.race_ends, tools=tools)
        room = None
        if asked.recipes == "all" and not has_torch() and errs_often(race.best, dataset.task_type):
            room = room_for_networks(
                ready.ground,
                selector,
                race_seconds=race_seconds,
                seconds_before=seconds_before,
                has_torch=False,
            )
        picks = selector.plan()
        if asked.recipes == "deep":  # what networks were compared with on the way is not in question
            race, picks = race.of_networks(), tuple(pick for pick in picks if pick.recipe.is_trained)
        dataset = _with_interruption(dataset, race)
        dataset = replace(dataset, notices=(*dataset.notices, *trainer.notices))
        finished = finish_training(
            asked,
            replace(ready, dataset=dataset),
            race,
            selector,
            trainer,
            picks=picks,
            ending=ending,
            steps=steps,
            tools=tools,
        )
    return Training(
        model_path=ending.out,
        report_path=ending.report_path,
        profile=ready.profile,
        picks=picks,
        trials=tuple(race.trials),
        kept=finished.report.kept,
        report=finished.report,
        hindsight=finished.hindsight,
        advice=() if room is None else (room.notice,),
        seconds=tools.clock() - steps.begun,
        n_cells=finished.n_cells,
        resumed=ready.resumed,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Jobs:
    """Makes the job of every pick."""

    networks: RecordedNetworks
    late: LateFeatures
    table: FeatureTable
    folds: Folds
    dataset: Dataset
    seed: int
    workspace: Path
    race_ends: float
    tools: Tools

    def job_for(self, pick: Pick, progress: Progress, race: Race) -> CandidateJob:
        """Return what the candidate's process is given, once its features are there.

        A recipe on a trained network is judged on the first turn alone, since the network has seen all others.

        Raises:
            OutOfTimeError: there was no time left to work them out.
        """
        missing = self.table.missing(pick.recipe)
        frozen = [look for look in missing if not is_trained(look.backbone)]
        if frozen:
            now = self.tools.clock()
            share = BESIDE_EMBED_SHARE if pick.recipe.is_trained else LATE_EMBED_SHARE
            self.late.add(frozen, deadline=now + share * (self.race_ends - now), progress=progress)
        for look in missing:
            if is_trained(look.backbone):
                after = NETWORK_RESERVE_SECONDS + FITS_AFTER_NETWORK * (
                    pick.predicted_seconds - pick.embedding_seconds
                )
                self.networks.train(look, deadline=self.race_ends, judging_seconds=after, progress=progress)
        reference = _widest(race) if pick.recipe.is_trained else None
        digest = hashlib.sha256(pick.recipe.name.encode()).hexdigest()[:16]
        return CandidateJob(
            recipe=pick.recipe,
            features=self.table.files(pick.recipe),
            labels=self.table.labels(self.table.fitted, self.dataset.labels, self.dataset.task_type),
            folds=first_turn(self.folds) if pick.recipe.is_trained else self.folds,
            n_labels=self.dataset.n_answers,
            seed=self.seed,
            logits_out=self.workspace / f"logits-{digest}.npy",
            clock=self.tools.clock,
            task_type=self.dataset.task_type,
            reference=reference,
        )


def _widest(race: Race) -> Path | None:
    """Return the held-out logits of the best recipe that was judged on all rows; ``None`` where there is none."""
    frozen = [trial for trial in race.ranked if not trial.recipe.is_trained]
    return race.logits[frozen[0].recipe.name] if frozen else None


def _race(
    selector: Selector, jobs: _Jobs, log: RaceLog, replay: Replay, *, deadline: float, tools: Tools
) -> Race:
    race = run_race(
        selector, jobs.job_for, folds=jobs.folds, deadline=deadline, tools=tools, log=log, replay=replay
    )
    if not race.finished:
        if race.interrupted:
            raise InterruptedWorkError("interrupted_before_any")
        if all(trial.status is TrialStatus.OUT_OF_TIME for trial in race.trials):
            raise OutOfTimeError("no_candidate_finished")
        details = [trial.detail.said("en") for trial in race.trials if trial.detail is not None]
        raise WorkError("every_candidate_failed", cause=next(iter(details), "?"))
    return race


def _with_interruption(dataset: Dataset, race: Race) -> Dataset:
    if not race.interrupted:
        return dataset
    return replace(dataset, notices=(*dataset.notices, Sentence(key="train.interrupted")))

"""Train: from labelled photos to a model file, a report, and cells for the knowledge."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from apprenti.domain.dataset import Dataset, Split
from apprenti.domain.errors import DataError, InterruptedWorkError, OutOfTimeError, WorkError
from apprenti.domain.hub import BackboneChoice
from apprenti.domain.network_training import is_trained
from apprenti.domain.outlook import Hindsight
from apprenti.domain.profile import Profile
from apprenti.domain.recipe import Pick, Recipe, Trial, TrialStatus
from apprenti.domain.report import Report, Timing
from apprenti.domain.seams import Progress
from apprenti.domain.sentence import Sentence
from apprenti.flow.backbones import bring_backbones
from apprenti.flow.cells import start_cells
from apprenti.flow.choosing import (
    RecipeKind,
    choose_by,
    first_pick,
    ground_of,
    has_torch,
    refuse_without_torch,
)
from apprenti.flow.features import FeatureTable, lay_out_features
from apprenti.flow.interruption import finishing_first
from apprenti.flow.knowing import gather_knowledge
from apprenti.flow.landmarks import Landmarks, look_for_landmarks
from apprenti.flow.materials import Materials
from apprenti.flow.networks import NetworkTrainer
from apprenti.flow.opening import open_data
from apprenti.flow.packing import pack_model
from apprenti.flow.race import Race, run_race
from apprenti.flow.report import report_path_of
from apprenti.flow.room_for_networks import errs_often, room_for_networks
from apprenti.flow.times import Times, load_of, race_seconds
from apprenti.flow.tools import Tools
from apprenti.stages.profile import describe
from apprenti.stages.report import render
from apprenti.stages.select import Ground, Selector
from apprenti.stages.train import CandidateJob, Folds, assign_folds, first_turn
from apprenti.store import check_writable, private_workspace, sweep_unfinished, write_atomically
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
        InterruptedWorkError: stopped before any recipe had finished.
    """
    refuse_without_torch(recipes)
    check_writable(out)
    report_path = report_path_of(out)
    check_writable(report_path)
    sweep_unfinished(tools.unfinished_folder)
    brought = bring_backbones(backbones, tools=tools)
    times = Times.of(budget_seconds, begun=tools.clock(), only_networks=recipes == "deep")
    with private_workspace() as workspace:
        dataset, materials = open_data(
            source,
            brought,
            workspace=workspace,
            reading_ends=times.reading_ends,
            dictionary_ends=times.dictionary_ends,
            seed=seed,
            tools=tools,
        )
        landmarks = look_for_landmarks(dataset, materials, deadline=times.landmarks_end, tools=tools)
        ground = _ground(dataset, landmarks, materials)
        knowledge = gather_knowledge(tools.knowledge_folder, kept_as=materials.kept_as)
        seconds_left = times.race_ends - tools.clock()
        first = first_pick(ground, knowledge, seconds_left=seconds_left, seed=seed)
        embedding_begun = tools.clock()
        table = lay_out_features(
            dataset,
            materials,
            first.recipe.looks,  # what is reached of them decides which photos take part
            folder=workspace,
            deadline=times.embedding_ends_from(tools.clock()),
            tools=tools,
        )
        load = load_of(table, first.recipe, profile=ground.profile, seconds=tools.clock() - embedding_begun)
        dataset = _as_reached(dataset, table)
        folds = assign_folds(table.fitted, dataset.task_type)
        profile = describe(dataset, landmarks=landmarks.scores, n_landmark=landmarks.n)
        ready = replace(ground, profile=profile, n_fits=folds.n_folds, embedded=table.looks)
        trainer = NetworkTrainer(
            dataset=dataset, table=table, folds=folds, seed=seed, folder=workspace, tools=tools
        )
        selector = choose_by(
            ready,
            knowledge,
            seed=seed,
            recipes=recipes,
            time_left=lambda: (times.race_ends - tools.clock()) / load,
            is_lost=lambda backbone: backbone in trainer.lost,
        )
        jobs = _Jobs(
            trainer=trainer,
            table=table,
            folds=folds,
            dataset=dataset,
            seed=seed,
            workspace=workspace,
            race_ends=times.race_ends,
            tools=tools,
        )
        seconds_before = tools.clock() - times.begun
        race = _race(selector, jobs, deadline=times.race_ends, tools=tools)
        room = None
        if recipes == "all" and not has_torch() and errs_often(race.best, dataset.task_type):
            room = room_for_networks(
                ready,
                selector,
                race_seconds=race_seconds,
                seconds_before=seconds_before,
                has_torch=False,
            )
        picks = selector.plan()
        if recipes == "deep":  # what networks were compared with on the way is not in question
            race, picks = race.of_networks(), tuple(pick for pick in picks if pick.recipe.is_trained)
        dataset = _with_interruption(dataset, race)
        dataset = replace(dataset, notices=(*dataset.notices, *trainer.notices))
        cells_end = times.begun if race.interrupted else times.cells_end
        cells = start_cells(
            dataset, profile, materials, table, race, seed=seed, deadline=cells_end, tools=tools
        )
        with finishing_first(tools.progress):
            report, model = pack_model(
                dataset,
                profile,
                table,
                picks,
                race,
                outlook=selector.outlook(),
                networks=trainer.histories,
                seed=seed,
                budget_seconds=budget_seconds,
                tools=tools,
            )
            write_atomically(out, model)
            timing = replace(
                _timing(picks, race, tools.clock() - times.begun),
                photos_per_second=trainer.photos_per_second,
                resumed_at=trainer.resumed_at,
            )
            write_atomically(report_path, render(report, lang=lang, timing=timing).encode())
        measured = cells.collect()
        hindsight = cells.hindsight(measured, report.kept, race)
        if hindsight is not None:  # what only now is known
            timing = replace(timing, total_seconds=tools.clock() - times.begun)
            page = render(report, lang=lang, timing=timing, hindsight=hindsight)
            write_atomically(report_path, page.encode())
        n_cells = cells.keep(measured, race)
    return Training(
        model_path=out,
        report_path=report_path,
        profile=profile,
        picks=picks,
        trials=tuple(race.trials),
        kept=report.kept,
        report=report,
        hindsight=hindsight,
        advice=() if room is None else (room.notice,),
        seconds=tools.clock() - times.begun,
        n_cells=n_cells,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Jobs:
    """Makes the job of every pick."""

    trainer: NetworkTrainer
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
            deadline = now + share * (self.race_ends - now)
            self.table.add(frozen, deadline=deadline, progress=progress)
        for look in missing:
            if is_trained(look.backbone):
                after = NETWORK_RESERVE_SECONDS + FITS_AFTER_NETWORK * (
                    pick.predicted_seconds - pick.embedding_seconds
                )
                self.trainer.train(look, deadline=self.race_ends, judging_seconds=after, progress=progress)
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


def _as_reached(dataset: Dataset, table: FeatureTable) -> Dataset:
    """Return the data set as far as it was embedded, with a notice where time ran out or a photo broke."""
    reached = {example.content_hash for example in (*table.fitted, *table.test)}
    notices = dataset.notices
    if table.n_left_out:
        notices += (
            Sentence(
                key="train.not_all_embedded",
                values={"n": len(reached), "n_all": len(reached) + table.n_left_out},
            ),
        )
    examples = tuple(example for example in dataset.examples if example.content_hash in reached)
    if len({str(example.target) for example in table.fitted}) < 2:
        raise DataError("too_few_embedded", n=len(examples))
    return replace(
        dataset, examples=examples, notices=notices, set_aside=(*dataset.set_aside, *table.set_aside)
    )


def _ground(dataset: Dataset, landmarks: Landmarks, materials: Materials) -> Ground:
    """Return what is known before any recipe has its features."""
    profile = describe(dataset, landmarks=landmarks.scores, n_landmark=landmarks.n)
    learnt_from = [example for example in dataset.examples if example.split is not Split.TEST]
    folds = assign_folds(learnt_from, dataset.task_type)
    return ground_of(profile, materials, n_fits=folds.n_folds, task_type=dataset.task_type)


def _race(selector: Selector, jobs: _Jobs, *, deadline: float, tools: Tools) -> Race:
    race = run_race(selector, jobs.job_for, folds=jobs.folds, deadline=deadline, tools=tools)
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


def _timing(picks: Sequence[Pick], race: Race, seconds: float) -> Timing:
    return Timing(
        total_seconds=seconds,
        predicted_seconds={pick.recipe.name: pick.predicted_seconds for pick in picks},
        seconds={trial.recipe.name: trial.seconds for trial in race.trials},
    )

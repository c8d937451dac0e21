"""From the race's winner to a judged model file: refit, answer the test photos once, report, pack."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from apprenti.blocks.answering import Array
from apprenti.blocks.artifact import N_GOLDEN, pack
from apprenti.blocks.backbone import Backbone
from apprenti.blocks.decoding import decode, thumbnail
from apprenti.blocks.item_file import read_item
from apprenti.blocks.number_metrics import MARGIN_LEVEL
from apprenti.domain.dataset import Dataset, Example, TaskType
from apprenti.domain.errors import ApprentiError, ItemError
from apprenti.domain.lesson_context import LessonContext
from apprenti.domain.manifest import FORMAT_VERSION_OF, Manifest
from apprenti.domain.network_history import NetworkHistory
from apprenti.domain.outlook import Outlook
from apprenti.domain.profile import Profile
from apprenti.domain.recipe import Canvas, Pick, Recipe, Trial
from apprenti.domain.report import BackboneCredit, Report
from apprenti.domain.seams import Limits
from apprenti.flow.features import FeatureTable
from apprenti.flow.race import Race
from apprenti.flow.run_keeping import kept_run
from apprenti.flow.tools import Tools
from apprenti.flow.versions import program_versions
from apprenti.stages.evaluate import Answers, Decision, Training, evaluate
from apprenti.stages.train import N_FOLDS, FinishedModel, FinishJob, Folds, finish, stratified_folds

FINISH_SECONDS = 600.0
"""Candidates were stopped early enough for a refit to fit the budget; past it, a late model is better than none."""
SECOND_LOOK_SHARE = 0.1
"""Of the budget. It is compared with predicted seconds: measured ones would make the model depend on the machine."""
SECOND_LOOK_ROWS = 20_000
"""Up to here every row is held out once more to find suspected label errors, where the race did not do so."""
NAMED_SCORES = (
    "accuracy", "balanced_accuracy", "mean_average_precision", "micro_f1", "macro_f1", "exact_match", "ece", "r2",
    "mean_absolute_error", "root_mean_squared_error",
)  # fmt: skip
"""What the manifest says of the test, of those the task has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Packed:
    """What a training leaves.

    Args:
        report: everything that was judged.
        model: the bytes of the model file.
        run: what lessons need; ``None`` where it tells no classes.
    """

    report: Report
    model: bytes
    run: LessonContext | None


def pack_model(
    dataset: Dataset,
    profile: Profile,
    table: FeatureTable,
    picks: Sequence[Pick],
    race: Race,
    *,
    outlook: Outlook | None,
    networks: Sequence[NetworkHistory] = (),
    seed: int,
    budget_seconds: float,
    tools: Tools,
) -> Packed:
    """Return the report, the bytes of the model file of the best finished trial, and what lessons need of it.

    The file's own report carries no name of the data: the same photos in another folder give the same bytes.

    Args:
        dataset: as far as it was embedded.
        profile: of it.
        table: where the features lie, and the backbones they come from.
        picks: the recipes chosen, in order.
        race: what came of them.
        outlook: what they rested on.
        networks: how the networks were trained that were.
        seed: of everything random.
        budget_seconds: of the whole training; a second look at the labels is left out where it would take much of it.
        tools: what to work with.
    """
    tools.progress.begin("finishing")
    second_look = {
        pick.recipe.name: (pick.predicted_seconds - pick.embedding_seconds) * N_FOLDS
        <= SECOND_LOOK_SHARE * budget_seconds
        and not pick.recipe.is_trained  # its features know the labels of all photos but those held out
        for pick in picks
    }
    kept, job, finished = _finished(dataset, table, race, second_look, seed=seed, tools=tools)
    training = Training(
        kept=kept.recipe,
        picks=picks,
        trials=race.trials,
        networks=networks,
        outlook=outlook,
        temperature=finished.temperature,
        familiarity_threshold=finished.familiarity_threshold,
        false_alarm_rate=finished.false_alarm_rate,
        seed=seed,
        versions=program_versions(),
        backbones=_credits(job.backbones),
        decision=Decision(thresholds=finished.thresholds, margin=finished.margin, margin_level=MARGIN_LEVEL),
    )
    report = evaluate(
        dataset,
        test=_test_answers(dataset, table, finished),
        held_out=_held_out_answers(table, finished, job.labels),
        training=training,
        profile=profile,
        thumbnail=thumbnailer((*table.fitted, *table.test)),
    )
    model = pack(
        manifest=_manifest(dataset, kept.recipe, training.backbones, finished, report, seed=seed),
        graph=finished.graph,
        report=replace(report, data=replace(report.data, name="")).to_json(),
        golden_pixels=_golden_pixels(table.fitted, kept.recipe.canvas),
        seen=[example.content_hash for example in table.fitted],
    )
    run = None
    if dataset.task_type is TaskType.MULTI_CLASS:
        run = kept_run(
            dataset,
            table,
            finished,
            report,
            recipe=kept.recipe,
            model=model,
            budget_seconds=budget_seconds,
            tools=tools,
        )
    tools.progress.end()
    return Packed(report=report, model=model, run=run)


def _finished(
    dataset: Dataset,
    table: FeatureTable,
    race: Race,
    second_look: Mapping[str, bool],
    *,
    seed: int,
    tools: Tools,
) -> tuple[Trial, FinishJob, FinishedModel]:
    """Return the best trial that can be refitted, with the refitted model: a winner that fails yields to the next."""
    labels = table.labels(table.fitted, dataset.labels, dataset.task_type)
    limits = Limits(seconds=FINISH_SECONDS, memory_mb=tools.memory_mb)
    for trial in race.ranked:
        again = second_look[trial.recipe.name]
        job = _finish_job(dataset, table, trial, race, labels, second_look=again, seed=seed)
        try:
            return trial, job, tools.engine.run(finish, job, limits=limits)
        except ApprentiError:
            if trial is race.ranked[-1]:
                raise
    raise AssertionError("a race without a finished trial is refused before")


def _credits(backbones: Sequence[Backbone]) -> tuple[BackboneCredit, ...]:
    return tuple(
        BackboneCredit(
            name=part.name, licence=part.licence, source=part.source, source_sha256=part.source_sha256
        )
        for part in backbones
    )


def thumbnailer(examples: Sequence[Example]) -> Callable[[str], bytes]:
    """Return a function from the name of an example to a small JPEG of it, or nothing where it cannot be read."""
    path_of = {example.name: Path(example.path) for example in examples}

    def small(name: str) -> bytes:
        try:
            return thumbnail(read_item(path_of[name], item=name), item=name)
        except ItemError:
            return b""

    return small


def _finish_job(
    dataset: Dataset,
    table: FeatureTable,
    best: Trial,
    race: Race,
    labels: Array,
    *,
    second_look: bool,
    seed: int,
) -> FinishJob:
    held_out_logits = np.load(race.logits[best.recipe.name], allow_pickle=False)
    return FinishJob(
        recipe=best.recipe,
        backbones=tuple(table.backbone(name) for name in best.recipe.backbones),
        features=table.whole(best.recipe),
        test_features=tuple(table.test_files[look] for look in best.recipe.looks),
        labels=labels,
        groups=_group_numbers(table.fitted),
        held_out_logits=held_out_logits,
        more_folds=_second_look(dataset, table.fitted, held_out_logits) if second_look else None,
        n_labels=dataset.n_answers,
        seed=seed,
        task_type=dataset.task_type,
    )


def _second_look(
    dataset: Dataset, fitted: Sequence[Example], held_out_logits: NDArray[np.float32]
) -> Folds | None:
    """Return folds that hold out every row, where the race held out only some."""
    if not np.isnan(held_out_logits).any() or len(fitted) > SECOND_LOOK_ROWS:
        return None
    fold = stratified_folds(fitted, n_folds=N_FOLDS, task_type=dataset.task_type)
    return Folds(fold=fold, n_folds=N_FOLDS, scheme=f"{N_FOLDS}-fold")


def _group_numbers(examples: Sequence[Example]) -> NDArray[np.int64]:
    _, numbers = np.unique(
        [example.group or example.content_hash for example in examples], return_inverse=True
    )
    return np.asarray(numbers, dtype=np.int64)


def _test_answers(dataset: Dataset, table: FeatureTable, finished: FinishedModel) -> Answers:
    return Answers(
        names=[example.name for example in table.test],
        expected=table.labels(table.test, dataset.labels, dataset.task_type),
        given=finished.test_answers,
        distances=finished.test_distances,
    )


def _held_out_answers(table: FeatureTable, finished: FinishedModel, labels: Array) -> Answers:
    return Answers(
        names=[table.fitted[row].name for row in finished.held_out_rows],
        expected=labels[finished.held_out_rows],
        given=finished.held_out_answers,
    )


def _manifest(
    dataset: Dataset,
    recipe: Recipe,
    backbones: Sequence[BackboneCredit],
    finished: FinishedModel,
    report: Report,
    *,
    seed: int,
) -> Manifest:
    scores = report.flat_scores()
    versions = program_versions()
    return Manifest(
        labels=dataset.labels,
        recipe=recipe,
        backbones=tuple(backbones),
        scores={name: scores[name] for name in NAMED_SCORES if scores.get(name) is not None},
        data_fingerprint=dataset.fingerprint,
        seed=seed,
        temperature=finished.temperature,
        familiarity_threshold=finished.familiarity_threshold,
        false_alarm_rate=finished.false_alarm_rate,
        versions=versions,
        created_by=f"apprenti {versions['apprenti']}",
        format_version=FORMAT_VERSION_OF[dataset.task_type],
        task_type=dataset.task_type,
        thresholds=finished.thresholds,
        margin=finished.margin,
        margin_level=MARGIN_LEVEL,
    )


def _golden_pixels(examples: Sequence[Example], canvas: Canvas) -> NDArray[np.uint8]:
    """Return the pixels of the first photos that can be read, [n, S, S, 3] uint8."""
    pixels: list[NDArray[np.uint8]] = []
    for example in examples:
        if len(pixels) == N_GOLDEN:
            break
        try:
            pixels.append(decode(read_item(Path(example.path), item=example.name), canvas, item=example.name))
        except ItemError:
            continue
    return np.stack(pixels)

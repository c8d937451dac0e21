"""The kept recipe, refitted on train + validation and joined to its backbones as one graph."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from apprenti.blocks.answering import Array, answering_of
from apprenti.blocks.assembly import assemble
from apprenti.blocks.backbone import Backbone
from apprenti.blocks.familiarity import Familiarity, fit_familiarity, held_out_distances, threshold
from apprenti.blocks.linear_part import linear_part
from apprenti.blocks.pipeline import Pipeline, fit_pipeline
from apprenti.domain.dataset import TaskType
from apprenti.domain.lesson_context import LinearHead
from apprenti.domain.recipe import Recipe
from apprenti.stages.train.candidate import held_out_logits
from apprenti.stages.train.feature_rows import FeatureRows
from apprenti.stages.train.folds import Folds

MAX_REFITTED_BYTES = 128 * 2**20
"""Features the kept recipe is refitted on (14,000 rows of 2,400), twice what a candidate had."""
MAX_FAMILIAR_ROWS = 5000
FALSE_ALARM_RATE = 0.05
"""Share of photos like the training photos that may be called unfamiliar."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FinishJob:
    """What is needed to make the model that is kept.

    Args:
        recipe: the kept recipe.
        backbones: its backbones, in the order of the recipe.
        features: one ``.npy`` file per backbone, train and validation rows, [n, d] float32.
        test_features: the same for the test rows.
        labels: [n] int64 class indices of the train and validation rows, or the targets of another task.
        groups: [n] int64; near duplicates share a number.
        held_out_logits: [n, K] float32 of the kept trial, NaN where a row was never held out.
        more_folds: where given, every row is held out once more to find suspected label errors.
        n_labels: number of classes or labels; 1 for a number.
        seed: of everything random in the recipe.
        task_type: what is to be told.
    """

    recipe: Recipe
    backbones: tuple[Backbone, ...]
    features: tuple[Path, ...]
    test_features: tuple[Path, ...]
    labels: Array
    groups: NDArray[np.int64]
    held_out_logits: NDArray[np.float32]
    more_folds: Folds | None
    n_labels: int
    seed: int
    task_type: TaskType = TaskType.MULTI_CLASS


@dataclass(frozen=True, slots=True, kw_only=True)
class FinishedModel:
    """The model, and all that is needed to judge it.

    Args:
        graph: serialized ONNX model, pixels → probabilities or value, embedding, distance.
        temperature: what logits are divided by before the softmax.
        held_out_rows: [m] rows of train and validation with held-out answers.
        held_out_answers: [m, K] float32 calibrated probabilities, or [m] numbers.
        test_answers: [t, K] or [t] float32, the same of the test rows.
        test_distances: [t] float32, from the training photos.
        familiarity_threshold: distance past which a photo is called unfamiliar.
        false_alarm_rate: the share of familiar photos the threshold was set to call unfamiliar.
        thresholds: of each of several labels, the probability from which on it is given.
        margin: of a number, how far around it the truth lies.
        head: the last layer, of classes, where it is linear in the features.
    """

    graph: bytes
    temperature: float
    held_out_rows: NDArray[np.intp]
    held_out_answers: NDArray[np.float32]
    test_answers: NDArray[np.float32]
    test_distances: NDArray[np.float32]
    familiarity_threshold: float
    false_alarm_rate: float
    thresholds: tuple[float, ...] = ()
    margin: float | None = None
    head: LinearHead | None = None


def finish(job: FinishJob) -> FinishedModel:
    """Fit the kept recipe on all rows but test, calibrate it on held-out rows, and answer the test rows."""
    features, answering = FeatureRows.open(job.features), answering_of(job.task_type)
    logits = job.held_out_logits
    if job.more_folds is not None:
        logits = held_out_logits(
            job.recipe,
            features,
            job.labels,
            job.more_folds,
            n_labels=job.n_labels,
            seed=job.seed,
            task_type=job.task_type,
        )
    rows = np.flatnonzero(~np.isnan(logits).any(axis=1))
    calibration = answering.calibrate(logits[rows], job.labels[rows])
    rows_there = np.arange(features.n)
    if job.recipe.is_trained:
        rows_there = features.known(rows_there)
    fitted = features.sample(rows_there, job.labels, answering, max_bytes=MAX_REFITTED_BYTES, seed=job.seed)
    known = features.take(fitted)
    pipeline = fit_pipeline(
        job.recipe,
        known,
        job.labels[fitted],
        n_labels=job.n_labels,
        seed=job.seed,
        task_type=job.task_type,
    )
    known, groups = known[:MAX_FAMILIAR_ROWS].copy(), job.groups[fitted[:MAX_FAMILIAR_ROWS]]
    familiarity = fit_familiarity(known, seed=job.seed)
    alarm = threshold(
        held_out_distances(known, groups=groups, seed=job.seed), false_alarm_rate=FALSE_ALARM_RATE
    )
    head = linear_part(pipeline, known) if job.task_type is TaskType.MULTI_CLASS else None
    del known
    graph = assemble(
        job.backbones,
        job.recipe.canvas,
        pipeline,
        n_labels=job.n_labels,
        familiarity=familiarity,
        calibration=calibration,
    )
    test_logits, test_distances = _answers(
        pipeline, familiarity, FeatureRows.open(job.test_features), job.n_labels
    )
    return FinishedModel(
        graph=graph,
        temperature=calibration.temperature,
        held_out_rows=rows,
        held_out_answers=calibration.answers(logits[rows]),
        test_answers=calibration.answers(test_logits),
        test_distances=test_distances,
        familiarity_threshold=alarm,
        false_alarm_rate=FALSE_ALARM_RATE,
        thresholds=calibration.thresholds,
        margin=calibration.margin,
        head=head,
    )


def _answers(
    pipeline: Pipeline, familiarity: Familiarity, features: FeatureRows, n_labels: int
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return logits [t, K] and distances [t] of the test rows, a block of them in memory at a time."""
    logits = np.empty((features.n, n_labels), dtype=np.float32)
    distances = np.empty(features.n, dtype=np.float32)
    for rows, block in features.blocks(np.arange(features.n)):
        logits[rows], distances[rows] = pipeline.logits(block), familiarity.distances(block)
    return logits, distances

"""One candidate: fit a recipe on every turn's training rows, and score it on the rows held out."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from apprenti.blocks.answering import Array, answering_of
from apprenti.blocks.pipeline import fit_pipeline
from apprenti.domain.dataset import TaskType
from apprenti.domain.metric import Metric
from apprenti.domain.recipe import Interval, Recipe
from apprenti.domain.seams import Clock
from apprenti.recipes import MAX_FITTED_BYTES
from apprenti.stages.train.feature_rows import FeatureRows
from apprenti.stages.train.folds import Folds

MAX_HELD_OUT_ROWS = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class CandidateJob:
    """All that a candidate needs, small enough to be sent to another process.

    Args:
        recipe: what to train.
        features: one ``.npy`` file per backbone of the recipe, [n, d] float32, rows in the same order.
        labels: [n] int64 class indices, or the targets of another task, see ``blocks.answering.Array``.
        folds: which rows are held out in turn.
        n_labels: number of classes or labels; 1 for a number.
        seed: of everything random in the recipe.
        logits_out: the ``.npy`` file the held-out logits go to, [n, K] float32; NaN where a row is never held out.
        clock: what the seconds are measured with.
        task_type: what is to be told.
        reference: held-out logits of a recipe that was judged on more rows than this one is. What that one scores
            on these rows and on all of its own says how hard these are, and the score is corrected by it.
    """

    recipe: Recipe
    features: tuple[Path, ...]
    labels: Array
    folds: Folds
    n_labels: int
    seed: int
    logits_out: Path
    clock: Clock
    task_type: TaskType = TaskType.MULTI_CLASS
    reference: Path | None = None

    @property
    def name(self) -> str:
        """What an error calls this work."""
        return self.recipe.name


@dataclass(frozen=True, slots=True, kw_only=True)
class CandidateResult:
    """How a candidate did on the rows it did not see (fields as in ``domain.recipe.Trial``).

    Args:
        n_fits: turns of cross-validation.
        n_fitted: rows each turn was fitted on, at most.
        seconds: of all turns, without starting the process.
    """

    score: float
    interval: Interval
    balanced_accuracy: float | None
    log_loss: float | None
    n_validation: int
    n_fits: int
    n_fitted: int
    seconds: float
    metric: Metric = Metric.ACCURACY


def train_candidate(job: CandidateJob) -> CandidateResult:
    """Fit and score one recipe; its held-out logits are left in ``job.logits_out``.

    Raises:
        UserError: the recipe cannot be fitted on these features.
    """
    begun = job.clock()
    features = FeatureRows.open(job.features)
    logits = held_out_logits(
        job.recipe,
        features,
        job.labels,
        job.folds,
        n_labels=job.n_labels,
        seed=job.seed,
        task_type=job.task_type,
    )
    np.save(job.logits_out, logits)
    rows = np.flatnonzero(~np.isnan(logits).any(axis=1))
    logits, labels = logits[rows], job.labels[rows]
    answering = answering_of(job.task_type)
    held_out = answering.score(logits, labels, seed=job.seed)
    easier = 0.0 if job.reference is None else easier_by(job, rows)
    return CandidateResult(
        score=_within(held_out.score - easier),
        interval=Interval(
            low=_within(held_out.interval.low - easier),
            high=_within(held_out.interval.high - easier),
            level=held_out.interval.level,
        )
        if easier
        else held_out.interval,
        balanced_accuracy=held_out.balanced_accuracy,
        log_loss=held_out.log_loss,
        n_validation=len(labels),
        n_fits=job.folds.n_folds,
        n_fitted=min(features.n - len(labels) // job.folds.n_folds, features.rows_in(most_bytes(job.recipe))),
        seconds=job.clock() - begun,
        metric=answering.metric,
    )


def most_bytes(recipe: Recipe) -> int:
    """Return how many bytes of features a recipe is fitted on: more where a network had the machine to itself."""
    return 2 * MAX_FITTED_BYTES if recipe.is_trained else MAX_FITTED_BYTES


def easier_by(job: CandidateJob, rows: NDArray[np.intp]) -> float:
    """Return how much better the reference did on some rows than on all rows it was judged on.

    A network is judged on a fifth of the photos, other recipes on all of them in turn; by luck that fifth is easier or
    harder. Taken off, the difference to the reference is what it is on the rows both have in common.
    """
    if job.reference is None:
        return 0.0
    answering = answering_of(job.task_type)
    logits = np.load(job.reference, allow_pickle=False)
    known = np.flatnonzero(~np.isnan(logits).any(axis=1))
    common = rows[np.isin(rows, known)]
    if len(common) < len(rows) or len(common) == len(known):
        return 0.0
    here = answering.score(logits[common], job.labels[common], seed=job.seed).score
    return here - answering.score(logits[known], job.labels[known], seed=job.seed).score


def _within(score: float) -> float:
    """Return a corrected score, no better than perfect."""
    return min(1.0, score)


def held_out_logits(
    recipe: Recipe,
    features: FeatureRows,
    labels: Array,
    folds: Folds,
    *,
    n_labels: int,
    seed: int,
    task_type: TaskType = TaskType.MULTI_CLASS,
) -> NDArray[np.float32]:
    """Return the logits of rows from a pipeline that did not see them, [n, K] float32; NaN where never held out.

    Where there are very many rows, a part of them is fitted on and a part is held out.
    """
    answering = answering_of(task_type)
    logits = np.full((features.n, n_labels), np.nan, dtype=np.float32)
    for index in range(folds.n_folds):
        fitted, held_out = folds.turn(index)
        if recipe.is_trained:
            fitted, held_out = features.known(fitted), features.known(held_out)
        fitted = features.sample(fitted, labels, answering, max_bytes=most_bytes(recipe), seed=seed)
        held_out = held_out[
            :MAX_HELD_OUT_ROWS
        ]  # in the order of content hashes: the first ones are random ones
        pipeline = fit_pipeline(
            recipe,
            features.take(fitted),
            labels[fitted],
            n_labels=n_labels,
            seed=seed,
            task_type=task_type,
        )
        for rows, block in features.blocks(held_out):
            logits[rows] = pipeline.logits(block)
    return logits

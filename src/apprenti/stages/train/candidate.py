"""One candidate: fit a recipe on every turn's training rows, and score it on the rows held out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from apprenti.blocks.calibration import fit_temperature, softmax
from apprenti.blocks.metrics import accuracy, balanced_accuracy, confusion_matrix, log_loss, wilson_interval
from apprenti.blocks.pipeline import fit_pipeline
from apprenti.domain.recipe import Interval, Recipe
from apprenti.domain.seams import Clock
from apprenti.stages.train.folds import Folds


@dataclass(frozen=True, slots=True, kw_only=True)
class CandidateJob:
    """All that a candidate needs, small enough to be sent to another process.

    Args:
        recipe: what to train.
        features: one ``.npy`` file per backbone of the recipe, [n, d] float32, rows in the same order.
        labels: [n] int64 class indices.
        folds: which rows are held out in turn.
        n_labels: number of classes.
        seed: of everything random in the recipe.
        logits_out: the ``.npy`` file the held-out logits go to, [n, K] float32; NaN where a row is never held out.
        clock: what the seconds are measured with.
    """

    recipe: Recipe
    features: tuple[Path, ...]
    labels: NDArray[np.int64]
    folds: Folds
    n_labels: int
    seed: int
    logits_out: Path
    clock: Clock

    @property
    def name(self) -> str:
        """What an error calls this work."""
        return self.recipe.name


@dataclass(frozen=True, slots=True, kw_only=True)
class CandidateResult:
    """How a candidate did on the rows it did not see (fields as in ``domain.recipe.Trial``)."""

    score: float
    interval: Interval
    balanced_accuracy: float
    log_loss: float
    n_validation: int
    seconds: float


def train_candidate(job: CandidateJob) -> CandidateResult:
    """Fit and score one recipe; its held-out logits are left in ``job.logits_out``.

    Raises:
        UserError: the recipe cannot be fitted on these features.
    """
    begun = job.clock()
    features = load_features(job.features)
    logits = held_out_logits(
        job.recipe, features, job.labels, job.folds, n_labels=job.n_labels, seed=job.seed
    )
    np.save(job.logits_out, logits)
    rows = np.flatnonzero(~np.isnan(logits).any(axis=1))
    logits, labels = logits[rows], job.labels[rows]
    answers = logits.argmax(axis=1)
    probabilities = softmax(logits, fit_temperature(logits, labels))
    return CandidateResult(
        score=accuracy(labels, answers),
        interval=wilson_interval(int((answers == labels).sum()), len(labels)),
        balanced_accuracy=balanced_accuracy(confusion_matrix(labels, answers, job.n_labels)),
        log_loss=log_loss(probabilities, labels),
        n_validation=len(labels),
        seconds=job.clock() - begun,
    )


def held_out_logits(
    recipe: Recipe,
    features: NDArray[np.float32],
    labels: NDArray[np.int64],
    folds: Folds,
    *,
    n_labels: int,
    seed: int,
) -> NDArray[np.float32]:
    """Return the logits of every row from a pipeline that did not see it, [n, K] float32; NaN if never held out."""
    logits = np.full((len(labels), n_labels), np.nan, dtype=np.float32)
    for index in range(folds.n_folds):
        fitted, held_out = folds.turn(index)
        pipeline = fit_pipeline(recipe, features[fitted], labels[fitted], n_labels=n_labels, seed=seed)
        logits[held_out] = pipeline.logits(features[held_out])
    return logits


def load_features(paths: Sequence[Path]) -> NDArray[np.float32]:
    """Return the features of several backbones side by side, [n, d₁ + d₂ + …] float32."""
    blocks = [np.load(path, allow_pickle=False) for path in paths]
    return np.asarray(blocks[0] if len(blocks) == 1 else np.concatenate(blocks, axis=1), dtype=np.float32)

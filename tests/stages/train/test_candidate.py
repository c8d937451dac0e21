"""How a recipe is judged on a part of the photos where others are judged on all of them."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from apprenti.domain.recipe import Canvas, Recipe
from apprenti.stages.train import CandidateJob, Folds, first_turn, train_candidate
from apprenti.stages.train.candidate import easier_by

N, N_FOLDS = 100, 5
LABELS = np.arange(N) % 2
FOLDS = Folds(
    fold=np.repeat(np.arange(N_FOLDS), N // N_FOLDS).astype(np.int8), n_folds=N_FOLDS, scheme="5-fold"
)
RECIPE = Recipe(
    backbones=("scratch.v1-32-e2",), canvas=Canvas(size_px=32), transform="none.v1", head="own.v1"
)


def logits_with(wrong: NDArray[np.intp]) -> NDArray[np.float32]:
    """Return logits [n, 2] that are sure of every row, and wrong about some."""
    said = LABELS.copy()
    said[wrong] = 1 - said[wrong]
    return (6 * np.eye(2)[said] - 3).astype(np.float32)


def a_job(
    folder: Path,
    *,
    wrong: NDArray[np.intp],
    reference: NDArray[np.float32] | None,
    folds: Folds | None = None,
) -> CandidateJob:
    np.save(folder / "features.npy", logits_with(wrong))
    if reference is not None:
        np.save(folder / "reference.npy", reference)
    return CandidateJob(
        recipe=RECIPE,
        features=(folder / "features.npy",),
        labels=LABELS,
        folds=folds or first_turn(FOLDS),
        n_labels=2,
        seed=0,
        logits_out=folder / "logits.npy",
        clock=time.monotonic,
        reference=None if reference is None else folder / "reference.npy",
    )


WRONG_IN_FIRST = np.asarray([0, 1, 2, 3])
"""Of the 20 rows of the first fold: 0.8 there."""


def test_a_lucky_part_of_the_photos_gives_no_advantage(tmp_path: Path) -> None:
    """The reference is right about all of the first fold and 80 % of all: the fold is easier by a fifth."""
    reference = logits_with(np.arange(20, 40))
    lucky = train_candidate(a_job(tmp_path, wrong=np.arange(0), reference=reference))
    assert lucky.score == pytest.approx(0.8)
    assert lucky.interval.low < 0.8
    assert lucky.interval.high == pytest.approx(0.8)
    assert (lucky.n_validation, lucky.n_fits) == (20, 1)


def test_an_unlucky_part_does_no_harm(tmp_path: Path) -> None:
    reference = logits_with(np.arange(5))  # 0.75 of the first fold, 0.95 of all
    unlucky = train_candidate(a_job(tmp_path, wrong=WRONG_IN_FIRST, reference=reference))
    assert unlucky.score == pytest.approx(0.8 + 0.2)
    assert unlucky.interval.high == 1.0


def test_no_corrected_score_is_better_than_perfect(tmp_path: Path) -> None:
    reference = logits_with(np.arange(5))
    assert train_candidate(a_job(tmp_path, wrong=np.arange(0), reference=reference)).score == 1.0


def test_the_difference_to_the_reference_is_that_on_the_photos_both_were_judged_on(tmp_path: Path) -> None:
    reference = logits_with(np.asarray([0, 5, 30, 31, 32, 60, 61, 80]))
    result = train_candidate(a_job(tmp_path, wrong=np.asarray([7]), reference=reference))
    assert result.score - 0.92 == pytest.approx(0.95 - 0.90)


@pytest.mark.parametrize("kind", ["none", "same rows", "not all of them"])
def test_a_reference_that_tells_nothing_about_the_part_changes_nothing(kind: str, tmp_path: Path) -> None:
    reference: NDArray[np.float32] | None = logits_with(np.arange(5))
    if kind == "none":
        reference = None
    elif reference is not None:
        reference[20 if kind == "same rows" else 10 :] = np.nan
    job = a_job(tmp_path, wrong=WRONG_IN_FIRST, reference=reference)
    assert easier_by(job, np.arange(20)) == 0.0
    assert train_candidate(job).score == pytest.approx(0.8)


def test_a_recipe_judged_on_all_photos_is_not_corrected(tmp_path: Path) -> None:
    reference = logits_with(np.arange(30))
    job = a_job(tmp_path, wrong=np.arange(10), reference=reference, folds=FOLDS)
    assert train_candidate(job).score == pytest.approx(0.9)


def test_the_first_turn_is_the_only_one_of_a_network() -> None:
    once = first_turn(FOLDS)
    fitted, held_out = once.turn(0)
    assert once.n_folds == 1
    assert list(held_out) == list(range(20))
    assert list(fitted) == list(range(20, 100))

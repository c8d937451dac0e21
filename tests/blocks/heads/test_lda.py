from __future__ import annotations

import numpy as np
import pytest
from sklearn.covariance import ledoit_wolf_shrinkage
from tests.blocks.blobs import blobs

from apprenti.blocks.heads import lda


@pytest.mark.parametrize("shape", [(200, 12), (30, 80)])
def test_shrinkage_is_that_of_ledoit_and_wolf(shape: tuple[int, int]) -> None:
    rows = np.random.default_rng(0).normal(0, 1, shape) * np.linspace(0.1, 3, shape[1])
    found = lda.scatter(rows.astype(np.float32), np.zeros(len(rows), np.int64), rows.mean(axis=0)[np.newaxis])
    assert found.ledoit_wolf() == pytest.approx(ledoit_wolf_shrinkage(rows), rel=1e-4)


@pytest.mark.parametrize("shape", [(50, 20), (20, 50)])
def test_both_systems_solve_for_the_shrunken_covariance(shape: tuple[int, int]) -> None:
    rng = np.random.default_rng(0)
    rows, right = rng.normal(0, 1, shape), rng.normal(0, 1, (shape[1], 3))
    found = lda.scatter(rows.astype(np.float32), np.zeros(len(rows), np.int64), np.zeros((1, shape[1])))
    assert found.variance == pytest.approx(np.mean(rows**2), rel=1e-5)
    covariance = 0.7 * rows.T @ rows / len(rows) + 0.3 * np.mean(rows**2) * np.eye(shape[1])
    np.testing.assert_allclose(found.solve(right, 0.3), np.linalg.solve(covariance, right), atol=1e-4)


def test_logits_stay_believable_where_training_rows_are_far_apart() -> None:
    features, labels = blobs(40, spread=0.01)
    logits = lda.fit(features, labels, n_labels=4, parameters={"shrinkage": 0.01}, seed=0).logits(features)
    gaps = np.diff(np.sort(logits, axis=1)[:, -2:], axis=1)
    assert np.median(gaps) == pytest.approx(lda.SURE_GAP, rel=1e-3)

"""The head a fine-tuning begins with, against scikit-learn's."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.linear_model import Ridge

from apprenti.domain.dataset import TaskType
from apprenti.stages.train.first_head import LOGIT_SPREAD, PENALTY, first_head


def features(n: int, d: int) -> NDArray[np.float32]:
    return (np.random.default_rng(0).normal(size=(n, d)) * np.arange(1, d + 1) + 3).astype(np.float32)


@pytest.mark.parametrize("d", [8, 200], ids=["more rows", "more features"])
def test_it_is_ridge_regression_on_standardised_features(d: int) -> None:
    x, labels = features(60, d), np.arange(60) % 3
    weights, biases = first_head(x, labels, n_outputs=3, task_type=TaskType.MULTI_CLASS, seed=0)
    spread = x.std(axis=0) + 1e-3 * x.std() + 1e-6
    wanted = 2 * LOGIT_SPREAD * (np.eye(3)[labels] - 1 / 3)
    ridge = Ridge(alpha=PENALTY * 60).fit((x - x.mean(axis=0)) / spread, wanted)
    expected = ridge.predict((x - x.mean(axis=0)) / spread)
    assert np.allclose(x @ weights + biases, expected, atol=1e-3)


def test_labels_and_numbers_are_wanted_as_the_loss_wants_them() -> None:
    x = features(40, 60)
    labels = (x[:, :2] > x[:, :2].mean(axis=0)).astype(np.float32)
    weights, biases = first_head(x, labels, n_outputs=2, task_type=TaskType.MULTI_LABEL, seed=0)
    assert (((x @ weights + biases) > 0) == (labels > 0.5)).mean() > 0.95
    numbers = (500 + 20 * x[:, 0]).astype(np.float32)
    weights, biases = first_head(x, numbers, n_outputs=1, task_type=TaskType.REGRESSION, seed=0)
    told = (x @ weights + biases)[:, 0]
    assert abs(told.mean()) < 1e-3
    assert 0.5 < told.std() < 1.1  # standardised, and shrunk a little
    assert np.corrcoef(told, numbers)[0, 1] > 0.95


def test_a_feature_that_is_always_the_same_does_no_harm() -> None:
    x = features(20, 4)
    x[:, 2] = 7
    weights, biases = first_head(x, np.arange(20) % 2, n_outputs=2, task_type=TaskType.MULTI_CLASS, seed=0)
    assert np.isfinite(weights).all()
    assert np.isfinite(biases).all()

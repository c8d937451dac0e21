"""Heads of several labels and of numbers say what those of scikit-learn say."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from sklearn.kernel_ridge import KernelRidge
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.neighbors import KNeighborsRegressor
from tests.blocks.blobs import N_FEATURES

from apprenti.blocks.heads.kernel_machine import gaussian_kernel
from apprenti.blocks.platt_scaling import sigmoid
from apprenti.blocks.target_heads import fit_target_head

DRAWS = np.random.default_rng(0)
FEATURES = DRAWS.normal(0, 1, (150, N_FEATURES)).astype(np.float32)
FRESH = DRAWS.normal(0, 1, (40, N_FEATURES)).astype(np.float32)
NUMBERS = (50 + 20 * FEATURES[:, 0] - 8 * FEATURES[:, 1] ** 2 + DRAWS.normal(0, 3, 150)).astype(np.float32)
LABELS = (FEATURES[:, :3] + DRAWS.normal(0, 0.7, (150, 3)) > 0.5).astype(np.float32)


def answers(name: str, **parameters: float | str) -> NDArray[np.float32]:
    head = fit_target_head(name, FEATURES, NUMBERS, loss="squared_error", parameters=parameters, seed=0)
    return head.logits(FRESH)[:, 0]


def test_one_logistic_regression_a_label_has_the_probabilities_of_scikit_learn() -> None:
    head = fit_target_head(
        "logistic.v1", FEATURES, LABELS, loss="binary_cross_entropy", parameters={"C": 0.3}, seed=0
    )
    found = sigmoid(head.logits(FRESH))
    for k in range(3):
        alone = LogisticRegression(C=0.3, tol=1e-8, max_iter=5000).fit(FEATURES, LABELS[:, k])
        np.testing.assert_allclose(found[:, k], alone.predict_proba(FRESH)[:, 1], atol=0.01)


def test_ridge_has_the_numbers_of_scikit_learn() -> None:
    alpha = 0.7 * float(np.sum(FEATURES.var(axis=0, dtype=np.float64)) * len(FEATURES)) / N_FEATURES
    expected = Ridge(alpha=alpha).fit(FEATURES.astype(np.float64), NUMBERS).predict(FRESH)
    np.testing.assert_allclose(answers("ridge.v1", alpha=0.7), expected, rtol=1e-3, atol=0.01)


def test_ridge_that_sets_its_own_strength_is_no_worse_than_a_bad_one() -> None:
    truth = 50 + 20 * FRESH[:, 0] - 8 * FRESH[:, 1] ** 2
    chosen, heavy = (np.abs(answers("ridge.v1", alpha=alpha) - truth).mean() for alpha in ("auto", 100.0))
    assert chosen < heavy


def test_kernel_ridge_has_the_numbers_of_scikit_learn() -> None:
    references, gamma, _ = gaussian_kernel(FEATURES, 1.0)
    width = gamma * references.scale**2
    centre = NUMBERS.mean(dtype=np.float64)
    machine = KernelRidge(alpha=0.03, kernel="rbf", gamma=width).fit(FEATURES, NUMBERS - centre)
    expected = machine.predict(FRESH) + centre
    np.testing.assert_allclose(answers("kernel_ridge.v1", alpha=0.03), expected, atol=0.5)


def test_the_mean_of_neighbours_is_that_of_scikit_learn() -> None:
    scale = 1 / float(np.sqrt(np.mean(np.sum(np.square(FEATURES - FEATURES.mean(axis=0)), axis=1))))
    nearest = KNeighborsRegressor(7, weights=lambda distances: 1 / ((scale * distances) ** 2 + 0.01))
    expected = nearest.fit(FEATURES, NUMBERS).predict(FRESH)
    np.testing.assert_allclose(answers("knn.v1", k=7, metric="euclid"), expected, rtol=0.01)

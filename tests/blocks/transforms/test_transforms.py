from __future__ import annotations

import numpy as np
import pytest
from sklearn.decomposition import PCA
from sklearn.preprocessing import StandardScaler
from tests.blocks.blobs import N_FEATURES, blobs

from apprenti.blocks.transforms import l2, pca, power, standardise

FEATURES, _ = blobs()


def test_standardised_features_are_those_of_scikit_learn() -> None:
    expected = StandardScaler().fit_transform(FEATURES.astype(np.float64))
    found = standardise.fit(FEATURES, parameters={}, seed=0).apply(FEATURES)
    np.testing.assert_allclose(found, expected, atol=1e-5)


def test_a_feature_constant_in_training_is_taken_out() -> None:
    features = FEATURES.copy()
    features[:, 3] = 1000.1
    transform = standardise.fit(features, parameters={}, seed=0)
    features[:, 3] = 2000
    assert (transform.apply(features)[:, 3] == 0).all()


def test_rows_have_a_mean_square_of_one() -> None:
    found = l2.fit(FEATURES, parameters={}, seed=0).apply(FEATURES)
    np.testing.assert_allclose(np.mean(found**2, axis=1), 1, rtol=1e-5)


def test_power_keeps_the_sign_and_evens_out_bursts() -> None:
    found = power.fit(FEATURES, parameters={}, seed=0)
    rows = np.sign(FEATURES) * np.sqrt(np.abs(FEATURES))
    rows *= np.sqrt(N_FEATURES) / np.linalg.norm(rows, axis=1, keepdims=True)
    np.testing.assert_allclose(found.apply(FEATURES), StandardScaler().fit_transform(rows), atol=1e-4)


@pytest.mark.parametrize("n", [160, 9])
@pytest.mark.parametrize("whiten", [0, 1])
def test_principal_components_are_those_of_scikit_learn(n: int, whiten: int) -> None:
    rows = StandardScaler().fit_transform(FEATURES[:n].astype(np.float64))
    expected = PCA(4, whiten=bool(whiten), svd_solver="full").fit_transform(rows)
    if whiten:
        expected *= np.sqrt(n / (n - 1))  # here the variance has the divisor n
    transform = pca.fit(FEATURES[:n], parameters={"n_components": 4, "whiten": whiten}, seed=0)
    found = transform.apply(FEATURES[:n])
    np.testing.assert_allclose(found * np.sign(found[0]), expected * np.sign(expected[0]), atol=1e-3)


def test_there_are_no_more_components_than_rows_allow() -> None:
    assert pca.fit(FEATURES[:6], parameters={"n_components": 64}, seed=0).matrix.shape == (N_FEATURES, 5)


def test_components_of_many_rows_come_from_a_part(monkeypatch: pytest.MonkeyPatch) -> None:
    features = np.tile(FEATURES, (4, 1))
    whole = pca.fit(features, parameters={"n_components": 2}, seed=0)
    monkeypatch.setattr(pca, "MAX_ROWS", 400)
    part = pca.fit(features, parameters={"n_components": 2}, seed=0)
    overlap = np.abs(np.sum(part.matrix * whole.matrix, axis=0)) / np.sum(whole.matrix**2, axis=0)
    assert (overlap > 0.9).all()
    assert not np.array_equal(part.matrix, whole.matrix)

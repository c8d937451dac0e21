"""What every transform of the catalogue keeps to."""

from __future__ import annotations

import numpy as np
import pytest
from tests.blocks.blobs import N_FEATURES, assert_close, blobs, graph_bytes, run_graph

from apprenti.blocks.catalogue import TRANSFORMS
from apprenti.blocks.pipeline import fit_transform
from apprenti.domain.errors import BackboneError

pytestmark = pytest.mark.parametrize("name", TRANSFORMS)


def test_the_graph_gives_the_features_of_numpy(name: str) -> None:
    transform = fit_transform(name, blobs()[0], parameters={"n_components": 5}, seed=0)
    fresh, _ = blobs(50, seed=5)
    assert_close(run_graph(transform, fresh), transform.apply(fresh))


def test_each_row_is_transformed_by_itself(name: str) -> None:
    features, _ = blobs()
    transform = fit_transform(name, features, parameters={}, seed=0)
    assert_close(transform.apply(features[3:4]), transform.apply(features)[3:4], 1e-5)


@pytest.mark.parametrize("n", [1, 2, 5])
def test_few_rows_are_enough(name: str, n: int) -> None:
    features, _ = blobs(n, n_labels=min(n, 2))
    transform = fit_transform(name, features, parameters={}, seed=0)
    result = transform.apply(features)
    assert np.isfinite(result).all()
    assert result.shape[0] == n
    assert_close(run_graph(transform, features), result)


def test_constant_features_and_empty_rows_stay_finite(name: str) -> None:
    features, _ = blobs()
    features[:, 4] = 7.0
    features[5] = 0.0
    transform = fit_transform(name, features, parameters={}, seed=0)
    unusual = np.vstack([np.zeros(N_FEATURES), np.full(N_FEATURES, 1e4)]).astype(np.float32)
    for rows in (features, unusual):
        assert np.isfinite(transform.apply(rows)).all()
        assert np.isfinite(run_graph(transform, rows)).all()


def test_the_same_features_give_the_same_bytes(name: str) -> None:
    features, _ = blobs()
    first, second = (
        graph_bytes(fit_transform(name, features, parameters={}, seed=1), N_FEATURES) for _ in range(2)
    )
    assert first == second


def test_values_that_are_not_numbers_are_refused(name: str) -> None:
    features, _ = blobs()
    features[3, 2] = np.nan
    with pytest.raises(BackboneError, match="for 1 image;"):
        fit_transform(name, features, parameters={}, seed=0)


def test_the_features_given_are_left_as_they_are(name: str) -> None:
    features, _ = blobs()
    before = features.copy()
    fit_transform(name, features, parameters={}, seed=0).apply(features)
    np.testing.assert_array_equal(features, before)

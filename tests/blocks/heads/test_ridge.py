from __future__ import annotations

import numpy as np
import pytest
from tests.blocks.blobs import blobs

from apprenti.blocks.heads import ridge


@pytest.mark.parametrize("n", [60, 10])
def test_auto_takes_the_penalty_with_the_least_error_on_rows_left_out(n: int) -> None:
    features, labels = blobs(n, n_labels=2, spread=6)
    n_rows = len(features)

    def left_out_error(alpha: float) -> float:
        size = (
            np.sum(features.var(axis=0, dtype=np.float64)) * n_rows
        )  # the penalty of the whole, not of the rest
        total = 0.0
        for row in range(n_rows):
            rest = np.arange(n_rows) != row
            x, y = features[rest].astype(np.float64), 2.0 * labels[rest] - 1
            centred = x - x.mean(axis=0)
            penalty = alpha * size / features.shape[1] * np.eye(features.shape[1])
            weights = np.linalg.solve(centred.T @ centred + penalty, centred.T @ (y - y.mean()))
            score = (features[row] - x.mean(axis=0)) @ weights + y.mean()
            total += (score - (2.0 * labels[row] - 1)) ** 2
        return total

    best = min(ridge.ALPHAS, key=left_out_error)
    auto = ridge.fit(features, labels, n_labels=2, parameters={"alpha": "auto"}, seed=0)
    chosen = ridge.fit(features, labels, n_labels=2, parameters={"alpha": best}, seed=0)
    np.testing.assert_allclose(auto.weights, chosen.weights, rtol=1e-3, atol=1e-5)


def test_the_scale_of_the_features_does_not_matter() -> None:
    features, labels = blobs(spread=4)
    plain = ridge.fit(features, labels, n_labels=4, parameters={}, seed=0)
    louder = ridge.fit(features * 1000, labels, n_labels=4, parameters={}, seed=0)
    np.testing.assert_allclose(louder.logits(features * 1000), plain.logits(features), atol=1e-3)

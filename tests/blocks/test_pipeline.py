from __future__ import annotations

import numpy as np
import pytest
from tests.blocks.blobs import N_FEATURES, assert_close, blobs, graph_bytes, run_graph

from apprenti.blocks import pipeline
from apprenti.blocks.catalogue import HEADS, resolve
from apprenti.blocks.pipeline import fit_pipeline
from apprenti.domain.recipe import Canvas, Recipe


def a_recipe(transform: str, head: str, **parameters: float) -> Recipe:
    return Recipe(
        backbones=("x.v1",),
        canvas=Canvas(size_px=32),
        transform=transform,
        head=head,
        parameters=parameters,
    )


@pytest.mark.parametrize("transform", ["none.v1", "standardise.v1", "l2.v1", "power.v1", "pca.v1"])
@pytest.mark.parametrize("head", ["logistic.v1", "rbf_svm.v1", "knn.v1"])
def test_transform_and_head_are_one_graph(transform: str, head: str) -> None:
    features, labels = blobs()
    fitted = fit_pipeline(
        a_recipe(transform, head, C=0.1, n_components=5), features, labels, n_labels=4, seed=0
    )
    fresh, expected = blobs(60, seed=5)
    assert_close(run_graph(fitted, fresh), fitted.logits(fresh))
    assert (fitted.logits(fresh).argmax(axis=1) == expected).mean() > 0.8


def test_rows_past_the_memory_bound_are_left_out_but_no_class_is(monkeypatch: pytest.MonkeyPatch) -> None:
    features, labels = blobs(400)
    labels[labels == 3] = 0
    labels[7] = 3
    monkeypatch.setattr(pipeline, "MAX_FIT_BYTES", 50 * 4 * N_FEATURES)
    seen = []

    def spy(rows: np.ndarray, names: np.ndarray, **_: object) -> object:
        seen.append(names)
        return resolve("centroid.v1")(rows, names, n_labels=4, parameters={}, seed=0)

    monkeypatch.setattr(pipeline, "resolve", lambda name: spy if name in HEADS else resolve(name))
    fit_pipeline(a_recipe("none.v1", "centroid.v1"), features, labels, n_labels=4, seed=0)
    assert len(seen[0]) <= 52
    assert set(seen[0]) == {0, 1, 2, 3}


@pytest.mark.parametrize("transform", ["none.v1", "power.v1", "pca.v1"])
def test_features_past_the_memory_bound_are_left_as_they_are(
    transform: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    features, labels = blobs(400)
    before = features.copy()
    monkeypatch.setattr(pipeline, "MAX_FIT_BYTES", 100 * 4 * N_FEATURES)
    fitted = fit_pipeline(a_recipe(transform, "ridge.v1"), features, labels, n_labels=4, seed=0)
    np.testing.assert_array_equal(features, before)
    assert (fitted.logits(features).argmax(axis=1) == labels).mean() > 0.8


def test_no_rows_give_no_logits() -> None:
    fitted = fit_pipeline(a_recipe("standardise.v1", "ridge.v1"), *blobs(), n_labels=4, seed=0)
    assert fitted.logits(np.zeros((0, N_FEATURES), np.float32)).shape == (0, 4)


def test_the_number_of_cores_does_not_change_the_bytes() -> None:
    from threadpoolctl import threadpool_limits

    rng = np.random.default_rng(0)
    features = rng.normal(0, 1, (700, 300)).astype(np.float32)
    labels = rng.integers(0, 3, 700)
    found = []
    for n_threads in (1, 2):
        with threadpool_limits(n_threads):
            fitted = fit_pipeline(a_recipe("pca.v1", "logistic.v1"), features, labels, n_labels=3, seed=0)
            found.append(graph_bytes(fitted, 300))
    assert found[0] == found[1]

"""What every head of the catalogue keeps to."""

from __future__ import annotations

import numpy as np
import pytest
from tests.blocks.blobs import N_FEATURES, assert_close, blobs, graph_bytes, run_graph

from apprenti.blocks.catalogue import HEADS
from apprenti.blocks.heads.placement import Head
from apprenti.blocks.pipeline import fit_head
from apprenti.domain.errors import BackboneError, OptionError

EVERY_HEAD = pytest.mark.parametrize("name", HEADS)

DRAWN_CLASS_BY_CLASS = ("tree.v1", "forest.v1", "mlp.v1")
"""Heads whose random numbers go to the classes in their order."""

WRONG = (
    ("logistic.v1", "C", 0),
    ("ridge.v1", "alpha", "much"),
    ("linear_svm.v1", "C", "x"),
    ("rbf_svm.v1", "gamma", -1),
    ("lda.v1", "shrinkage", 2),
    ("knn.v1", "metric", "taxi"),
    ("naive_bayes.v1", "smoothing", 0),
    ("tree.v1", "max_depth", 0),
    ("forest.v1", "n_trees", 0.5),
    ("boosting.v1", "learning_rate", float("nan")),
    ("mlp.v1", "n_hidden", 0),
)

QUICK = {"n_trees": 10, "n_rounds": 10, "n_epochs": 5, "n_hidden": 16}


def fitted(
    name: str,
    features: np.ndarray,
    labels: np.ndarray,
    n_labels: int,
    seed: int = 0,
    **parameters: str | float,
) -> Head:
    return fit_head(
        name, features, labels, n_labels=n_labels, parameters={**QUICK, "C": 0.1, **parameters}, seed=seed
    )


@EVERY_HEAD
def test_the_graph_gives_the_logits_of_numpy(name: str) -> None:
    head = fitted(name, *blobs(), 4)
    fresh, _ = blobs(50, seed=5)
    assert_close(run_graph(head, fresh), head.logits(fresh))


@EVERY_HEAD
def test_logits_are_finite_float32_one_per_class(name: str) -> None:
    head = fitted(name, *blobs(), 4)
    for rows in (blobs(7)[0], blobs(1)[0], 1000 * blobs(3)[0], np.zeros((2, N_FEATURES), np.float32)):
        logits = head.logits(rows)
        assert logits.shape == (len(rows), 4)
        assert logits.dtype == np.float32
        assert np.isfinite(logits).all()


@EVERY_HEAD
def test_an_easy_problem_is_learnt(name: str) -> None:
    head = fitted(name, *blobs(), 4)
    fresh, labels = blobs(200, seed=5)
    assert (head.logits(fresh).argmax(axis=1) == labels).mean() > 0.8


@EVERY_HEAD
def test_two_classes_have_two_columns(name: str) -> None:
    head = fitted(name, *blobs(60, n_labels=2), 2)
    fresh, labels = blobs(60, n_labels=2, seed=5)
    logits = head.logits(fresh)
    assert logits.shape == (60, 2)
    assert (logits.argmax(axis=1) == labels).mean() > 0.85
    assert_close(run_graph(head, fresh), logits)


@EVERY_HEAD
@pytest.mark.parametrize("absent", [0, 2, 4])
def test_a_class_without_rows_is_clearly_the_lowest(name: str, absent: int) -> None:
    features, labels = blobs()
    names = np.delete(np.arange(5), absent)
    head = fitted(name, features, names[labels], 5)
    logits = head.logits(features)
    others = np.delete(logits, absent, axis=1)
    assert (logits[:, absent] < others.min(axis=1) - 5).all()
    assert np.isfinite(logits).all()
    np.testing.assert_array_equal(others, fitted(name, features, labels, 4).logits(features))
    assert_close(run_graph(head, features), logits)


@EVERY_HEAD
def test_a_single_class_is_always_answered(name: str) -> None:
    features, _ = blobs(6)
    head = fitted(name, features, np.full(6, 1), 3)
    assert (head.logits(features).argmax(axis=1) == 1).all()
    assert_close(run_graph(head, features), head.logits(features))


@EVERY_HEAD
def test_one_row_per_class_is_enough_to_answer(name: str) -> None:
    features, labels = blobs(3, n_labels=3, spread=0.1)
    logits = fitted(name, features, labels, 3).logits(features)
    assert logits.shape == (3, 3)
    assert np.isfinite(logits).all()
    if name not in ("tree.v1", "forest.v1", "boosting.v1"):  # a tree has to leave rows on both sides of a cut
        assert (logits.argmax(axis=1) == labels).all()


@EVERY_HEAD
def test_rows_that_are_all_alike_are_survived(name: str) -> None:
    features = np.ones((12, N_FEATURES), np.float32)
    logits = fitted(name, features, np.arange(12) % 3, 3).logits(features)
    assert np.isfinite(logits).all()


@EVERY_HEAD
def test_more_features_than_rows_are_no_obstacle(name: str) -> None:
    rng = np.random.default_rng(0)
    labels = np.arange(24, dtype=np.int64) % 3
    features = (rng.normal(0, 1, (24, 60)) + 2 * labels[:, np.newaxis]).astype(np.float32)
    head = fitted(name, features, labels, 3)
    assert np.isfinite(head.logits(features)).all()
    assert_close(run_graph(head, features), head.logits(features))


@pytest.mark.parametrize("name", [name for name in HEADS if name not in DRAWN_CLASS_BY_CLASS])
def test_renaming_the_classes_renames_the_columns(name: str) -> None:
    features, labels = blobs()
    renamed = np.array([2, 0, 3, 1])
    plain = fitted(name, features, labels, 4).logits(features)
    turned = fitted(name, features, renamed[labels], 4).logits(features)
    np.testing.assert_allclose(turned[:, renamed], plain, rtol=2e-2, atol=2e-2 * np.abs(plain).max())


@EVERY_HEAD
def test_the_same_seed_gives_the_same_bytes(name: str) -> None:
    features, labels = blobs()
    first, second = (graph_bytes(fitted(name, features, labels, 4, seed=3), N_FEATURES) for _ in range(2))
    assert first == second


@EVERY_HEAD
def test_values_that_are_not_numbers_are_refused_with_their_count(name: str) -> None:
    features, labels = blobs()
    features[3, 2], features[7, 0] = np.nan, np.inf
    with pytest.raises(BackboneError, match="for 2 images"):
        fitted(name, features, labels, 4)


@pytest.mark.parametrize(("name", "setting", "value"), WRONG)
def test_a_setting_out_of_its_range_is_refused_by_name(name: str, setting: str, value: str | float) -> None:
    with pytest.raises(OptionError, match=f"parameter {setting} cannot be"):
        fitted(name, *blobs(), 4, **{setting: value})


@EVERY_HEAD
def test_the_features_given_are_left_as_they_are(name: str) -> None:
    features, labels = blobs()
    before = features.copy()
    head = fitted(name, features, labels, 4)
    head.logits(features)
    np.testing.assert_array_equal(features, before)

"""Heads with an estimator of scikit-learn behind them, or beside them, say what it says."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.kernel_ridge import KernelRidge
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier, NearestCentroid
from sklearn.neural_network import MLPClassifier
from sklearn.svm import SVC, LinearSVC
from sklearn.tree import DecisionTreeClassifier
from tests.blocks.blobs import N_FEATURES, blobs

from apprenti.blocks.calibration import softmax
from apprenti.blocks.heads.placement import Head
from apprenti.blocks.heads.ridge import LOGIT_SCALE
from apprenti.blocks.pipeline import fit_head

TWO_OR_FOUR = pytest.mark.parametrize("n_labels", [2, 4])
FRESH, _ = blobs(60, spread=2, seed=5)


def overlapping(n_labels: int) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    return blobs(200, n_labels=n_labels, spread=4)


def fitted(name: str, n_labels: int, **parameters: float | str) -> Head:
    return fit_head(name, *overlapping(n_labels), n_labels=n_labels, parameters=parameters, seed=0)


@TWO_OR_FOUR
def test_logistic_regression_has_the_probabilities_of_scikit_learn(n_labels: int) -> None:
    expected = (
        LogisticRegression(C=0.1, tol=1e-8, max_iter=5000).fit(*overlapping(n_labels)).predict_proba(FRESH)
    )
    np.testing.assert_allclose(
        softmax(fitted("logistic.v1", n_labels, C=0.1).logits(FRESH)), expected, atol=0.02
    )


@TWO_OR_FOUR
@pytest.mark.parametrize("n", [200, 8])
def test_ridge_has_the_scores_of_scikit_learn(n_labels: int, n: int) -> None:
    features, labels = (rows[:n] for rows in overlapping(n_labels))
    alpha = 0.7 * float(np.sum(features.var(axis=0, dtype=np.float64)) * n) / N_FEATURES
    expected = Ridge(alpha=alpha).fit(features.astype(np.float64), 2 * np.eye(n_labels)[labels] - 1)
    head = fit_head("ridge.v1", features, labels, n_labels=n_labels, parameters={"alpha": 0.7}, seed=0)
    np.testing.assert_allclose(head.logits(FRESH) / 5, expected.predict(FRESH), atol=1e-4)


@TWO_OR_FOUR
def test_a_linear_svm_is_that_of_liblinear(n_labels: int) -> None:
    features, labels = overlapping(n_labels)
    # a large scale of liblinear's intercept column leaves the intercept without penalty, as here
    machine = LinearSVC(C=0.01, dual=False, tol=1e-8, intercept_scaling=100, max_iter=5000).fit(
        features, labels
    )
    expected = machine.decision_function(FRESH)
    expected = np.stack([-expected, expected], axis=1) if n_labels == 2 else expected
    np.testing.assert_allclose(
        fitted("linear_svm.v1", n_labels, C=0.01).logits(FRESH) / 3, expected, atol=0.01
    )


@TWO_OR_FOUR
def test_an_rbf_svm_has_the_margins_of_libsvm_for_each_class_against_the_rest(n_labels: int) -> None:
    features, labels = overlapping(n_labels)
    distances = np.sum((features[:, None] - features[None]) ** 2, axis=2)[~np.eye(200, dtype=bool)]
    gamma = 1.5 / np.median(distances)
    expected = [
        SVC(C=2.0, gamma=gamma).fit(features, labels == label).decision_function(FRESH)
        for label in range(n_labels)
    ]
    found = fitted("rbf_svm.v1", n_labels, C=2.0, gamma=1.5).logits(FRESH)
    np.testing.assert_allclose(found, np.stack(expected, axis=1), atol=0.01)


@TWO_OR_FOUR
def test_kernel_ridge_is_that_of_scikit_learn(n_labels: int) -> None:
    features, labels = overlapping(n_labels)
    distances = np.sum((features[:, None] - features[None]) ** 2, axis=2)[~np.eye(200, dtype=bool)]
    targets = 2 * np.eye(n_labels)[labels] - 1
    machine = KernelRidge(alpha=0.1, kernel="rbf", gamma=1.5 / np.median(distances))
    expected = machine.fit(features, targets - targets.mean(axis=0)).predict(FRESH) + targets.mean(axis=0)
    found = fitted("kernel_ridge.v1", n_labels, alpha=0.1, gamma=1.5).logits(FRESH)
    np.testing.assert_allclose(found / LOGIT_SCALE, expected, atol=0.01)


@TWO_OR_FOUR
@pytest.mark.parametrize("shrinkage", [0.2, 1.0])
def test_discriminant_analysis_has_the_probabilities_of_scikit_learn(n_labels: int, shrinkage: float) -> None:
    expected = LinearDiscriminantAnalysis(solver="lsqr", shrinkage=shrinkage).fit(*overlapping(n_labels))
    found = softmax(fitted("lda.v1", n_labels, shrinkage=shrinkage).logits(FRESH))
    np.testing.assert_allclose(found, expected.predict_proba(FRESH), atol=1e-3)


@pytest.mark.parametrize("metric", ["euclid", "cosine"])
def test_neighbours_vote_as_in_scikit_learn(metric: str) -> None:
    features, labels = overlapping(4)
    centre = features.mean(axis=0)
    size = np.sqrt(np.mean(np.sum((features - centre) ** 2, axis=1)))

    def seen(rows: NDArray[np.float32]) -> NDArray[np.float32]:
        rows = rows - centre
        return rows / (size if metric == "euclid" else np.linalg.norm(rows, axis=1, keepdims=True))

    classifier = KNeighborsClassifier(7, weights=lambda distances: 1 / (distances**2 + 0.01))
    expected = classifier.fit(seen(features), labels).predict_proba(seen(FRESH))
    found = np.exp(fitted("knn.v1", 4, k=7, metric=metric).logits(FRESH)) - 0.1 / 7
    np.testing.assert_allclose(found, expected, atol=2e-3)


@TWO_OR_FOUR
def test_the_nearest_centroid_wins(n_labels: int) -> None:
    expected = NearestCentroid().fit(*overlapping(n_labels)).predict(FRESH)
    np.testing.assert_array_equal(fitted("centroid.v1", n_labels).logits(FRESH).argmax(axis=1), expected)


@TWO_OR_FOUR
def test_naive_bayes_has_the_likelihoods_of_scikit_learn(n_labels: int) -> None:
    expected = GaussianNB(var_smoothing=0.05).fit(*overlapping(n_labels)).predict_proba(FRESH)
    logits = fitted("naive_bayes.v1", n_labels, smoothing=0.05).logits(FRESH)
    np.testing.assert_allclose(softmax(logits * np.sqrt(N_FEATURES)), expected, atol=1e-4)


@TWO_OR_FOUR
def test_a_tree_has_the_shares_of_scikit_learn(n_labels: int) -> None:
    tree = DecisionTreeClassifier(max_depth=4, min_samples_leaf=3, random_state=0)
    expected = tree.fit(*overlapping(n_labels)).predict_proba(FRESH)
    np.testing.assert_allclose(
        np.exp(fitted("tree.v1", n_labels, max_depth=4).logits(FRESH)) - 0.01, expected, atol=1e-5
    )


@TWO_OR_FOUR
def test_a_forest_has_the_shares_of_scikit_learn(n_labels: int) -> None:
    forest = RandomForestClassifier(8, max_depth=20, random_state=0).fit(*overlapping(n_labels))
    found = np.exp(fitted("forest.v1", n_labels, n_trees=8).logits(FRESH)) - 0.2 / 8
    np.testing.assert_allclose(found, forest.predict_proba(FRESH), atol=1e-5)


@TWO_OR_FOUR
def test_boosting_has_the_probabilities_of_scikit_learn(n_labels: int) -> None:
    expected = HistGradientBoostingClassifier(
        max_iter=8,
        max_leaf_nodes=15,
        min_samples_leaf=min(20, 200 // (4 * n_labels)),
        l2_regularization=1.0,
        early_stopping=False,
        random_state=0,
    )
    expected.fit(*overlapping(n_labels))
    found = softmax(fitted("boosting.v1", n_labels, n_rounds=8).logits(FRESH))
    np.testing.assert_allclose(found, expected.predict_proba(FRESH), atol=1e-5)


@TWO_OR_FOUR
@pytest.mark.filterwarnings("ignore:Stochastic Optimizer")
def test_a_perceptron_has_the_probabilities_of_scikit_learn(n_labels: int) -> None:
    network = MLPClassifier((16,), alpha=0.001, batch_size=128, max_iter=192, random_state=0)
    expected = network.fit(*overlapping(n_labels)).predict_proba(FRESH)
    found = softmax(fitted("mlp.v1", n_labels, n_hidden=16, n_epochs=192).logits(FRESH))
    np.testing.assert_allclose(found, expected, atol=1e-3)

"""Gradient boosting on binned features: small trees, each correcting the sum of those before it."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from apprenti.blocks.heads.tree_ensemble import Tree, TreeEnsemble, ensemble
from apprenti.blocks.parameters import Parameters, number, whole


def fit(
    features: NDArray[np.float32],
    labels: NDArray[np.int64],
    *,
    n_labels: int,
    parameters: Parameters,
    seed: int,
) -> TreeEnsemble:
    """Fit scikit-learn's histogram boosting, without early stopping: no rows to spare.

    Its time grows with features x classes: best behind ``pca.v1``.

    Args:
        features: [n, d] float32.
        labels: [n] int64, 0..n_labels-1, each at least once.
        n_labels: K.
        parameters: ``n_rounds`` (60), one tree per class each; ``learning_rate`` (0.1); ``max_leaves`` (15).
        seed: which rows the bins are made from, past 200,000.
    """
    from sklearn.ensemble import HistGradientBoostingClassifier

    estimator = HistGradientBoostingClassifier(
        max_iter=whole(parameters, "n_rounds", 60),
        learning_rate=number(parameters, "learning_rate", 0.1, above=0),
        max_leaf_nodes=whole(parameters, "max_leaves", 15, at_least=2),
        min_samples_leaf=min(20, max(1, len(labels) // (4 * n_labels))),
        l2_regularization=1.0,
        early_stopping=False,
        random_state=seed,
    )
    estimator.fit(features, labels)
    halves = np.array([[-0.5, 0.5]]) if n_labels == 2 else None  # two classes share one tree
    trees = [
        _flat(tree.nodes, halves if halves is not None else np.eye(n_labels)[[label]])
        for round_of_trees in estimator._predictors
        for label, tree in enumerate(round_of_trees)
    ]
    baseline = np.ravel(estimator._baseline_prediction)[:, np.newaxis]
    base = (baseline @ halves)[0] if halves is not None else baseline[:, 0]
    return ensemble(trees, base, depth=max(int(tree.threshold.size) for tree in trees))


def _flat(nodes: NDArray[Any], to_classes: NDArray[np.float64]) -> Tree:
    """Return the nodes of one tree as arrays; ``to_classes`` [1, K] spreads its value over the classes."""
    return Tree(
        is_leaf=nodes["is_leaf"].astype(bool),
        feature=nodes["feature_idx"],
        threshold=nodes["num_threshold"],
        left=nodes["left"],
        right=nodes["right"],
        value=nodes["value"][:, np.newaxis] * to_classes,
    )

"""One decision tree: the weakest head, and the only one a person can read."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from apprenti.blocks.heads.tree_ensemble import Tree, TreeEnsemble, ensemble
from apprenti.blocks.parameters import Parameters, whole


def fit(
    features: NDArray[np.float32],
    labels: NDArray[np.int64],
    *,
    n_labels: int,
    parameters: Parameters,
    seed: int,
) -> TreeEnsemble:
    """Fit scikit-learn's tree.

    Args:
        features: [n, d] float32.
        labels: [n] int64, 0..n_labels-1, each at least once.
        n_labels: K.
        parameters: ``max_depth`` (10); ``min_leaf`` (3), rows in a leaf, fewer where there are few rows.
        seed: breaks ties between equally good features.
    """
    from sklearn.tree import DecisionTreeClassifier

    estimator = DecisionTreeClassifier(
        max_depth=whole(parameters, "max_depth", 10),
        min_samples_leaf=min(whole(parameters, "min_leaf", 3), max(1, len(labels) // (4 * n_labels))),
        random_state=seed,
    )
    estimator.fit(features, labels)
    tree = estimator.tree_
    return ensemble([flat(tree)], np.zeros(n_labels), depth=tree.max_depth, doubt=0.01)


def flat(tree: Any, *, share: float = 1.0) -> Tree:
    """Return a fitted ``sklearn.tree._tree.Tree`` as arrays, its class shares multiplied by ``share``."""
    value = tree.value[:, 0, :]
    return Tree(
        is_leaf=tree.children_left < 0,
        feature=tree.feature,
        threshold=tree.threshold,
        left=tree.children_left,
        right=tree.children_right,
        value=share * value / value.sum(axis=1, keepdims=True),
    )

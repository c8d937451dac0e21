"""Random forest: many trees on resampled rows and features, their class shares averaged."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from apprenti.blocks.heads.tree import flat
from apprenti.blocks.heads.tree_ensemble import TreeEnsemble, ensemble
from apprenti.blocks.parameters import Parameters, whole
from apprenti.blocks.sampling import sample_by_label

MAX_ROWS = 20_000
"""Deep trees grow with the rows, and so would the model file."""


def fit(
    features: NDArray[np.float32],
    labels: NDArray[np.int64],
    *,
    n_labels: int,
    parameters: Parameters,
    seed: int,
) -> TreeEnsemble:
    """Fit scikit-learn's forest on one thread; past ``MAX_ROWS`` on a part of the rows.

    Args:
        features: [n, d] float32.
        labels: [n] int64, 0..n_labels-1, each at least once.
        n_labels: K.
        parameters: ``n_trees`` (100); ``max_depth`` (20).
        seed: of the resampling.
    """
    from sklearn.ensemble import RandomForestClassifier

    n_trees = whole(parameters, "n_trees", 100)
    estimator = RandomForestClassifier(
        n_estimators=n_trees, max_depth=whole(parameters, "max_depth", 20), n_jobs=1, random_state=seed
    )
    kept = sample_by_label(labels, MAX_ROWS, seed=seed)
    estimator.fit(features[kept], labels[kept])
    trees = [member.tree_ for member in estimator.estimators_]
    return ensemble(
        [flat(tree, share=1 / n_trees) for tree in trees],
        np.zeros(n_labels),
        depth=max(tree.max_depth for tree in trees),
        doubt=0.2 / n_trees,
    )

"""Support vector machine with a Gaussian (RBF) kernel, each class against the rest.

One against one, as libsvm does it, ends in votes, which cannot be calibrated; summing its margins instead cost
1 to 4 points on four data sets. Against the rest the margins are logits as they are, within a point of the votes.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from apprenti.blocks.heads.kernel_machine import MAX_ROWS, KernelMachine, gaussian_kernel
from apprenti.blocks.heads.references import References
from apprenti.blocks.parameters import Parameters, number
from apprenti.blocks.sampling import sample_by_label


def fit(
    features: NDArray[np.float32],
    labels: NDArray[np.int64],
    *,
    n_labels: int,
    parameters: Parameters,
    seed: int,
) -> KernelMachine:
    """Fit scikit-learn's SVC once a class, on one kernel computed beforehand; past ``MAX_ROWS`` on a part of the rows.

    Args:
        features: [n, d] float32.
        labels: [n] int64, 0..n_labels-1, each at least once.
        n_labels: K.
        parameters: ``C`` (3.0); ``gamma`` (1.0), in units of 1 / median squared distance between rows
            (scikit-learn's "scale" is about 2 in these units).
        seed: which rows are used.
    """
    from sklearn.svm import SVC

    c, relative = number(parameters, "C", 3.0, above=0), number(parameters, "gamma", 1.0, above=0)
    kept = sample_by_label(labels, MAX_ROWS, seed=seed)
    references, gamma, kernel = gaussian_kernel(features[kept], relative)
    weights, biases = np.zeros((len(kept), n_labels)), np.zeros(n_labels)
    for label in range(n_labels):
        machine = SVC(C=c, kernel="precomputed", cache_size=200).fit(kernel, labels[kept] == label)
        weights[machine.support_, label] = machine.dual_coef_[0]
        biases[label] = machine.intercept_[0]
    used = np.flatnonzero(weights.any(axis=1))
    support = References(centre=references.centre, scale=references.scale, rows=references.rows[used])
    return KernelMachine(
        references=support,
        gamma=gamma,
        weights=weights[used].astype(np.float32),
        biases=biases.astype(np.float32),
    )

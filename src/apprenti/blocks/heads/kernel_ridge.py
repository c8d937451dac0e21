"""Least squares with a Gaussian (RBF) kernel: a curved border from one closed form, all classes at once.

Source: J. Suykens, J. Vandewalle, "Least squares support vector machine classifiers", 1999.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from apprenti.blocks.gram import solve_from_gram
from apprenti.blocks.heads.kernel_machine import MAX_ROWS, KernelMachine, gaussian_kernel
from apprenti.blocks.heads.ridge import LOGIT_SCALE
from apprenti.blocks.parameters import Parameters, number
from apprenti.blocks.sampling import sample_by_label, sample_rows


def fit(
    features: NDArray[np.float32],
    labels: NDArray[np.int64],
    *,
    n_labels: int,
    parameters: Parameters,
    seed: int,
) -> KernelMachine:
    """Solve ``(K + alpha · I) W = Y`` for centred targets Y; past ``MAX_ROWS`` on a part of the rows.

    Args:
        features: [n, d] float32.
        labels: [n] int64, 0..n_labels-1, each at least once.
        n_labels: K.
        parameters: ``alpha`` (0.03), the penalty, beside a kernel whose diagonal is 1; ``gamma`` (1.0), in units
            of 1 / median squared distance between rows.
        seed: which rows are used.
    """
    alpha, relative = number(parameters, "alpha", 0.03, above=0), number(parameters, "gamma", 1.0, above=0)
    kept = sample_by_label(labels, MAX_ROWS, seed=seed)
    references, gamma, kernel = gaussian_kernel(features[kept], relative)
    shares = np.bincount(labels[kept], minlength=n_labels) / len(kept)
    targets = 2 * (np.eye(n_labels)[labels[kept]] - shares)
    weights = solve_from_gram(kernel, alpha, targets)
    return KernelMachine(
        references=references,
        gamma=gamma,
        weights=(weights * LOGIT_SCALE).astype(np.float32),
        biases=((2 * shares - 1) * LOGIT_SCALE).astype(np.float32),
    )


def fit_targets(
    features: NDArray[np.float32], targets: NDArray[np.float32], *, parameters: Parameters, seed: int
) -> KernelMachine:
    """Solve the same equations towards any targets.

    Args:
        features: [n, d] float32.
        targets: [n, m] float32, one column for each output.
        parameters: ``alpha`` and ``gamma``, as of ``fit``.
        seed: which rows are used.
    """
    alpha, relative = number(parameters, "alpha", 0.03, above=0), number(parameters, "gamma", 1.0, above=0)
    kept = sample_rows(len(features), MAX_ROWS, seed=seed)
    references, gamma, kernel = gaussian_kernel(features[kept], relative)
    centre = targets[kept].mean(axis=0, dtype=np.float64)
    weights = solve_from_gram(kernel, alpha, targets[kept] - centre)
    return KernelMachine(
        references=references,
        gamma=gamma,
        weights=weights.astype(np.float32),
        biases=centre.astype(np.float32),
    )

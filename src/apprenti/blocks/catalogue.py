"""Every transform and head by its versioned name; a new one is a file, a line here, contract checks."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

from apprenti.blocks.answering.protocol import Loss
from apprenti.domain.errors import OptionError

TRANSFORMS: dict[str, str] = {
    "none.v1": "apprenti.blocks.transforms.none:fit",
    "standardise.v1": "apprenti.blocks.transforms.standardise:fit",
    "l2.v1": "apprenti.blocks.transforms.l2:fit",
    "power.v1": "apprenti.blocks.transforms.power:fit",
    "pca.v1": "apprenti.blocks.transforms.pca:fit",
    "power_pca.v1": "apprenti.blocks.transforms.power_pca:fit",
}

HEADS: dict[str, str] = {
    "logistic.v1": "apprenti.blocks.heads.logistic:fit",
    "ridge.v1": "apprenti.blocks.heads.ridge:fit",
    "linear_svm.v1": "apprenti.blocks.heads.linear_svm:fit",
    "rbf_svm.v1": "apprenti.blocks.heads.rbf_svm:fit",
    "kernel_ridge.v1": "apprenti.blocks.heads.kernel_ridge:fit",
    "lda.v1": "apprenti.blocks.heads.lda:fit",
    "knn.v1": "apprenti.blocks.heads.knn:fit",
    "centroid.v1": "apprenti.blocks.heads.centroid:fit",
    "naive_bayes.v1": "apprenti.blocks.heads.naive_bayes:fit",
    "tree.v1": "apprenti.blocks.heads.tree:fit",
    "forest.v1": "apprenti.blocks.heads.forest:fit",
    "boosting.v1": "apprenti.blocks.heads.boosting:fit",
    "mlp.v1": "apprenti.blocks.heads.mlp:fit",
}

BLOCKS: dict[str, str] = TRANSFORMS | HEADS

SERVES: dict[Loss, tuple[str, ...]] = {
    "cross_entropy": tuple(HEADS),
    "binary_cross_entropy": ("logistic.v1", "ridge.v1", "kernel_ridge.v1"),
    "squared_error": ("ridge.v1", "kernel_ridge.v1", "knn.v1"),
}
"""Which heads can be fitted for which loss."""

TARGET_FITS: dict[str, str] = {
    "ridge.v1": "apprenti.blocks.heads.ridge:fit_targets",
    "kernel_ridge.v1": "apprenti.blocks.heads.kernel_ridge:fit_targets",
    "knn.v1": "apprenti.blocks.heads.knn:fit_targets",
}
"""What fits a head to columns of any numbers; the settings are those of the head."""

LABEL_FITS: dict[str, str] = {"logistic.v1": "apprenti.blocks.heads.logistic:fit_labels"}
"""What fits a head to columns of 0 and 1 where that is not the same thing."""


def resolve(name: str) -> Callable[..., Any]:
    """Return the ``fit`` function of the block ``name``; its module is imported now, not before.

    Raises:
        OptionError: no block has that name.

    Example:
        >>> resolve("none.v1").__module__
        'apprenti.blocks.transforms.none'
    """
    return _imported(name, BLOCKS)


def resolve_for(name: str, loss: Loss) -> tuple[Callable[..., Any], bool]:
    """Return the function that fits the head ``name`` to targets that are no classes.

    Returns:
        The function, and whether it takes targets of 0 and 1 as they are; others fit any numbers by least squares.

    Raises:
        OptionError: no head of that name serves this loss.
    """
    if name not in SERVES[loss]:
        raise OptionError("unknown_block", name=name, known=", ".join(SERVES[loss]))
    knows_labels = loss == "binary_cross_entropy" and name in LABEL_FITS
    return _imported(name, LABEL_FITS if knows_labels else TARGET_FITS), knows_labels


def _imported(name: str, catalogue: dict[str, str]) -> Callable[..., Any]:
    if name not in catalogue:
        raise OptionError("unknown_block", name=name, known=", ".join(catalogue))
    module, _, function = catalogue[name].partition(":")
    found: Callable[..., Any] = getattr(import_module(module), function)
    return found

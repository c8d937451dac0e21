"""Every transform and head by its versioned name; a new one is a file, a line here, contract checks."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

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


def resolve(name: str) -> Callable[..., Any]:
    """Return the ``fit`` function of the block ``name``; its module is imported now, not before.

    Raises:
        OptionError: no block has that name.

    Example:
        >>> resolve("none.v1").__module__
        'apprenti.blocks.transforms.none'
    """
    if name not in BLOCKS:
        raise OptionError("unknown_block", name=name, known=", ".join(BLOCKS))
    module, _, function = BLOCKS[name].partition(":")
    found: Callable[..., Any] = getattr(import_module(module), function)
    return found

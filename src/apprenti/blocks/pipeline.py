"""A transform and a head fitted together: from features to one logit per class or label, or to a number.

All of it happens on one thread: sums then have one order, and the same data, seed and versions give the same
bytes on a machine with any number of cores.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from apprenti.blocks.answering import Array, answering_of
from apprenti.blocks.catalogue import resolve
from apprenti.blocks.gram import blocks
from apprenti.blocks.heads.linear import Linear
from apprenti.blocks.heads.own import OWN, own_head
from apprenti.blocks.heads.placement import Head, placed
from apprenti.blocks.parameters import Parameters
from apprenti.blocks.target_heads import fit_target_head
from apprenti.blocks.threads import one_thread
from apprenti.domain.dataset import TaskType
from apprenti.domain.errors import BackboneError
from apprenti.domain.recipe import Recipe

if TYPE_CHECKING:
    from apprenti.blocks.graph import GraphBuilder

MAX_FIT_BYTES = 256 * 2**20
"""Features past this (52,000 rows of 1,280) are fitted on a part of the rows: memory stays bounded."""


class Transform(Protocol):
    """What every fitted transform can do."""

    def apply(self, features: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the transformed features, [n, d'] float32, of ``features`` [n, d] float32."""
        ...

    def add_to(self, graph: GraphBuilder, features: str) -> str:
        """Add the same computation to ``graph`` and return the tensor with the transformed features."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Pipeline:
    """A fitted transform followed by a fitted head."""

    transform: Transform
    head: Head

    def logits(self, features: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the logits of ``features`` [n, d] float32, [n, K] float32, in memory for a block of rows."""
        with one_thread():
            parts = [self.head.logits(self.transform.apply(features[rows])) for rows in blocks(len(features))]
        return np.concatenate(parts) if parts else self.head.logits(self.transform.apply(features))

    def add_to(self, graph: GraphBuilder, features: str) -> str:
        """Add the nodes of both and return the tensor with the logits."""
        return self.head.add_to(graph, self.transform.add_to(graph, features))


def fit_pipeline(
    recipe: Recipe,
    features: NDArray[np.float32],
    labels: Array,
    *,
    n_labels: int,
    seed: int,
    task_type: TaskType = TaskType.MULTI_CLASS,
) -> Pipeline:
    """Fit the transform of ``recipe``, then its head on what comes out.

    Past ``MAX_FIT_BYTES`` of features a part of the rows is used, every class in its share.

    Args:
        recipe: names the transform, the head, and the parameters of both.
        features: [n, d] float32, n at least 1, finite.
        labels: [n] int64, 0..n_labels-1; a class may have no row. Of another task its targets, see ``answering.Array``.
        n_labels: K; 1 for a number.
        seed: of everything random in the fit.
        task_type: what is to be told.

    Raises:
        BackboneError: a feature is not a finite number.
        OptionError: no such block for this task, or a parameter out of its range.
    """
    answering = answering_of(task_type)
    n_rows = max(1, MAX_FIT_BYTES // (4 * features.shape[1]))
    too_many = len(features) > n_rows
    if too_many:
        rows = answering.sample(labels, n_rows, seed=seed)
        features, labels = features[rows], labels[rows]
    transform = fit_transform(recipe.transform, features, parameters=recipe.parameters, seed=seed)
    transformed = _in_place(transform, features) if too_many else transform.apply(features)
    settings = recipe.parameters
    if recipe.head == OWN:
        return Pipeline(transform=transform, head=own_head(transformed.shape[1], n_labels))
    if answering.loss == "cross_entropy":
        head = fit_head(recipe.head, transformed, labels, n_labels=n_labels, parameters=settings, seed=seed)
    else:
        require_finite(transformed)
        head = fit_target_head(
            recipe.head, transformed, labels, loss=answering.loss, parameters=settings, seed=seed
        )
    return Pipeline(transform=transform, head=head)


def _in_place(transform: Transform, features: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the transformed features, written over ``features`` where they have the same width."""
    width = transform.apply(features[:1]).shape[1]
    result = features if width == features.shape[1] else np.empty((len(features), width), np.float32)
    for rows in blocks(len(features)):
        result[rows] = transform.apply(features[rows])
    return result


def fit_transform(
    name: str, features: NDArray[np.float32], *, parameters: Parameters, seed: int
) -> Transform:
    """Fit the transform ``name`` on ``features`` [n, d] float32; raises as ``fit_pipeline``."""
    require_finite(features)
    with one_thread():
        transform: Transform = resolve(name)(features, parameters=parameters, seed=seed)
    return transform


def fit_head(
    name: str,
    features: NDArray[np.float32],
    labels: NDArray[np.int64],
    *,
    n_labels: int,
    parameters: Parameters,
    seed: int,
) -> Head:
    """Fit the head ``name``; arguments and errors as in ``fit_pipeline``.

    A class without a row gets a logit clearly below all others. A single class gets logit 0.
    """
    require_finite(features)
    present, dense = np.unique(labels, return_inverse=True)
    if len(present) == 1:
        flat = Linear(weights=np.zeros((features.shape[1], 1), np.float32), biases=np.zeros(1, np.float32))
        return placed(flat, present, n_labels)
    with one_thread(), warnings.catch_warnings():
        # scikit-learn warns where an optimiser was stopped early on purpose, or data are few
        warnings.simplefilter("ignore", UserWarning)
        head: Head = resolve(name)(
            features, dense.astype(np.int64), n_labels=len(present), parameters=parameters, seed=seed
        )
    return placed(head, present, n_labels)


def require_finite(features: NDArray[np.float32]) -> None:
    """Refuse features that are not numbers.

    Raises:
        BackboneError: there are such rows; says how many.
    """
    # a sum is finite where all its parts are, and costs no copy; float64 cannot overflow on float32
    n = sum(
        int(np.sum(~np.isfinite(features[rows].sum(axis=1, dtype=np.float64))))
        for rows in blocks(len(features))
    )
    if n:
        raise BackboneError("features_not_finite", n=n)

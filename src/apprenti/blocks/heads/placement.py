"""Puts the logits of the classes a head has seen into the columns of all classes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from apprenti.blocks.graph import GraphBuilder

ABSENT_BELOW = 10.0
"""A class without a training row stands this far below the lowest logit of the others: e⁻¹⁰ < 0.0001."""


class Head(Protocol):
    """What every fitted head can do."""

    def logits(self, features: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return one logit per row and class, [n, K] float32, for ``features`` [n, d] float32."""
        ...

    def add_to(self, graph: GraphBuilder, features: str) -> str:
        """Add the same computation to ``graph`` and return the tensor with the logits."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Placed:
    """A head of P classes, spread over K columns.

    Args:
        head: gives [n, P] logits.
        columns: [K] int64, for each class its column in ``head``; P for a class that was absent in training.
    """

    head: Head
    columns: NDArray[np.int64]

    def logits(self, features: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the logits of all classes, [n, K] float32; absent classes are clearly the lowest."""
        present = self.head.logits(features)
        absent = present.min(axis=1, keepdims=True) - np.float32(ABSENT_BELOW)
        return np.concatenate([present, absent], axis=1)[:, self.columns]

    def add_to(self, graph: GraphBuilder, features: str) -> str:
        """Add the nodes and return the tensor with the logits of all classes."""
        present = self.head.add_to(graph, features)
        lowest = graph.add("TopK", present, graph.shape(1), axis=1, largest=0, n_outputs=2)
        absent = graph.add("Sub", lowest, graph.scalar(ABSENT_BELOW))
        both = graph.add("Concat", present, absent, axis=1)
        return graph.add("Gather", both, graph.constant(self.columns), axis=1)


def placed(head: Head, present: NDArray[np.int64], n_labels: int) -> Head:
    """Return ``head`` with ``n_labels`` columns; ``present`` [P] are the classes it has seen, in order."""
    if len(present) == n_labels:
        return head
    columns = np.full(n_labels, len(present), np.int64)
    columns[present] = np.arange(len(present))
    return Placed(head=head, columns=columns)

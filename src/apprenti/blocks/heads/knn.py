"""k nearest neighbours: the nearest training rows vote, the nearer the heavier."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from apprenti.blocks.gram import blocks
from apprenti.blocks.heads.references import References, keep
from apprenti.blocks.parameters import Parameters, choice, whole
from apprenti.blocks.sampling import sample_by_label, sample_rows

if TYPE_CHECKING:
    from apprenti.blocks.graph import GraphBuilder

MAX_REFERENCES = 5000
VOTE_FLOOR = 0.01
"""A vote weighs 1 / (squared distance + this); in float32 the squared distance is only sure to 1e-6."""


def fit(
    features: NDArray[np.float32],
    labels: NDArray[np.int64],
    *,
    n_labels: int,
    parameters: Parameters,
    seed: int,
) -> Neighbours:
    """Keep the training rows; past ``MAX_REFERENCES`` a part of them, every class in its share.

    Args:
        features: [n, d] float32.
        labels: [n] int64, 0..n_labels-1, each at least once.
        n_labels: K.
        parameters: ``k`` (10), cut to the number of rows; ``metric``: "cosine" (default) compares directions
            seen from the mean row, "euclid" positions.
        seed: which rows are kept.
    """
    by_direction = choice(parameters, "metric", "cosine", "euclid") == "cosine"
    kept = sample_by_label(labels, MAX_REFERENCES, seed=seed)
    return Neighbours(
        references=keep(features[kept], by_direction=by_direction),
        votes=np.eye(n_labels, dtype=np.float32)[labels[kept]],
        k=min(whole(parameters, "k", 10), len(kept)),
    )


def fit_targets(
    features: NDArray[np.float32], targets: NDArray[np.float32], *, parameters: Parameters, seed: int
) -> MeanOfNeighbours:
    """Keep the training rows with their targets; past ``MAX_REFERENCES`` a part of them.

    Args:
        features: [n, d] float32.
        targets: [n, m] float32, one column for each output.
        parameters: ``k`` and ``metric``, as of ``fit``.
        seed: which rows are kept.
    """
    by_direction = choice(parameters, "metric", "cosine", "euclid") == "cosine"
    kept = sample_rows(len(features), MAX_REFERENCES, seed=seed)
    nearest = Neighbours(
        references=keep(features[kept], by_direction=by_direction),
        votes=np.ascontiguousarray(targets[kept]),
        k=min(whole(parameters, "k", 10), len(kept)),
    )
    return MeanOfNeighbours(nearest=nearest)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MeanOfNeighbours:
    """The mean target of the nearest references, the nearer the heavier; ``nearest.votes`` are the targets."""

    nearest: Neighbours

    def logits(self, features: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the means for ``features`` [n, d] float32, [n, m] float32."""
        return self.nearest.shares(features)

    def add_to(self, graph: GraphBuilder, features: str) -> str:
        """Add the nodes and return the tensor with the means."""
        return self.nearest.add_shares(graph, features)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Neighbours:
    """Log share of the weighted votes of the ``k`` nearest references.

    Args:
        references: m rows.
        votes: [m, K] float32, one-hot labels of the references.
        k: how many vote, 1..m.
    """

    references: References
    votes: NDArray[np.float32]
    k: int

    @property
    def doubt(self) -> float:
        """Share given to every class, so that no logit is −∞: a tenth of an equal vote."""
        return 0.1 / self.k

    def logits(self, features: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the logits of ``features`` [n, d] float32, [n, K] float32."""
        return np.asarray(np.log(self.shares(features) + np.float32(self.doubt)), np.float32)

    def shares(self, features: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the weighted mean of the votes for ``features`` [n, d] float32, [n, K] float32."""
        shares = np.empty((len(features), self.votes.shape[1]), np.float32)
        for rows in blocks(len(features)):
            shares[rows] = self._shares(self.references.squared_distances(features[rows]))
        return shares

    def _shares(self, distances: NDArray[np.float32]) -> NDArray[np.float32]:
        nearest = np.argpartition(distances, self.k - 1, axis=1)[:, : self.k]  # [n, k]
        weights = 1 / (np.take_along_axis(distances, nearest, axis=1) + np.float32(VOTE_FLOOR))
        weights /= weights.sum(axis=1, keepdims=True)
        return np.asarray(np.einsum("nk,nkc->nc", weights, self.votes[nearest]), np.float32)

    def add_to(self, graph: GraphBuilder, features: str) -> str:
        """Add the nodes and return the tensor with the logits."""
        sums = self.add_shares(graph, features)
        return graph.add("Log", graph.add("Add", sums, graph.scalar(self.doubt)))

    def add_shares(self, graph: GraphBuilder, features: str) -> str:
        """Add the nodes and return the tensor with the weighted mean of the votes."""
        distances = self.references.add_to(graph, features)
        nearest = graph.add("TopK", distances, graph.shape(self.k), axis=1, largest=0, n_outputs=2)
        weights = graph.add("Reciprocal", graph.add("Add", nearest, graph.scalar(VOTE_FLOOR)))
        total = graph.add("ReduceSum", weights, graph.shape(1), keepdims=1)
        shares = graph.add("Unsqueeze", graph.add("Div", weights, total), graph.shape(1))  # [n, 1, k]
        votes = graph.add("Gather", graph.constant(self.votes), f"{nearest}_1", axis=0)  # [n, k, K]
        return graph.add("Squeeze", graph.add("MatMul", shares, votes), graph.shape(1))

"""The form trees, forests and boosting end in: many trees whose leaves add up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from apprenti.blocks.gram import blocks

if TYPE_CHECKING:
    from apprenti.blocks.graph import GraphBuilder


class Tree(NamedTuple):
    """One tree as scikit-learn keeps it: node i goes left where ``x[feature[i]] <= threshold[i]``.

    ``is_leaf`` [m] bool; ``left``, ``right`` [m] node numbers; ``feature`` [m]; ``threshold`` [m] float64;
    ``value`` [m, K] what a leaf adds.
    """

    is_leaf: NDArray[Any]
    feature: NDArray[Any]
    threshold: NDArray[Any]
    left: NDArray[Any]
    right: NDArray[Any]
    value: NDArray[Any]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TreeEnsemble:
    """The sum of the leaves a row falls into, plus a base; then, for probabilities, the logarithm.

    All trees lie one behind the other in flat arrays of m nodes. A leaf points to itself on both sides.

    Args:
        roots: [t] int32, first node of each tree.
        feature: [m] int32, 0 at leaves.
        threshold: [m] float32, rounded down from float64: for float32 features the branches stay the same.
        left: [m] int32.
        right: [m] int32.
        value: [m, K] float32, 0 at branches.
        base: [K] float32.
        depth: steps after which every row has reached its leaf.
        doubt: where the sums are probabilities, what is added before the logarithm; 0 where they are logits.
    """

    roots: NDArray[np.int32]
    feature: NDArray[np.int32]
    threshold: NDArray[np.float32]
    left: NDArray[np.int32]
    right: NDArray[np.int32]
    value: NDArray[np.float32]
    base: NDArray[np.float32]
    depth: int
    doubt: float

    def logits(self, features: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the logits of ``features`` [n, d] float32, [n, K] float32."""
        sums = np.empty((len(features), len(self.base)), np.float32)
        for rows in blocks(len(features)):
            sums[rows] = self._sums(features[rows])
        return np.log(sums + np.float32(self.doubt)) if self.doubt else sums

    def _sums(self, features: NDArray[np.float32]) -> NDArray[np.float32]:
        """Walk all rows down one tree after the other, a level at a time."""
        total = np.zeros((len(features), len(self.base)), np.float64) + self.base
        every = np.arange(len(features))
        for root in self.roots:
            node = np.full(len(features), root, np.int32)
            for _ in range(self.depth):
                goes_left = features[every, self.feature[node]] <= self.threshold[node]
                below = np.where(goes_left, self.left[node], self.right[node])
                if np.array_equal(below, node):
                    break
                node = below
            total += self.value[node]
        return total.astype(np.float32)

    def add_to(self, graph: GraphBuilder, features: str) -> str:
        """Add one ``TreeEnsembleRegressor`` and return the tensor with the logits.

        The base is added by a node of its own: of ``base_values`` ONNX Runtime 1.31 loses those of a class
        that no leaf of the row adds to.
        """
        sums = graph.add(
            "TreeEnsembleRegressor", features, domain="ai.onnx.ml", **self._branches(), **self._leaves()
        )
        if self.base.any():
            sums = graph.add("Add", sums, graph.constant(self.base))
        if not self.doubt:
            return sums
        return graph.add("Log", graph.add("Add", sums, graph.scalar(self.doubt)))

    def _branches(self) -> dict[str, Any]:
        m = len(self.feature)
        is_leaf = self.left == np.arange(m)
        tree, node = self._places()
        first = self.roots[tree]
        return {
            "n_targets": len(self.base),
            "nodes_treeids": tree.tolist(),
            "nodes_nodeids": node.tolist(),
            "nodes_featureids": self.feature.tolist(),
            "nodes_values": self.threshold.tolist(),
            "nodes_modes": np.where(is_leaf, "LEAF", "BRANCH_LEQ").tolist(),
            "nodes_truenodeids": np.where(is_leaf, 0, self.left - first).tolist(),
            "nodes_falsenodeids": np.where(is_leaf, 0, self.right - first).tolist(),
        }

    def _leaves(self) -> dict[str, Any]:
        """Return what the leaves add; the schema wants an entry for each, zeros may be left out otherwise."""
        tree, node = self._places()
        is_leaf = self.left == np.arange(len(self.left))
        told = self.value != 0
        told[:, 0] |= is_leaf
        told &= is_leaf[:, np.newaxis]
        where, target = np.nonzero(told)
        return {
            "target_treeids": tree[where].tolist(),
            "target_nodeids": node[where].tolist(),
            "target_ids": target.tolist(),
            "target_weights": self.value[where, target].tolist(),
        }

    def _places(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return for each node its tree and its number in that tree, both [m]."""
        numbers = np.arange(len(self.feature))
        tree = np.searchsorted(self.roots, numbers, side="right") - 1
        return tree, numbers - self.roots[tree]


def ensemble(trees: Sequence[Tree], base: NDArray[Any], *, depth: int, doubt: float = 0.0) -> TreeEnsemble:
    """Lay ``trees`` one behind the other.

    Args:
        trees: at least one.
        base: [K] added to every sum.
        depth: of the deepest tree, in steps.
        doubt: see ``TreeEnsemble``.
    """
    sizes = np.array([len(tree.feature) for tree in trees])
    roots = np.cumsum(sizes) - sizes
    is_leaf = np.concatenate([tree.is_leaf for tree in trees]).astype(bool)
    own, shift = np.arange(sizes.sum()), np.repeat(roots, sizes)
    left = np.concatenate([tree.left for tree in trees]).astype(np.int64) + shift
    right = np.concatenate([tree.right for tree in trees]).astype(np.int64) + shift
    value = np.concatenate([tree.value for tree in trees])
    return TreeEnsemble(
        roots=roots.astype(np.int32),
        feature=np.where(is_leaf, 0, np.concatenate([tree.feature for tree in trees])).astype(np.int32),
        threshold=_rounded_down(np.where(is_leaf, 0, np.concatenate([tree.threshold for tree in trees]))),
        left=np.where(is_leaf, own, left).astype(np.int32),
        right=np.where(is_leaf, own, right).astype(np.int32),
        value=np.where(is_leaf[:, np.newaxis], value, 0).astype(np.float32),
        base=np.asarray(base, np.float32),
        depth=depth,
        doubt=doubt,
    )


def _rounded_down(thresholds: NDArray[np.float64]) -> NDArray[np.float32]:
    """Return the largest float32 not above each threshold: a float32 x is below either or below neither."""
    nearest = thresholds.astype(np.float32)
    below = np.nextafter(nearest, np.float32(-np.inf))
    return np.where(nearest > thresholds, below, nearest)

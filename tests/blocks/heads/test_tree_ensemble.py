from __future__ import annotations

import numpy as np
from tests.blocks.blobs import run_graph

from apprenti.blocks.heads.tree_ensemble import Tree, ensemble


def a_stump(threshold: float) -> Tree:
    """Adds 1 to class 0 where x <= threshold, 2 to class 1 elsewhere."""
    return Tree(
        is_leaf=np.array([False, True, True]),
        feature=np.array([0, -2, -2]),
        threshold=np.array([threshold, -2.0, -2.0]),
        left=np.array([1, -1, -1]),
        right=np.array([2, -1, -1]),
        value=np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 2.0]]),
    )


def test_a_threshold_between_two_float32_parts_them_as_float64_did() -> None:
    below = np.float32(0.1)
    above = np.nextafter(below, np.float32(1))
    threshold = float(above) - 1e-12  # nearest float32 is ``above``, which must still go right
    head = ensemble([a_stump(threshold)], np.zeros(2), depth=1)
    rows = np.array([[below], [above]], np.float32)
    expected = np.array([[1, 0], [0, 2]], np.float32)
    np.testing.assert_array_equal(head.logits(rows), expected)
    np.testing.assert_array_equal(run_graph(head, rows), expected)


def test_trees_and_base_add_up() -> None:
    head = ensemble([a_stump(0.0), a_stump(1.0)], np.array([10.0, 20.0]), depth=1)
    rows = np.array([[-1], [0.5], [2]], np.float32)
    expected = np.array([[12, 20], [11, 22], [10, 24]], np.float32)
    np.testing.assert_array_equal(head.logits(rows), expected)
    np.testing.assert_array_equal(run_graph(head, rows), expected)


def test_a_tree_of_one_leaf_is_a_constant() -> None:
    leaf = Tree(
        is_leaf=np.array([True]),
        feature=np.array([-2]),
        threshold=np.array([-2.0]),
        left=np.array([-1]),
        right=np.array([-1]),
        value=np.array([[0.0, 3.0]]),
    )
    head = ensemble([leaf, a_stump(0.0)], np.zeros(2), depth=1)
    rows = np.array([[-1], [1]], np.float32)
    expected = np.array([[1, 3], [0, 5]], np.float32)
    np.testing.assert_array_equal(head.logits(rows), expected)
    np.testing.assert_array_equal(run_graph(head, rows), expected)

from __future__ import annotations

import numpy as np
from tests.blocks.blobs import assert_close, blobs, run_graph

from apprenti.blocks.heads import knn
from apprenti.blocks.heads.references import keep


def test_no_more_neighbours_are_asked_than_there_are() -> None:
    features, labels = blobs(3, n_labels=3)
    assert knn.fit(features, labels, n_labels=3, parameters={"k": 10}, seed=0).k == 3


def test_a_training_row_is_its_own_nearest_neighbour() -> None:
    features, labels = blobs(40, spread=10)
    head = knn.fit(features, labels, n_labels=4, parameters={"k": 1}, seed=0)
    np.testing.assert_array_equal(head.logits(features).argmax(axis=1), labels)


def test_many_rows_are_kept_in_part_with_every_class() -> None:
    features = np.random.default_rng(0).normal(0, 1, (6003, 4)).astype(np.float32)
    labels = np.zeros(6003, np.int64)
    labels[6000:] = [1, 1, 2]
    head = knn.fit(features, labels, n_labels=3, parameters={}, seed=0)
    assert len(head.votes) <= knn.MAX_REFERENCES + 3
    assert (head.votes.sum(axis=0) >= 1).all()


def test_distances_of_directions_ignore_length() -> None:
    features, _ = blobs(20)
    references = keep(features, by_direction=True)
    further = references.centre + 3 * (features - references.centre)
    assert_close(references.squared_distances(further), references.squared_distances(features), 1e-3)
    assert_close(run_graph(references, features), references.squared_distances(features), 1e-3)

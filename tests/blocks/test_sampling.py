from __future__ import annotations

import numpy as np

from apprenti.blocks.sampling import sample_by_label, sample_rows


def test_few_rows_are_all_taken() -> None:
    np.testing.assert_array_equal(sample_rows(5, 9, seed=0), np.arange(5))
    np.testing.assert_array_equal(sample_by_label(np.zeros(5, np.int64), 5, seed=0), np.arange(5))


def test_rows_come_in_order_and_once() -> None:
    rows = sample_rows(1000, 100, seed=1)
    assert len(rows) == 100
    assert (np.diff(rows) > 0).all()


def test_every_label_has_its_share_and_at_least_one_row() -> None:
    labels = np.repeat([0, 1, 2], [900, 99, 1])
    rows = sample_by_label(labels, 100, seed=0)
    np.testing.assert_array_equal(np.bincount(labels[rows]), [90, 10, 1])


def test_another_seed_takes_other_rows() -> None:
    assert not np.array_equal(sample_rows(1000, 100, seed=1), sample_rows(1000, 100, seed=2))

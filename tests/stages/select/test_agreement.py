import numpy as np
import pytest

from apprenti.stages.select.agreement import agreeing
from apprenti.stages.select.similarity import most_weight

N = 100
EVEN = np.full(N, 1 / N)


def past(*, like: np.ndarray) -> np.ndarray:
    points = np.random.default_rng(0).uniform(60, 90, size=(N, len(like)))
    points[:5] = like - 20  # harder data sets, on which recipes differ in the same way
    return points


def test_data_sets_on_which_recipes_differ_in_the_same_way_count_for_more() -> None:
    seen = np.array([80.0, 84.0, 71.0])
    weights = agreeing(EVEN, past(like=seen), seen)
    assert weights.sum() == pytest.approx(1)
    assert weights[:5].min() > 3 * np.median(weights)


def test_one_result_says_nothing() -> None:
    assert agreeing(EVEN, np.ones((N, 1)), np.array([50.0])) is EVEN


def test_a_row_made_up_to_agree_has_bounded_weight() -> None:
    seen = np.array([80.0, 84.0, 71.0])
    points = past(like=seen)
    points[:5] = 50, 90, 90
    points[0] = seen
    assert agreeing(EVEN, points, seen)[0] <= most_weight(N) + 1e-9


def test_results_unlike_anything_leave_weights_that_can_be_used() -> None:
    weights = agreeing(EVEN, np.zeros((N, 3)), np.array([0.0, 100.0, 0.0]))
    assert weights == pytest.approx(EVEN)

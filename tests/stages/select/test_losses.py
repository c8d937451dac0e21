import numpy as np
import pytest

from apprenti.stages.select.losses import CAP_POINTS, capped_points, losses, regret_points


def test_the_best_recipe_loses_nothing_and_the_worst_at_most_all() -> None:
    points = np.random.default_rng(0).uniform(0, 100, size=(7, 9))
    loss = losses(points)
    assert (loss[np.arange(7), points.argmax(axis=1)] == 0).all()
    assert loss.min() >= 0
    assert loss.max() <= 1


def test_a_loss_is_half_share_of_the_spread_and_half_tens_of_points() -> None:
    points = np.array([[90.0, 89.0, 86.0, 80.0, 40.0]])  # the median is 4 points behind the best
    assert losses(points)[0] == pytest.approx([0, (1 / 4 + 0.1) / 2, (1 + 0.4) / 2, 1, 1])


def test_missing_scores_stay_missing_and_change_nothing_else() -> None:
    points = np.array([[90.0, 89.0, 86.0, 80.0, 40.0, np.nan]])
    assert np.isnan(losses(points)[0, 5])
    assert losses(points)[0, :5] == pytest.approx(losses(points[:, :5])[0])
    assert regret_points(points)[0, 1] == 1


def test_a_row_without_any_score_has_no_loss() -> None:
    points = np.array([[np.nan, np.nan], [50.0, 60.0]])
    assert np.isnan(losses(points)[0]).all()
    assert np.isfinite(losses(points)[1]).all()


def test_a_data_set_on_which_all_are_equal_loses_nothing() -> None:
    assert (losses(np.full((1, 4), 70.0)) == 0).all()


def test_a_recipe_that_fails_counts_as_no_worse_than_the_cap() -> None:
    capped = capped_points(np.array([[95.0, 94.0, 3.0, np.nan]]))
    assert capped[0, :3].tolist() == [95.0, 94.0, 95.0 - CAP_POINTS]
    assert np.isnan(capped[0, 3])

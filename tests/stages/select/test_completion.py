import numpy as np
from tests.stages.select.worlds import a_world, with_gaps

from apprenti.stages.select.completion import complete


def error(filled: np.ndarray, scores: np.ndarray, gappy: np.ndarray) -> float:
    missing = np.isnan(gappy)
    return float(np.sqrt(((filled - scores)[missing] ** 2).mean()))


def test_known_cells_stay_as_they_are_and_no_gap_is_left() -> None:
    gappy = with_gaps(100 * a_world().scores, 0.6)
    filled = complete(gappy)
    known = ~np.isnan(gappy)
    assert (filled[known] == gappy[known]).all()
    assert np.isfinite(filled).all()


def test_gaps_are_filled_far_better_than_by_column_means() -> None:
    points = 100 * a_world().scores
    gappy = with_gaps(points, 0.6)
    means = np.where(np.isnan(gappy), np.nanmean(gappy, axis=0), gappy)
    assert error(complete(gappy), points, gappy) < 0.4 * error(means, points, gappy)


def test_gaps_are_filled_better_than_by_the_level_of_row_and_column() -> None:
    points = 100 * a_world().scores
    gappy = with_gaps(points, 0.6)
    shift = np.nanmean(gappy - np.nanmean(gappy, axis=0), axis=1, keepdims=True)
    additive = np.where(np.isnan(gappy), np.nanmean(gappy, axis=0) + shift, gappy)
    assert error(complete(gappy), points, gappy) < 0.8 * error(additive, points, gappy)


def test_a_recipe_nobody_tried_and_a_data_set_nothing_was_tried_on_are_filled_too() -> None:
    points = 100 * a_world().scores
    points[:, 3], points[5] = np.nan, np.nan
    filled = complete(points)
    assert np.isfinite(filled).all()
    assert (filled > -50).all()
    assert (filled < 150).all()


def test_the_order_of_rows_and_columns_does_not_matter() -> None:
    gappy = with_gaps(100 * a_world().scores, 0.5)
    random = np.random.default_rng(1)
    rows, columns = random.permutation(gappy.shape[0]), random.permutation(gappy.shape[1])
    assert np.allclose(
        complete(gappy)[np.ix_(rows, columns)], complete(gappy[np.ix_(rows, columns)]), atol=1e-3
    )


def test_a_full_matrix_is_given_back_as_it_is() -> None:
    points = 100 * a_world().scores
    assert complete(points) is points

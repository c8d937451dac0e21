import numpy as np
import pytest

from apprenti.stages.select.directions import main_directions


@pytest.mark.parametrize("shape", [(20, 50), (50, 20), (20, 20)])
def test_they_are_the_first_singular_triplets(shape: tuple[int, int]) -> None:
    values = np.random.default_rng(0).normal(size=shape)
    places, strengths, directions = main_directions(values, 4)
    assert (places.shape, strengths.shape, directions.shape) == ((shape[0], 4), (4,), (4, shape[1]))
    left, all_strengths, right = np.linalg.svd(values, full_matrices=False)
    assert strengths == pytest.approx(all_strengths[:4])
    assert (places * strengths) @ directions == pytest.approx((left * all_strengths)[:, :4] @ right[:4])


def test_directions_that_are_not_there_are_zero() -> None:
    row = np.arange(6.0)
    places, strengths, directions = main_directions(np.stack([row, 2 * row, -row]), 3)
    assert strengths[1:] == pytest.approx([0, 0])
    assert not np.any(directions[1:])
    assert (places * strengths) @ directions == pytest.approx(np.stack([row, 2 * row, -row]))


def test_a_table_in_which_nothing_differs_has_no_direction() -> None:
    assert not np.any(main_directions(np.zeros((4, 3)), 2)[2])
    assert main_directions(np.zeros((0, 3)), 2)[1].shape == (0,)

import numpy as np
from tests.stages.select.worlds import a_world

from apprenti.stages.select.gaussian import fit_gaussian


def test_results_tell_of_recipes_that_were_not_tried() -> None:
    points = 100 * a_world().scores
    before, target = points[:-1], points[-1]
    gaussian = fit_gaussian(before, np.full(len(before), 1 / len(before)))
    seen = [0, 5, 11, 17]
    mean, _ = gaussian.given(seen, target[seen])
    rest = np.setdiff1d(np.arange(len(target)), seen)
    assert np.abs(mean - target)[rest].mean() < 0.5 * np.abs(gaussian.mean - target)[rest].mean()


def test_nothing_seen_leaves_mean_and_spread_of_the_past() -> None:
    points = 100 * a_world().scores
    gaussian = fit_gaussian(points, np.full(len(points), 1 / len(points)))
    mean, deviation = gaussian.given([], np.zeros(0))
    assert np.allclose(mean, points.mean(axis=0))
    assert np.allclose(deviation, points.std(axis=0), rtol=0.1)


def test_a_result_makes_its_recipe_sure() -> None:
    points = 100 * a_world().scores
    gaussian = fit_gaussian(points, np.full(len(points), 1 / len(points)))
    _, before = gaussian.given([], np.zeros(0))
    _, after = gaussian.given([4], np.array([80.0]))
    assert after[4] < 0.3 * before[4]
    assert (after <= before + 1e-9).all()

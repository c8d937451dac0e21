import numpy as np
from tests.stages.select.worlds import a_world, with_gaps

from apprenti.stages.select.seconds import fit_seconds


def test_most_seconds_are_foretold_within_a_factor_of_two() -> None:
    world = a_world()
    model = fit_seconds(with_gaps(world.seconds[:50], 0.4), world.profiles[:50])
    assert model is not None
    ratios = [model.seconds(world.profiles[row]) / world.seconds[row] for row in range(50, 60)]
    assert np.mean(np.abs(np.log(ratios)) < np.log(2)) > 0.8


def test_an_unknown_profile_gives_the_usual_seconds() -> None:
    world = a_world()
    model = fit_seconds(world.seconds, world.profiles)
    assert model is not None
    usual = np.exp(np.log(world.seconds).mean(axis=0))
    assert np.allclose(model.seconds(np.full(world.profiles.shape[1], np.nan)), usual, rtol=1e-6)


def test_a_profile_out_of_all_proportion_gives_seconds_within_reason() -> None:
    world = a_world()
    model = fit_seconds(world.seconds, world.profiles)
    assert model is not None
    assert (model.seconds(np.full(world.profiles.shape[1], 1e9)) < 1e4 * world.seconds.max()).all()


def test_without_any_seconds_there_is_no_model() -> None:
    assert fit_seconds(np.full((4, 3), np.nan), np.zeros((4, 2))) is None

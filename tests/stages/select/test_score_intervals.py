import numpy as np
from tests.stages.select.worlds import a_world, with_gaps

from apprenti.stages.select.score_intervals import fit_scores


def test_intervals_hold_as_often_as_they_say() -> None:
    world = a_world(n=90, m=6)
    scores = with_gaps(world.scores, 0.2)
    model = fit_scores(scores[:60], world.profiles[:60], np.arange(60), seed=0)
    held = [
        interval.low <= score <= interval.high
        for row in range(60, 90)
        for interval, score in zip(model.intervals(world.profiles[row]), world.scores[row], strict=True)
    ]
    assert 0.8 <= np.mean(held) <= 0.99


def test_the_best_of_several_has_an_interval_of_its_own_that_holds_as_often() -> None:
    world, picks = a_world(n=120, m=8), [1, 4, 6]
    model = fit_scores(world.scores[:80], world.profiles[:80], np.arange(80), seed=0)
    held = []
    for row in range(80, 120):
        interval = model.best_interval(world.profiles[row], picks)
        assert interval is not None
        held.append(interval.low <= world.scores[row, picks].max() <= interval.high)
    assert 0.8 <= np.mean(held) <= 1.0


def test_nothing_is_said_of_the_best_where_hardly_any_data_set_has_them_all() -> None:
    world = a_world(n=30, m=6)
    scores = world.scores.copy()
    scores[5:, 2] = np.nan
    model = fit_scores(scores, world.profiles, np.arange(30), seed=0)
    assert model.best_interval(world.profiles[0], [1, 2]) is None
    assert model.best_interval(world.profiles[0], [1, 3]) is not None


def test_little_known_means_nothing_is_promised() -> None:
    world = a_world(n=6)
    interval = fit_scores(world.scores, world.profiles, np.arange(6), seed=0).intervals(world.profiles[0])[0]
    assert (interval.low, interval.high, interval.level) == (0.0, 1.0, 0.9)


def test_a_profile_with_gaps_still_has_an_interval() -> None:
    world = a_world(n=24, m=3)
    model = fit_scores(world.scores, world.profiles, np.arange(24) // 2, seed=0)
    for interval in model.intervals(np.full(world.profiles.shape[1], np.nan)):
        assert 0 <= interval.low < interval.high <= 1

import numpy as np
import pytest
from tests.stages.select.worlds import World, a_world, with_gaps

from apprenti.stages.select.protocol import METHODS, Matrix, Rules, judge


def a_matrix(world: World, **changes: object) -> Matrix:
    values: dict[str, object] = {
        "scores": world.scores,
        "profiles": world.profiles,
        "seconds": None,
        "families": np.arange(len(world.scores)),
    }
    return Matrix(**(values | changes))  # type: ignore[arg-type]


def silent(n: int) -> None:
    """Pass over progress."""


@pytest.mark.slow
def test_ours_beats_chance_and_the_best_on_average() -> None:
    outcomes = judge(a_matrix(a_world(n=40)), Rules(), advance=silent)
    mean = {name: outcomes[name].regrets.mean() for name in METHODS}
    assert mean["ours"] < mean["portfolio"] < mean["random"]
    assert mean["ours"] < mean["average"]


def test_all_recipes_leave_no_regret() -> None:
    outcomes = judge(a_matrix(a_world(n=8, m=6)), Rules(k=6), advance=silent)
    for name in METHODS:
        assert outcomes[name].regrets == pytest.approx(0), name


@pytest.mark.slow
def test_a_data_sets_own_scores_are_not_looked_at_before_they_are_chosen() -> None:
    """Whatever stands in the row of a data set, its first pick is the same."""
    world = a_world(n=30)
    turned = world.scores.copy()
    turned[0] = 1 - turned[0]
    rules = Rules(k=1)
    for name in ("average", "portfolio", "nearest", "ours"):
        picks = []
        for scores in (world.scores, turned):
            regret = judge(a_matrix(world, scores=scores), rules, advance=silent)[name].regrets[0, 0]
            picks.append(int(np.abs(100 * (scores[0].max() - scores[0]) - regret).argmin()))
        assert picks[0] == picks[1], name


@pytest.mark.slow
def test_a_family_is_left_out_whole() -> None:
    world = a_world(n=20)
    twins = World(
        scores=np.repeat(world.scores, 2, axis=0),
        profiles=np.repeat(world.profiles, 2, axis=0),
        seconds=np.repeat(world.seconds, 2, axis=0),
    )
    alone = judge(a_matrix(world), Rules(), advance=silent)
    together = judge(a_matrix(twins, families=np.repeat(np.arange(20), 2)), Rules(), advance=silent)
    assert together["portfolio"].regrets[::2] == pytest.approx(alone["portfolio"].regrets)
    apart = judge(a_matrix(twins), Rules(), advance=silent)
    assert apart["nearest"].regrets.mean() < together["nearest"].regrets.mean()


@pytest.mark.parametrize("budget", [0.01, 0.5, 3.0, 20.0])
def test_the_budget_is_never_passed(budget: float) -> None:
    world = a_world(n=20)
    rules = Rules(budget_seconds=budget)
    outcomes = judge(a_matrix(world, seconds=world.seconds), rules, advance=silent)
    for name in METHODS:
        assert outcomes[name].seconds.max() <= budget + 1e-9, name
        assert np.isfinite(outcomes[name].regrets).all(), name


def test_gaps_everywhere_are_no_obstacle() -> None:
    world = a_world(n=30)
    matrix = a_matrix(
        world,
        scores=with_gaps(world.scores, 0.3),
        profiles=with_gaps(world.profiles, 0.1, seed=1),
        seconds=with_gaps(world.seconds, 0.3, seed=2),
    )
    outcomes = judge(matrix, Rules(budget_seconds=10), advance=silent)
    for name in METHODS:
        assert np.isfinite(outcomes[name].regrets).all()
        assert (outcomes[name].regrets >= 0).all()


def test_every_data_set_is_told_of_once() -> None:
    told: list[int] = []
    judge(a_matrix(a_world(n=12, m=6)), Rules(k=2), advance=told.append)
    assert sum(told) == 12

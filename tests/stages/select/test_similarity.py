import numpy as np
import pytest
from tests.stages.select.worlds import World, a_world

from apprenti.stages.select.choice import remember
from apprenti.stages.select.similarity import MOST_WEIGHT, N_DATASETS_FROM, capped, fit_similarity


def weights_of(world: World, profile: np.ndarray, seed: int = 0) -> np.ndarray:
    past = remember(world.scores)
    return fit_similarity(world.profiles, past.losses, seed=seed, n_trees=60).weights(profile)


@pytest.fixture(scope="module")
def large() -> World:
    return a_world(n=170)


def test_a_data_set_like_one_of_the_past_finds_it(large: World) -> None:
    weights = weights_of(large, large.profiles[7])
    assert weights.sum() == pytest.approx(1)
    assert int(weights.argmax()) == 7 or weights[7] > 3 / len(weights)


def test_those_that_weigh_more_have_recipes_that_do_as_well(large: World) -> None:
    past = remember(large.scores)
    weights = weights_of(large, large.profiles[7])
    far = np.abs(past.losses - past.losses[7]).mean(axis=1)
    assert np.average(far, weights=weights) < 0.95 * far.mean()


def test_no_data_set_weighs_more_than_its_share_whatever_it_claims(large: World) -> None:
    profiles, scores = large.profiles.copy(), large.scores.copy()
    scores[0] = np.where(np.arange(scores.shape[1]) == 3, 1.0, 0.0)  # made up to push recipe 3
    profiles[0] = large.profiles[9]
    poisoned = World(scores=scores, profiles=profiles, seconds=large.seconds)
    assert weights_of(poisoned, large.profiles[9])[0] <= MOST_WEIGHT + 1e-9


def test_all_count_alike_where_few_are_known() -> None:
    world = a_world(n=N_DATASETS_FROM)
    assert np.allclose(weights_of(world, world.profiles[0]), 1 / N_DATASETS_FROM)


def test_all_count_alike_where_the_profile_has_a_gap(large: World) -> None:
    profile = large.profiles[7].copy()
    profile[2] = np.nan
    assert np.allclose(weights_of(large, profile), 1 / len(large.scores))


def test_a_past_data_set_without_a_profile_weighs_about_the_average(large: World) -> None:
    profiles = large.profiles.copy()
    profiles[3] = np.nan
    world = World(scores=large.scores, profiles=profiles, seconds=large.seconds)
    weights = weights_of(world, large.profiles[7])
    assert 0.3 / len(weights) < weights[3] < 3 / len(weights)


def test_the_order_of_data_sets_does_not_matter(large: World) -> None:
    order = np.random.default_rng(0).permutation(len(large.scores))
    shuffled = World(scores=large.scores[order], profiles=large.profiles[order], seconds=large.seconds[order])
    assert np.allclose(
        weights_of(large, large.profiles[7])[order], weights_of(shuffled, large.profiles[7]), atol=2e-3
    )


def test_the_same_seed_gives_the_same_weights(large: World) -> None:
    first, second = (weights_of(large, large.profiles[1], seed=4) for _ in range(2))
    assert (first == second).all()


def test_capped_weights_keep_their_sum_and_order() -> None:
    weights = capped(np.array([0.6, 0.2, 0.1, 0.06, 0.04]), 0.3)
    assert weights.sum() == pytest.approx(1)
    assert weights.max() <= 0.3 + 1e-12
    assert (np.diff(weights) <= 1e-12).all()
    assert capped(np.array([1.0, 0.0, 0.0, 0.0]), 0.4) == pytest.approx([0.4, 0.2, 0.2, 0.2])
    assert capped(np.array([0.9, 0.1]), 0.4) == pytest.approx([0.5, 0.5])

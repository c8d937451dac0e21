import numpy as np
import pytest
from tests.stages.select.worlds import a_world, with_gaps

from apprenti.stages.select.choice import SAFETY, Choice, Past, expected_improvement, remember


def alike(past: Past) -> np.ndarray:
    return np.full(len(past.points), 1 / len(past.points))


def a_choice(scores: np.ndarray, **options: object) -> Choice:
    past = remember(scores)
    return Choice(past=past, weights=alike(past), **options)  # type: ignore[arg-type]


def five(choice: Choice, truth: np.ndarray) -> list[int]:
    for _ in range(5):
        if (recipe := choice.ask()) is not None:
            choice.tell(recipe, float(truth[recipe]))
    return choice.picked


def test_five_different_recipes_are_picked() -> None:
    world = a_world()
    assert len(set(five(a_choice(world.scores[1:]), world.scores[0]))) == 5


def test_looking_at_results_beats_not_looking() -> None:
    regrets: dict[bool, list[float]] = {False: [], True: []}
    world = a_world(n=80, m=60, n_traits=5)
    for row in range(30):
        others = np.arange(80) != row
        for in_batch, found in regrets.items():
            picked = five(a_choice(world.scores[others], in_batch=in_batch), world.scores[row])
            found.append(100 * (world.scores[row].max() - world.scores[row, picked].max()))
    assert np.mean(regrets[False]) < 0.7 * np.mean(regrets[True])


def test_the_order_of_data_sets_and_recipes_changes_nothing() -> None:
    world = a_world(seed=3)
    random = np.random.default_rng(0)
    rows, columns = random.permutation(59), random.permutation(24)
    picked = five(a_choice(world.scores[1:]), world.scores[0])
    shuffled = five(a_choice(world.scores[1:][np.ix_(rows, columns)]), world.scores[0, columns])
    assert [int(columns[recipe]) for recipe in shuffled] == picked


def test_a_made_up_row_hardly_moves_what_recipes_promise() -> None:
    scores = a_world(n=100).scores
    poisoned = scores.copy()
    worst = int(scores.mean(axis=0).argmin())
    poisoned[0] = np.where(np.arange(scores.shape[1]) == worst, 1.0, 0.0)
    honest, misled = a_choice(scores), a_choice(poisoned)
    assert np.abs(honest.expected_drop() - misled.expected_drop()).max() <= 1 / 100 + 1e-9
    assert misled.ask() != worst


def test_gaps_are_no_obstacle() -> None:
    world = a_world()
    picked = five(a_choice(with_gaps(world.scores[1:], 0.7)), world.scores[0])
    assert len(set(picked)) == 5


def test_a_data_set_with_few_cells_counts_for_less() -> None:
    scores = a_world().scores
    scores[0, 3:] = np.nan
    weights = a_choice(scores).weights
    assert weights.sum() == pytest.approx(1)
    assert weights[0] < 0.3 * weights[1]
    assert weights[1:] == pytest.approx(weights[1])


def test_what_may_not_be_picked_is_not() -> None:
    world = a_world()
    allowed = np.zeros(24, dtype=bool)
    allowed[[2, 9]] = True
    choice = a_choice(world.scores, allowed=allowed)
    assert {choice.ask(), choice.ask()} == {2, 9}
    assert choice.ask() is None


def test_a_recipe_that_does_not_fit_the_time_left_is_passed_over() -> None:
    world = a_world()
    seconds = np.linspace(1, 24, 24)
    choice = a_choice(world.scores, seconds=seconds)
    while (recipe := choice.ask(seconds_left=9.0)) is not None:
        assert SAFETY * seconds[recipe] <= 9.0
    assert len(choice.picked) == 6
    assert choice.ask_cheapest() == 6


def test_of_two_equals_the_quicker_is_picked() -> None:
    scores = np.repeat(a_world().scores, 2, axis=1)
    seconds = np.tile([8.0, 1.0], 24)
    assert all(recipe % 2 == 1 for recipe in five(a_choice(scores, seconds=seconds), scores[0]))


def test_a_recipe_that_failed_does_not_count_as_tried() -> None:
    choice = a_choice(a_world().scores)
    before = choice.expected_drop()
    recipe = choice.ask()
    assert recipe is not None
    assert choice.expected_drop()[recipe] == 0
    choice.tell(recipe, None)
    assert choice.expected_drop() == pytest.approx(before)
    assert choice.ask() != recipe


def test_planning_changes_nothing() -> None:
    choice = a_choice(a_world().scores, explores=1.0)
    planned = choice.planned(5)
    assert len(set(planned)) == 5
    assert choice.picked == []
    assert choice.planned(5) == planned


def test_exploring_tries_what_is_least_known_and_is_repeatable() -> None:
    world = a_world()
    explored = five(a_choice(world.scores, explores=1.0, seed=1), world.scores[0])
    assert explored != five(a_choice(world.scores), world.scores[0])
    assert explored == five(a_choice(world.scores, explores=1.0, seed=1), world.scores[0])


def test_expected_improvement_is_that_of_a_gaussian() -> None:
    draws = 70 + 3 * np.random.default_rng(0).normal(size=400_000)
    measured = np.maximum(draws - 72, 0).mean()
    assert expected_improvement(np.array([70.0]), np.array([3.0]), 72.0)[0] == pytest.approx(
        measured, rel=0.02
    )

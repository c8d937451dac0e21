import numpy as np
import pytest

from apprenti.stages.select.choice import remember
from apprenti.stages.select.reasons import N_NEIGHBOURS, reason_for, sentence_of

SCORES = np.array([[0.90, 0.80, 0.70], [0.85, 0.90, 0.70], [0.60, 0.60, 0.62], [0.50, 0.58, 0.40]])
NAMES = ("leaves", "coins", "shells", "stamps")
WEIGHTS = np.array([0.4, 0.3, 0.2, 0.1])


def test_a_reason_counts_where_the_recipe_came_within_a_point_and_what_it_adds() -> None:
    reason = reason_for(1, [0], remember(SCORES), WEIGHTS, range(4))
    assert (reason.n_near, reason.n_alike, reason.alike) == (2, 4, (1, 3))
    assert reason.gain_points == pytest.approx(0.3 * 5 + 0.1 * 8)
    assert not reason.is_first


def test_the_first_pick_is_compared_with_the_average_recipe() -> None:
    reason = reason_for(0, [], remember(SCORES), WEIGHTS, range(4))
    assert reason.is_first
    assert reason.gain_points > 0


def test_no_more_than_the_nearest_are_asked() -> None:
    scores = np.random.default_rng(0).uniform(0.6, 0.9, size=(50, 4))
    assert reason_for(0, [], remember(scores), np.full(50, 0.02), range(50)).n_alike == N_NEIGHBOURS


@pytest.mark.parametrize(("recipe", "before"), [(0, []), (1, [0]), (2, [0, 1]), (2, []), (0, [0])])
@pytest.mark.parametrize("lang", ["en", "fr"])
def test_every_reason_is_a_whole_sentence(recipe: int, before: list[int], lang: str) -> None:
    past = remember(SCORES)
    for weights in (WEIGHTS, WEIGHTS[::-1]):
        said = sentence_of(reason_for(recipe, before, past, weights, np.argsort(-weights)), NAMES).said(lang)  # type: ignore[arg-type]
        assert said.endswith(".")
        assert "{" not in said
        assert "()" not in said


def test_the_sentence_names_the_data_sets_and_writes_numbers_as_the_language_does() -> None:
    sentence = sentence_of(reason_for(1, [0], remember(SCORES), WEIGHTS, range(4)), NAMES)
    assert sentence.said("en") == (
        "Within 1 point of the best on 2 of the 4 most similar past data sets (coins · stamps); "
        "expected +2.3 points over the picks above."
    )
    assert "+2,3\u00a0points" in sentence.said("fr")
    assert "4 jeux de données passés" in sentence.said("fr")

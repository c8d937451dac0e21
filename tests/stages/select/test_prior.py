import pytest
from tests.making import a_dataset, an_example

from apprenti.domain.recipe import Canvas, Look, Trial, TrialStatus
from apprenti.stages.profile import describe
from apprenti.stages.select import Ground, open_selector


def ground(networks: dict[str, int] | None = None, n_photos: int = 100, *, ready: bool = True) -> Ground:
    examples = [an_example(i, label) for label in ("cat", "dog") for i in range(n_photos // 2)]
    return Ground(
        profile=describe(a_dataset(*examples)),
        networks=networks or {},
        classic={"classic.v1": 1000},
        canvas=Canvas(size_px=64),
        n_fits=5,
        embedded=frozenset(look(name) for name in [*(networks or {}), "classic.v1"])
        if ready
        else frozenset(),
    )


def look(backbone: str) -> Look:
    return Look(backbone=backbone, canvas=Canvas(size_px=64))


def test_five_different_recipes_are_planned_each_with_a_reason_in_both_languages() -> None:
    picks = open_selector(ground()).plan()
    assert len({pick.recipe.name for pick in picks}) == 5
    for rank, pick in enumerate(picks, start=1):
        assert str(rank) in pick.reason.said("en")
        assert pick.reason.said("en") != pick.reason.said("fr")
        assert pick.predicted_seconds > 0


def test_picks_are_handed_out_in_order_and_then_no_more() -> None:
    selector = open_selector(ground())
    planned = [pick.recipe.name for pick in selector.plan()]
    asked = []
    while (pick := selector.ask(seconds_left=1000)) is not None:
        asked.append(pick.recipe.name)
        selector.tell(Trial(recipe=pick.recipe, status=TrialStatus.FINISHED, score=0.5))
    assert asked == planned
    assert [pick.recipe.name for pick in selector.plan()] == planned


def test_a_recipe_that_does_not_fit_the_time_left_is_passed_over() -> None:
    selector = open_selector(ground(n_photos=4000))
    picks = selector.plan()
    seconds = sorted(pick.predicted_seconds for pick in picks)
    assert seconds[0] < seconds[-1]
    given = []
    while (pick := selector.ask(seconds_left=1.5 * seconds[1])) is not None:
        given.append(pick.predicted_seconds)
    assert sorted(given) == seconds[:2]
    assert len(given) < len(picks)


def test_the_cheapest_recipe_is_tried_when_there_is_time_for_none() -> None:
    selector = open_selector(ground())
    pick = selector.ask(seconds_left=0.0)
    assert pick is not None
    assert pick.predicted_seconds == min(p.predicted_seconds for p in selector.plan())
    assert selector.ask(seconds_left=0.0) is None


@pytest.mark.parametrize("networks", [{"net-1": 1280}, {"net-1": 1280, "net-2": 512}])
def test_networks_the_user_brought_always_stand_side_by_side(networks: dict[str, int]) -> None:
    picks = open_selector(ground(networks)).plan()
    assert len({pick.recipe.name for pick in picks}) == 5
    with_networks = [pick for pick in picks if set(networks) & set(pick.recipe.backbones)]
    assert len(with_networks) >= 3
    assert all(set(networks) <= set(pick.recipe.backbones) for pick in with_networks)


def test_features_are_counted_for_the_first_pick_that_asks_for_them_and_no_other() -> None:
    picks = open_selector(ground({"net-1": 1280}, ready=False)).plan()
    assert picks[0].recipe.backbones == ("net-1", "classic.v1")
    assert picks[0].embedding_seconds > 0
    assert [pick.embedding_seconds for pick in picks[1:]] == [0.0] * 4
    assert all(pick.predicted_seconds > pick.embedding_seconds for pick in picks)
    ready = open_selector(ground({"net-1": 1280})).plan()
    assert ready[0].predicted_seconds == pytest.approx(
        picks[0].predicted_seconds - picks[0].embedding_seconds
    )


def test_where_features_side_by_side_take_too_long_those_of_one_backbone_are_asked_for() -> None:
    selector = open_selector(ground({"net-1": 1280}, n_photos=4000, ready=False))
    both = selector.plan()[0]
    pick = selector.ask(seconds_left=1.5 * both.predicted_seconds - 1)
    assert pick is not None
    assert pick.recipe.backbones == ("net-1",)
    assert 0 < pick.embedding_seconds < both.embedding_seconds

"""When networks are trained, which, and what is left out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from tests.making import a_dataset, an_example

from apprenti.domain.dataset import ImageFacts
from apprenti.domain.network_training import read_trained_name
from apprenti.domain.recipe import Canvas, Pick, Recipe, Trial, TrialStatus
from apprenti.domain.sentence import Sentence
from apprenti.recipes import EPOCHS, TRAININGS
from apprenti.stages.profile import describe
from apprenti.stages.select import Ground, Selector, WithNetworks
from apprenti.stages.select.with_networks import LEAST_PHOTOS, WAYS

N_BEFORE = 2


def a_ground(*, n_photos: int = 400, side_px: int = 200, networks: bool = True, **facts_of: float) -> Ground:
    values = {"brightness": 0.5, "contrast": 0.2, "colourfulness": 0.3, **facts_of}
    facts = ImageFacts(width_px=side_px, height_px=side_px // 2, format="PNG", **values)
    examples = [an_example(i, label, facts=facts) for label in ("cat", "dog") for i in range(n_photos // 2)]
    return Ground(
        profile=describe(a_dataset(*examples)),
        networks={"embedded.v2-96": 1696} if networks else {},
        classic={"classic.v1": 1000},
        canvas=Canvas(size_px=96),
        n_fits=5,
    )


def a_frozen_pick(head: str) -> Pick:
    recipe = Recipe(backbones=("classic.v1",), canvas=Canvas(size_px=96), transform="none.v1", head=head)
    return Pick(recipe=recipe, reason=Sentence(key="select.ridge", values={"rank": 1}), predicted_seconds=1.0)


class Frozen:
    """Picks four frozen recipes one after the other, or as many as it is given."""

    def __init__(self, *heads: str) -> None:
        names = heads or ("ridge.v1", "lda.v1", "logistic.v1", "knn.v1")
        self.picks = [a_frozen_pick(head) for head in names]
        self.left = list(self.picks)
        self.told: list[Trial] = []
        self.waits = False

    def plan(self) -> tuple[Pick, ...]:
        return tuple(self.picks)

    def ask(self, *, seconds_left: float) -> Pick | None:
        return self.left.pop(0) if self.left else None

    @property
    def waiting(self) -> bool:
        return self.waits

    def tell(self, trial: Trial) -> None:
        self.told.append(trial)

    def outlook(self) -> None: ...


def with_networks(
    ground: Ground | None = None,
    *,
    base: Selector | None = None,
    seconds: float = 300.0,
    time_left: Callable[[], float] | None = None,
    insists: bool = False,
    is_lost: Callable[[str], bool] = lambda backbone: False,
) -> WithNetworks:
    return WithNetworks(
        base or Frozen(),
        ground or a_ground(),
        time_left=time_left or (lambda: seconds),
        n_before=N_BEFORE,
        insists=insists,
        is_lost=is_lost,
    )


def ended(pick: Pick, score: float | None = 0.8) -> Trial:
    status = TrialStatus.FAILED if score is None else TrialStatus.FINISHED
    return Trial(recipe=pick.recipe, status=status, score=score)


def asked_to_the_end(selector: Selector, *, score: float | None = 0.8) -> list[Pick]:
    """Ask as the race does, and hold the plan to what was asked."""
    asked: list[Pick] = []
    while not selector.waiting and (pick := selector.ask(seconds_left=1000)) is not None:
        asked.append(pick)
        selector.tell(ended(pick, score))
        planned = [each.recipe.name for each in selector.plan()]
        assert {each.recipe.name for each in asked} <= set(planned)
        assert len(set(planned)) == len(planned)
    return asked


def trained_in(picks: list[Pick]) -> set[str]:
    return {pick.recipe.backbones[0] for pick in picks if pick.recipe.is_trained}


def test_two_frozen_recipes_then_every_way_on_one_training() -> None:
    asked = asked_to_the_end(with_networks())
    assert [pick.recipe.is_trained for pick in asked] == [False, False] + [True] * len(WAYS)
    assert len(trained_in(asked)) == 1
    networks = asked[N_BEFORE:]
    assert len({pick.recipe.name for pick in networks}) == len(WAYS)
    assert [len(pick.recipe.backbones) > 1 for pick in networks] == [way.beside for way in WAYS]
    for pick in networks:
        assert pick.reason.said("en") != pick.reason.said("fr")
    assert networks[0].embedding_seconds > 0
    assert all(pick.embedding_seconds == 0 for pick in networks[1:])  # trained once


def test_the_longer_the_time_the_more_epochs_and_never_more_than_fit() -> None:
    found = []
    for seconds in (40.0, 60.0, 120.0, 300.0, 1200.0):
        selector = with_networks(seconds=seconds)
        networks = [pick for pick in selector.plan() if pick.recipe.is_trained]
        assert networks, seconds
        assert sum(pick.predicted_seconds for pick in networks[:1]) <= seconds
        trained = read_trained_name(networks[0].recipe.backbones[0])
        assert trained is not None
        assert trained.kind in TRAININGS
        assert trained.epochs in EPOCHS
        assert networks[0].recipe.canvas.size_px == trained.size_px
        found.append((trained.size_px, trained.epochs))
    assert [trained[0] for trained in found] == sorted(trained[0] for trained in found)
    seen = [size_px**2 * epochs for size_px, epochs in found]
    assert seen == sorted(seen)
    assert seen[0] < seen[-1]


def test_there_is_no_network_where_there_is_no_time_for_one() -> None:
    selector = with_networks(seconds=8.0)
    assert not any(pick.recipe.is_trained for pick in selector.plan())
    asked = asked_to_the_end(selector)
    assert not trained_in(asked)
    assert len(asked) == 4  # all the frozen recipes instead


def test_time_counts_from_when_the_frozen_recipes_are_over() -> None:
    left = [300.0]
    selector = with_networks(time_left=lambda: left[0])
    for _ in range(N_BEFORE):
        pick = selector.ask(seconds_left=1000)
        assert pick is not None
        selector.tell(ended(pick))
    planned = selector.plan()
    left[0] = 45.0
    shorter = selector.ask(seconds_left=1000)
    assert shorter is not None
    first, second = (read_trained_name(pick.recipe.backbones[0]) for pick in (planned[N_BEFORE], shorter))
    assert first is not None
    assert second is not None
    assert (second.size_px, second.epochs) < (first.size_px, first.epochs)
    left[0] = 1.0
    assert shorter in selector.plan()  # what was handed out stays, however little time there is


@pytest.mark.parametrize("n_photos", [LEAST_PHOTOS - 2, LEAST_PHOTOS])
def test_too_few_photos_cannot_judge_a_network(n_photos: int) -> None:
    networks = trained_in(asked_to_the_end(with_networks(a_ground(n_photos=n_photos))))
    assert bool(networks) is (n_photos >= LEAST_PHOTOS)


def test_a_recipe_without_a_mistake_leaves_nothing_to_gain() -> None:
    selector = with_networks()
    first, second = selector.ask(seconds_left=1000), selector.ask(seconds_left=1000)
    assert first is not None
    assert second is not None
    selector.tell(ended(first, 0.9))
    selector.tell(ended(second, 1.0))
    others = asked_to_the_end(selector)
    assert len(others) == 2  # the frozen recipes that had stood back for a network
    assert not trained_in(list(selector.plan()))


def test_whoever_asks_for_networks_alone_gets_one_all_the_same() -> None:
    few = with_networks(a_ground(n_photos=12), insists=True)
    assert trained_in(asked_to_the_end(few, score=1.0))
    hardly = [
        pick for pick in asked_to_the_end(with_networks(seconds=8.0, insists=True)) if pick.recipe.is_trained
    ]
    assert {read_trained_name(pick.recipe.backbones[0]).epochs for pick in hardly} == {EPOCHS[0]}  # type: ignore[union-attr]


def test_in_a_hurry_the_network_comes_first_with_what_needs_no_other_features() -> None:
    asked = asked_to_the_end(with_networks(seconds=8.0, insists=True))
    heads = [(pick.recipe.head, len(pick.recipe.backbones)) for pick in asked]
    assert heads == [("own.v1", 1), ("kernel_ridge.v1", 1), ("kernel_ridge.v1", 2 + 1)]
    assert asked[0].embedding_seconds > 0  # the training
    assert asked[1].embedding_seconds == 0


def test_a_recipe_that_failed_is_no_reason_to_leave_networks_out() -> None:
    selector = with_networks()
    assert trained_in(asked_to_the_end(selector, score=0.0))


def test_networks_wait_until_every_frozen_recipe_is_judged() -> None:
    selector = with_networks()
    picks = [selector.ask(seconds_left=1000) for _ in range(N_BEFORE)]
    for pick in picks:
        assert selector.waiting
        assert pick is not None
        selector.tell(ended(pick))
    assert not selector.waiting


def test_before_that_it_waits_where_the_other_selector_does() -> None:
    base = Frozen()
    selector = with_networks(base=base)
    assert not selector.waiting
    base.waits = True
    assert selector.waiting


def test_networks_wait_as_well_where_fewer_frozen_recipes_fitted_than_planned() -> None:
    selector = with_networks(base=Frozen("ridge.v1"))
    only = selector.ask(seconds_left=1000)
    assert only is not None
    assert not selector.waiting
    assert selector.ask(seconds_left=1000) is None  # for now: the one is still at work
    assert selector.waiting
    selector.tell(ended(only))
    assert not selector.waiting
    network = selector.ask(seconds_left=1000)
    assert network is not None
    assert network.recipe.is_trained


@pytest.mark.parametrize("lost", [True, False])
def test_the_other_ways_are_dropped_where_the_training_failed_and_only_there(lost: bool) -> None:
    ended_badly: list[str] = []
    selector = with_networks(is_lost=ended_badly.__contains__)
    for _ in range(N_BEFORE):
        pick = selector.ask(seconds_left=1000)
        assert pick is not None
        selector.tell(ended(pick))
    network = selector.ask(seconds_left=1000)
    assert network is not None
    assert network.recipe.is_trained
    ended_badly += network.recipe.backbones[:1] if lost else ()
    selector.tell(ended(network, None))  # perhaps only what was to stand beside it
    following = selector.ask(seconds_left=1000)
    assert (following is None) is lost
    assert following is None or following.recipe.head == "own.v1"  # which takes no time
    assert network in selector.plan()


def test_the_other_selector_is_told_of_everything() -> None:
    base = Frozen()
    asked = asked_to_the_end(with_networks(base=base))
    assert [trial.recipe.name for trial in base.told] == [pick.recipe.name for pick in asked]


def test_small_pictures_get_a_network_of_their_own_from_scratch() -> None:
    selector = with_networks(a_ground(side_px=28, n_photos=2000), seconds=120.0)
    (name,) = trained_in(list(selector.plan()))
    trained = read_trained_name(name)
    assert trained is not None
    assert TRAININGS[trained.kind].start == "scratch"
    assert trained.size_px == 32
    beside = next(pick for pick in selector.plan() if len(pick.recipe.backbones) > 1)
    assert all(
        "embedded" not in backbone for backbone in beside.recipe.backbones
    )  # which sees little in them


def test_without_the_packaged_network_one_is_trained_from_scratch() -> None:
    (name,) = trained_in(list(with_networks(a_ground(networks=False)).plan()))
    trained = read_trained_name(name)
    assert trained is not None
    assert TRAININGS[trained.kind].start == "scratch"


@pytest.mark.parametrize(("contrast", "start"), [(0.45, "scratch"), (0.2, "packaged")])
def test_drawings_in_ink_are_learnt_from_scratch_and_grey_photos_are_not(contrast: float, start: str) -> None:
    ground = a_ground(colourfulness=0.0, contrast=contrast, brightness=0.5)
    (name,) = trained_in(list(with_networks(ground).plan()))
    trained = read_trained_name(name)
    assert trained is not None
    assert TRAININGS[trained.kind].start == start


def test_a_name_of_a_training_is_read_as_it_is_written() -> None:
    trained = read_trained_name("tuned_hub.v1-96-e12")
    assert trained is not None
    assert (trained.kind, trained.size_px, trained.epochs) == ("tuned_hub.v1", 96, 12)
    assert trained.name == "tuned_hub.v1-96-e12"
    assert replace(trained, epochs=3).name == "tuned_hub.v1-96-e3"
    for other in (
        "embedded.v2-96",
        "tuned.v1-96",
        "tuned.v1-96-e0",
        "tuned.v1-96-e12-mirrored",
        "hf-1a2b-e3",
    ):
        assert read_trained_name(other) is None, other

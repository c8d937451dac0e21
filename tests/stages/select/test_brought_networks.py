"""A network that was brought as weights is what is tuned, where there is time for it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.made_knowledge import PROFILE

from apprenti.domain.network_training import TunableNetwork, read_trained_name
from apprenti.domain.recipe import Canvas, Pick
from apprenti.recipes import SCRATCH, TUNED, TUNED_HUB, ending_seconds, training_seconds
from apprenti.stages.select import Ground, PriorSelector, WithNetworks

VIT = TunableNetwork(name="vit-1a2b3c4d", size_px=224, multiply_adds=1_200_000_000)
LARGE = TunableNetwork(name="large-aaaabbbb", size_px=224, multiply_adds=80_000_000_000)


def networks(*tunable: TunableNetwork, seconds: float, others: tuple[str, ...] = ()) -> list[Pick]:
    """Return the picks that train a network where so much time is left."""
    ground = Ground(
        profile=replace(PROFILE, n_examples=500, n_train=400, n_validation=0, width_px=300, height_px=300),
        networks={network.name: 192 for network in tunable} | dict.fromkeys(others, 800),
        classic={"classic.v1": 900},
        canvas=Canvas(size_px=224),
        n_fits=5,
        tunable=tunable,
    )
    selector = WithNetworks(PriorSelector(ground), ground, time_left=lambda: seconds)
    return [pick for pick in selector.plan() if pick.recipe.is_trained]


def test_it_is_tuned_at_its_own_size_and_stands_beside_what_it_was() -> None:
    picks = networks(VIT, seconds=1200)
    trained = read_trained_name(picks[0].recipe.backbones[0])
    assert trained is not None
    assert (trained.kind, trained.size_px, trained.of) == (TUNED_HUB, 224, "1a2b3c4d")
    assert picks[0].recipe.backbones[1:] == ("vit-1a2b3c4d", "classic.v1")
    assert picks[0].recipe.canvas == Canvas(size_px=224)
    assert {pick.recipe.backbones for pick in picks[1:]} == {(trained.name,)}
    for pick in picks:
        assert pick.reason.said("fr") != pick.reason.said("en")
    assert all(pick.predicted_seconds < 1200 for pick in picks)


def test_more_time_gives_more_epochs_and_too_little_gives_another_network() -> None:
    kinds = {}
    for seconds in (60, 240, 1200, 4800):
        picks = networks(VIT, seconds=seconds)
        trained = read_trained_name(picks[0].recipe.backbones[0]) if picks else None
        kinds[seconds] = (trained.kind, trained.epochs) if trained else None
    assert kinds[60] is None or kinds[60][0] == SCRATCH
    assert [kinds[seconds][0] for seconds in (240, 1200, 4800)] == [TUNED_HUB] * 3  # type: ignore[index]
    assert kinds[240][1] < kinds[1200][1] < kinds[4800][1]  # type: ignore[index]


def test_the_first_that_fits_is_tuned_and_the_packaged_network_where_none_does() -> None:
    picks = networks(LARGE, VIT, seconds=600, others=("embedded.v2-96",))
    assert picks[0].recipe.backbones[0].endswith("-1a2b3c4d")
    picks = networks(LARGE, seconds=600, others=("embedded.v2-96",))
    assert picks[0].recipe.backbones[0].startswith(TUNED)
    assert not picks[0].recipe.backbones[0].startswith(TUNED_HUB)


def test_a_file_that_cannot_be_tuned_changes_nothing() -> None:
    (first, *_) = networks(seconds=600, others=("net-1a2b3c4d",))
    assert first.recipe.backbones[0].startswith(SCRATCH)


def test_the_time_of_a_training_depends_on_the_network_alone() -> None:
    trained = read_trained_name("tuned_hub.v1-224-e4-1a2b3c4d")
    assert trained is not None
    twice = replace(VIT, multiply_adds=2 * VIT.multiply_adds)
    seconds = [training_seconds(trained, n_photos=1000, network=network) for network in (VIT, twice)]
    assert 1.7 < seconds[1] / seconds[0] < 2.0
    assert ending_seconds(1000, network=twice) > ending_seconds(1000, network=VIT)
    assert ending_seconds(1000) == pytest.approx(6.0)


def test_the_name_of_a_tuned_network_says_which_one_it_was() -> None:
    name = "tuned_hub.v1-224-e4-1a2b3c4d"
    trained = read_trained_name(name)
    assert trained is not None
    assert trained.name == name
    assert read_trained_name("tuned.v1-96-e12") is not None
    assert read_trained_name(f"{name}5") is None

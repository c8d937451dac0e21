"""When each part of a training is over, also where what came before was late or the machine is busy."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.making import a_dataset, an_example

from apprenti.domain.recipe import Canvas, Recipe
from apprenti.flow.features import FeatureTable
from apprenti.flow.schedule import MOST_LOAD, Schedule, load_of, race_seconds
from apprenti.stages.profile import describe

RECIPE = Recipe(
    backbones=("embedded.v2-96", "classic.v1"),
    canvas=Canvas(size_px=96),
    transform="none.v1",
    head="ridge.v1",
)
EXAMPLES = tuple(an_example(i, "cat") for i in range(1000))


@pytest.mark.parametrize("budget", [20.0, 60.0, 600.0])
@pytest.mark.parametrize("only_networks", [True, False])
def test_the_parts_follow_each_other(budget: float, only_networks: bool) -> None:
    times = Schedule.of(budget, begun=5.0, only_networks=only_networks)
    ends = (
        times.begun, times.reading_ends, times.dictionary_ends, times.landmarks_end, times.embedding_ends,
        times.race_ends, budget + 5.0,
    )  # fmt: skip
    assert list(ends) == sorted(set(ends))
    assert times.race_ends == 5.0 + race_seconds(budget)


def test_networks_alone_leave_more_than_half_to_their_training() -> None:
    alone, all_kinds = (Schedule.of(60.0, begun=0.0, only_networks=only) for only in (True, False))
    assert alone.embedding_ends < 30.0 < all_kinds.embedding_ends


def test_photos_are_embedded_even_where_all_before_was_late() -> None:
    times = Schedule.of(60.0, begun=0.0, only_networks=True)
    assert times.embedding_ends_from(2.0) == times.embedding_ends
    assert times.embedding_ends_from(26.0) == pytest.approx(35.0)


@pytest.mark.parametrize("now", [19.0, 22.0, 25.0])
def test_late_embedding_leaves_most_of_the_time_to_learn_from_it(now: float) -> None:
    times = Schedule.of(30.0, begun=0.0, only_networks=False)
    ends = times.embedding_ends_from(now)
    assert now < ends <= now + (times.race_ends - now) / 3 + 1e-9


@pytest.mark.parametrize(
    ("seconds", "least", "most"), [(0.1, 1, 1), (4.0, 1, 1.2), (20.0, 2, 6), (1e4, MOST_LOAD, MOST_LOAD)]
)
def test_a_machine_is_as_busy_as_its_features_are_late(
    seconds: float, least: float, most: float, tmp_path: Path
) -> None:
    table = FeatureTable(fitted=EXAMPLES, test=(), materials=None, folder=tmp_path, tools=None)  # type: ignore[arg-type]
    load = load_of(table, RECIPE, profile=describe(a_dataset(*EXAMPLES)), seconds=seconds)
    assert least <= load <= most

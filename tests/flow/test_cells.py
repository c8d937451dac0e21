"""Which recipes cells are measured for, and under which names they are kept."""

from __future__ import annotations

import math
import time
from dataclasses import replace
from pathlib import Path

import pytest
from tests.making import Silence, a_dataset, an_example

from apprenti.blocks.backbone import Backbone
from apprenti.domain.recipe import Canvas, Cell, Interval, Look, Recipe, Trial, TrialStatus
from apprenti.engine import InlineEngine
from apprenti.flow.cells import N_CELLS, CellsUnderWay, cell_recipes, start_cells
from apprenti.flow.choosing import ground_of
from apprenti.flow.features import FeatureTable
from apprenti.flow.materials import Materials
from apprenti.flow.race import Race
from apprenti.flow.tools import Tools
from apprenti.recipes import SPACE
from apprenti.stages.profile import describe
from apprenti.stages.train import CandidateResult
from apprenti.store import MemoryShelf, read_cells

DATASET = a_dataset(*(an_example(i, label) for label in ("cat", "dog") for i in range(100)))
PROFILE = describe(DATASET)


def a_backbone(name: str, size_px: int = 96) -> Backbone:
    return Backbone(
        name=name,
        graph=name.encode(),
        size_px=size_px,
        fit="squash",
        n_features=1024,
        has_feature_map=False,
        licence="",
        source="",
    )


def materials_of(*networks: str) -> Materials:
    return Materials(
        networks=tuple(map(a_backbone, networks)),
        classic=(a_backbone("classic.v1", 64),),
        canvas=Canvas(size_px=96),
    )


def table_of(materials: Materials, *backbones: str) -> FeatureTable:
    tools = Tools(engine=InlineEngine(), shelf=MemoryShelf(), progress=Silence(), clock=time.monotonic)
    looks = [Look(backbone=name, canvas=materials.canvas) for name in backbones]
    return FeatureTable(
        fitted=(),
        test=(),
        fitted_files={look: Path("/nowhere") for look in looks},
        materials=materials,
        folder=Path("/nowhere"),
        tools=tools,
    )


@pytest.mark.parametrize("networks", [(), ("embedded.v2-96",), ("own-1a2b",), ("own-1a2b", "other-3c4d")])
def test_thirty_recipes_or_more_can_be_measured_on_the_features_of_the_fixed_order(
    networks: tuple[str, ...],
) -> None:
    materials = materials_of(*networks)
    recipes = cell_recipes(PROFILE, materials, table_of(materials, *networks, "classic.v1"), tried=())
    assert 30 <= len(recipes) <= N_CELLS
    assert len({recipe.name for recipe in recipes}) == len(recipes)


def test_only_recipes_whose_features_are_there_are_measured_those_that_were_tried_first() -> None:
    materials = materials_of("embedded.v2-96")
    table = table_of(materials, "embedded.v2-96")
    recipes = cell_recipes(PROFILE, materials, table, tried=())
    assert {recipe.backbones for recipe in recipes} == {("embedded.v2-96",)}
    again = cell_recipes(PROFILE, materials, table, tried=[recipes[-1]])
    assert again[0] == recipes[-1]
    assert {recipe.name for recipe in again} == {recipe.name for recipe in recipes}


def test_the_dearest_recipes_are_left_out() -> None:
    materials = materials_of("embedded.v2-96")
    table = table_of(materials, "embedded.v2-96", "classic.v1")
    ground = ground_of(PROFILE, materials, n_fits=1)
    measured = {recipe.name for recipe in cell_recipes(PROFILE, materials, table, tried=())}
    possible = [template.on(ground.stock) for template in SPACE.values() if template.fits(ground.stock)]
    seconds = {r.name: ground.fitting_seconds(r) for r in possible if not table.missing(r)}
    assert len(seconds) > N_CELLS
    assert max(seconds[name] for name in measured) <= min(
        seconds[name] for name in seconds if name not in measured
    )


@pytest.mark.parametrize(
    ("network", "kept"),
    [("embedded.v2-96", "embedded.v2-96"), ("holiday-1a2b", "onnx-"), ("own+x-1a", "onnx-")],
)
def test_a_networks_file_name_never_enters_the_knowledge_and_the_packaged_one_keeps_its_own(
    network: str, kept: str, tmp_path: Path
) -> None:
    materials = materials_of(network)
    table = table_of(materials, network, "classic.v1")
    tools = replace(table.tools, knowledge_folder=tmp_path)
    cell = Cell(
        recipe=SPACE["embedded.v2-96-mirrored/l2.v1/knn.v1?k=1"]
        .recipe((f"{network}-mirrored",), materials.canvas)
        .name,
        score=0.5,
        balanced_accuracy=0.5,
        seconds=1.0,
        split="validation",
        n_train=10,
    )
    under_way = start_cells(
        DATASET, PROFILE, materials, table, Race(), seed=0, deadline=-math.inf, tools=tools
    )
    done = replace(under_way, task=Done((cell,)))
    done.keep(done.collect(), Race())
    (record,) = read_cells(tmp_path)
    (found,) = record.cells
    assert found.recipe.startswith(kept)
    assert "-mirrored@96-squash/l2.v1/knn.v1?k=1" in found.recipe
    assert ("holiday" in found.recipe) is False


def test_the_kept_recipe_is_compared_with_the_others_on_the_same_photos() -> None:
    materials = materials_of("embedded.v2-96")
    table = table_of(materials, "embedded.v2-96", "classic.v1")
    first, second, third = cell_recipes(PROFILE, materials, table, tried=())[:3]
    scores = {first.name: 0.8, second.name: 0.85, third.name: 0.7}
    cells = tuple(
        Cell(recipe=name, score=score, balanced_accuracy=score, seconds=1, split="validation", n_train=9)
        for name, score in scores.items()
    )
    under_way = CellsUnderWay(
        task=Done(cells),
        profile=PROFILE,
        kept_as={},
        tools=table.tools,
        recipes={recipe.name: recipe for recipe in (first, second, third)},
        n_held_out=80,
    )
    hindsight = under_way.hindsight(under_way.collect(), first, after(first))
    assert hindsight is not None
    assert (hindsight.best, hindsight.n_others, hindsight.n_photos) == (second, 2, 80)
    assert hindsight.regret_points == pytest.approx(5.0)
    assert hindsight.n_more_right == 4
    assert under_way.hindsight(cells[1:], first, after(first)) is None
    assert under_way.hindsight(cells[:1], first, after(first)) is None
    best = under_way.hindsight(cells, second, after(second))
    assert best is not None
    assert (best.regret_points, best.n_more_right) == (0, 0)
    tried_too = under_way.hindsight(cells, first, after(first, second))
    assert tried_too is not None
    assert (tried_too.best, tried_too.n_others) == (third, 1)


def after(*tried: Recipe) -> Race:
    """Return a race that tried these recipes."""
    return Race(trials=[Trial(recipe=recipe, status=TrialStatus.FINISHED, score=0.5) for recipe in tried])


TRIED = SPACE["embedded.v2-96/l2.v1/centroid.v1"].recipe(("embedded.v2-96",), Canvas(size_px=96))


def kept_after(measured: tuple[Cell, ...], folder: Path) -> tuple[Cell, ...]:
    """Return the cells kept after a race that gave ``TRIED`` 0.9 and whatever was measured after it."""
    interval = Interval(low=0.8, high=1.0)
    race = Race(
        trials=[Trial(recipe=TRIED, status=TrialStatus.FINISHED, score=0.9, interval=interval)],
        results={
            TRIED.name: CandidateResult(
                score=0.9, interval=interval, balanced_accuracy=0.9, log_loss=0.5, n_validation=160, n_fits=5,
                n_fitted=160, seconds=5.0,
            )
        },
    )  # fmt: skip
    materials = materials_of("embedded.v2-96")
    tools = replace(table_of(materials).tools, knowledge_folder=folder)
    under_way = CellsUnderWay(task=Done(measured), profile=PROFILE, kept_as={}, tools=tools)
    under_way.keep(under_way.collect(), race)
    (record,) = read_cells(folder)
    return record.cells


def test_a_recipe_is_never_kept_with_the_score_of_a_larger_part_than_its_neighbours(tmp_path: Path) -> None:
    cell = Cell(
        recipe=TRIED.name, score=0.8, balanced_accuracy=0.8, seconds=1.0, split="validation", n_train=120
    )
    assert [kept.score for kept in kept_after((cell,), tmp_path)] == [0.8]


def test_where_nothing_was_measured_the_scores_of_the_race_are_kept(tmp_path: Path) -> None:
    assert [(kept.score, kept.seconds) for kept in kept_after((), tmp_path)] == [(0.9, 1.0)]


class Done:
    """Cells that are there."""

    def __init__(self, cells: tuple[Cell, ...]) -> None:
        self.cells = cells

    def poll(self) -> bool:
        return True

    def result(self) -> tuple[Cell, ...]:
        return self.cells

    def kill(self) -> None: ...

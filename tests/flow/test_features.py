"""Features come when they are asked for, for the same photos in the same order, from the shelf where they are there."""

from __future__ import annotations

import math
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from tests.blocks.networks import noise
from tests.making import Silence

from apprenti.domain.dataset import Dataset, Split
from apprenti.domain.errors import OutOfTimeError
from apprenti.domain.recipe import Canvas, Look
from apprenti.engine import InlineEngine
from apprenti.flow.features import first_rows, lay_out_features
from apprenti.flow.landmarks import LANDMARK_LOOK, look_for_landmarks
from apprenti.flow.materials import Materials, gather_materials
from apprenti.flow.tools import Tools
from apprenti.recipes import SPACE
from apprenti.stages.ingest import read_dataset
from apprenti.store import MemoryShelf

N_PER_LABEL = 8


class CountingEngine(InlineEngine):
    """Works here, counts photos, and can stop early."""

    def __init__(self) -> None:
        super().__init__()
        self.canvases: list[tuple[str, int, int]] = []
        self.n_photos_left = math.inf

    def map(
        self, function: Callable[[Any], Any], items: Iterable[Any], *, deadline: float | None = None
    ) -> Iterator[Any]:
        for piece in items:
            if hasattr(piece, "graphs"):
                if self.n_photos_left <= 0:
                    return
                self.n_photos_left -= len(piece.examples)
                self.canvases.append((piece.canvas.name, len(piece.examples), len(piece.graphs)))
            yield function(piece)


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    for number, label in enumerate(("red", "green")):
        (tmp_path / "photos" / label).mkdir(parents=True)
        for seed in range(N_PER_LABEL):
            pixels = noise(1, 48, seed=10 * seed + number)[0]
            pixels[..., number] |= 128
            Image.fromarray(pixels).save(tmp_path / "photos" / label / f"{seed}.png")
    return tmp_path / "photos"


@pytest.fixture
def tools() -> Tools:
    return Tools(engine=CountingEngine(), shelf=MemoryShelf(), progress=Silence(), clock=time.monotonic)


@pytest.fixture
def dataset(photos: Path, tmp_path: Path, tools: Tools) -> Dataset:
    return read_dataset(photos, engine=tools.engine, progress=tools.progress, workspace=tmp_path)


@pytest.fixture
def materials(dataset: Dataset, tools: Tools) -> Materials:
    return gather_materials(dataset, (), deadline=math.inf, seed=0, tools=tools)


def seen(tools: Tools) -> list[tuple[str, int, int]]:
    """Return (canvas, photos decoded, backbones they went through) since the last question."""
    engine = tools.engine
    assert isinstance(engine, CountingEngine)
    counts: Counter[tuple[str, int]] = Counter()
    for canvas, n_photos, n_backbones in engine.canvases:
        counts[canvas, n_backbones] += n_photos
    engine.canvases = []
    return [(canvas, n, n_backbones) for (canvas, n_backbones), n in counts.items()]


def looks_of(name: str, materials: Materials) -> tuple[Look, ...]:
    return SPACE[name].on(materials.stock).looks


TOGETHER = "embedded.v2-96+classic.v1/standardise.v1/ridge.v1?alpha=auto"
MIRRORED = "embedded.v2-64-mirrored/standardise.v1/ridge.v1?alpha=auto"
SIDE_BY_SIDE = "embedded.v2-64+embedded.v2-128/standardise.v1/ridge.v1?alpha=auto"


def test_photos_are_decoded_once_for_each_canvas_and_only_for_what_is_asked(
    dataset: Dataset, materials: Materials, tools: Tools, tmp_path: Path
) -> None:
    seen(tools)
    n = len(dataset.examples)
    looks = looks_of(TOGETHER, materials)
    table = lay_out_features(dataset, materials, looks, folder=tmp_path, deadline=math.inf, tools=tools)
    assert seen(tools) == [("96-squash", n, 2)]
    more = (*looks_of(MIRRORED, materials), *looks_of(SIDE_BY_SIDE, materials))
    table.add(more, deadline=math.inf, progress=tools.progress)
    assert seen(tools) == [("128-squash", n, 2), ("64-squash", n, 1)]
    assert table.looks == {*looks, *more}
    assert [look.canvas.size_px for look in more] == [64, 128, 128]


def test_rows_added_later_stand_in_the_order_of_the_first(
    dataset: Dataset, materials: Materials, tools: Tools, tmp_path: Path
) -> None:
    first, later = tmp_path / "first", tmp_path / "later"
    first.mkdir()
    later.mkdir()
    looks = (*looks_of(TOGETHER, materials), *looks_of(SIDE_BY_SIDE, materials))
    at_once = lay_out_features(dataset, materials, looks, folder=first, deadline=math.inf, tools=tools)
    table = lay_out_features(dataset, materials, looks[:2], folder=later, deadline=math.inf, tools=tools)
    table.add(looks[2:], deadline=math.inf, progress=tools.progress)
    assert (table.fitted, table.test) == (at_once.fitted, at_once.test)
    assert {e.split for e in table.test} == {Split.TEST}
    for look in looks:
        assert table.fitted_files[look].read_bytes() == at_once.fitted_files[look].read_bytes()
        assert table.test_files[look].read_bytes() == at_once.test_files[look].read_bytes()
        assert len(np.load(table.fitted_files[look])) == len(table.fitted)
    assert len(set(table.fitted_files.values())) == len(looks)


def test_what_is_on_the_shelf_is_not_worked_out_again(
    dataset: Dataset, materials: Materials, tools: Tools, tmp_path: Path
) -> None:
    look = looks_of(MIRRORED, materials)
    lay_out_features(dataset, materials, look, folder=tmp_path, deadline=math.inf, tools=tools)
    seen(tools)
    lay_out_features(dataset, materials, look, folder=tmp_path, deadline=math.inf, tools=tools)
    assert seen(tools) == []


def test_later_features_that_do_not_reach_every_photo_are_given_up_whole(
    dataset: Dataset, materials: Materials, tools: Tools, tmp_path: Path
) -> None:
    look = looks_of(MIRRORED, materials)
    table = lay_out_features(
        dataset, materials, looks_of(TOGETHER, materials), folder=tmp_path, deadline=math.inf, tools=tools
    )
    tools.engine.n_photos_left = 0  # type: ignore[attr-defined]
    with pytest.raises(OutOfTimeError, match=str(len(dataset.examples))):
        table.add(look, deadline=math.inf, progress=tools.progress)
    assert table.missing(SPACE[MIRRORED].on(materials.stock)) == look
    tools.engine.n_photos_left = math.inf  # type: ignore[attr-defined]
    table.add(look, deadline=math.inf, progress=tools.progress)
    assert table.missing(SPACE[MIRRORED].on(materials.stock)) == ()


def test_the_first_features_decide_which_photos_there_are(
    dataset: Dataset, materials: Materials, tools: Tools, tmp_path: Path
) -> None:
    few = 5
    looks = looks_of(MIRRORED, materials)
    part = replace(dataset, examples=dataset.examples[:few])
    lay_out_features(part, materials, looks, folder=tmp_path, deadline=math.inf, tools=tools)
    tools.engine.n_photos_left = 0  # type: ignore[attr-defined]
    table = lay_out_features(dataset, materials, looks, folder=tmp_path, deadline=math.inf, tools=tools)
    assert len(table.fitted) + len(table.test) == few
    assert table.n_left_out == len(dataset.examples) - few


def test_landmarks_are_those_of_the_smallest_network_whatever_is_trained_on(
    dataset: Dataset, materials: Materials, tools: Tools
) -> None:
    seen(tools)
    packaged = look_for_landmarks(dataset, materials, deadline=math.inf, tools=tools)
    n = len([example for example in dataset.examples if example.split is not Split.TEST])
    assert seen(tools) == [("64-squash", n, 1)]
    assert packaged.n == n
    assert set(packaged.scores) == {"nearest_neighbour", "nearest_centroid", "linear"}
    without = gather_materials(dataset, (Path("classic"),), deadline=math.inf, seed=0, tools=tools)
    assert without.networks == ()
    assert look_for_landmarks(dataset, without, deadline=math.inf, tools=tools) == packaged


def test_landmarks_no_time_is_left_for_are_not_there(
    dataset: Dataset, materials: Materials, tools: Tools
) -> None:
    tools.engine.n_photos_left = 0  # type: ignore[attr-defined]
    landmarks = look_for_landmarks(dataset, materials, deadline=math.inf, tools=tools)
    assert (landmarks.n, landmarks.scores) == (0, {})


def test_first_rows_are_never_of_test_photos(dataset: Dataset, materials: Materials, tools: Tools) -> None:
    features, examples = first_rows(
        dataset, materials, LANDMARK_LOOK, n_rows=6, deadline=math.inf, tools=tools
    )
    assert len(features) == len(examples) == 6
    assert Split.TEST not in {example.split for example in examples}


@pytest.mark.parametrize("name", ["embedded.v2-160", "embedded.v2-160-mirrored", "classic.v1"])
def test_every_backbone_a_recipe_names_is_found_under_that_name(name: str, materials: Materials) -> None:
    backbone = materials.backbone(name)
    assert backbone.name == name
    assert backbone.n_features == materials.stock.n_features(name)


def test_a_name_nobody_has_is_no_backbone(materials: Materials) -> None:
    with pytest.raises(KeyError):
        materials.backbone("another-1a2b")


def test_the_canvas_of_a_look_is_that_of_its_recipe(materials: Materials) -> None:
    assert {look.canvas for look in looks_of(SIDE_BY_SIDE, materials)} == {Canvas(size_px=128)}

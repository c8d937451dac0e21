"""What is packed is what is read, and what was made with other weights is passed over."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from knowledge.measure import Measured
from knowledge.pack import pack
from tests.making import a_dataset, an_example

from apprenti.blocks.embedded import load_embedded
from apprenti.domain.recipe import Cell
from apprenti.recipes import PACKAGED_SPACE
from apprenti.stages.profile import describe
from apprenti.stages.select.profile_vector import PROFILE_COLUMNS, profile_vector
from apprenti.store import read_parquet
from apprenti.store.base_knowledge import BASE_KNOWLEDGE, read_base_knowledge

RECIPES = tuple(template.name for template in PACKAGED_SPACE)[:3]


def a_result(task: str, n_photos: int, *scores: float) -> Measured:
    profile = describe(
        a_dataset(*(an_example(i, label) for label in ("cat", "dog") for i in range(n_photos)))
    )
    cells = [
        Cell(recipe=recipe, score=score, balanced_accuracy=0.5, seconds=0.25, split="validation", n_train=60)
        for recipe, score in zip(RECIPES, scores, strict=False)
    ]
    return Measured(
        task=task,
        family="pets",
        profile=replace(profile, landmarks={"linear": 0.75}),
        cells=tuple(cells),
        n_held_out=40,
        versions={"numpy": "2"},
        weights_sha256="ab" * 32,
        catalogue_sha256="cd" * 32,
    )


RESULTS = (a_result("pets", 50, 0.5, 0.75, 1.0), a_result("a few pets", 10, 0.25, 0.5))


def test_what_is_packed_is_read_back_as_tables(tmp_path: Path) -> None:
    pack(RESULTS, tmp_path / "base.parquet")
    knowledge = read_base_knowledge(weights_sha256="ab" * 32, path=tmp_path / "base.parquet")
    assert knowledge is not None
    assert knowledge.datasets == ("a few pets", "pets")
    assert knowledge.families == ("pets", "pets")
    order = [RECIPES.index(name) for name in knowledge.recipes]
    expected = np.array([[0.25, 0.5, np.nan], [0.5, 0.75, 1.0]], np.float32)[:, order]
    np.testing.assert_array_equal(knowledge.scores, expected)
    np.testing.assert_array_equal(
        knowledge.seconds, np.where(np.isnan(expected), np.nan, 0.25).astype(np.float32)
    )
    assert knowledge.profile_columns == PROFILE_COLUMNS
    np.testing.assert_array_equal(
        knowledge.profiles, np.stack([profile_vector(result.profile) for result in RESULTS[::-1]])
    )
    assert {knowledge.scores.dtype, knowledge.seconds.dtype, knowledge.profiles.dtype} == {
        np.dtype(np.float32)
    }


def test_how_many_photos_a_score_rests_on_is_packed_beside_it(tmp_path: Path) -> None:
    pack(RESULTS, tmp_path / "base.parquet")
    frame = read_parquet(tmp_path / "base.parquet", name="base")
    assert set(frame["n_held_out"]) == {40}
    assert frame["n_held_out"].dtype == np.int32


def test_the_same_cells_give_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "other"):
        pack(RESULTS, tmp_path / name)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "other").read_bytes()


def test_what_was_measured_with_other_weights_is_passed_over(tmp_path: Path) -> None:
    pack(RESULTS, tmp_path / "base.parquet")
    assert read_base_knowledge(weights_sha256="ef" * 32, path=tmp_path / "base.parquet") is None


def test_results_of_different_weights_are_never_packed_together(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="same weights"):
        pack([RESULTS[0], replace(RESULTS[1], weights_sha256="ef" * 32)], tmp_path / "base.parquet")
    assert not (tmp_path / "base.parquet").exists()


@pytest.mark.parametrize("keep", [0, 4, 500])
def test_a_damaged_file_is_no_knowledge_and_no_error(keep: int, tmp_path: Path) -> None:
    path = tmp_path / "base.parquet"
    assert read_base_knowledge(weights_sha256="ab" * 32, path=path) is None
    pack(RESULTS, path)
    path.write_bytes(path.read_bytes()[:keep])
    assert read_base_knowledge(weights_sha256="ab" * 32, path=path) is None


@pytest.mark.skipif(not BASE_KNOWLEDGE.exists(), reason="the base knowledge is not built yet")
def test_the_knowledge_in_the_package_is_large_small_enough_and_of_todays_weights_and_recipes() -> None:
    knowledge = read_base_knowledge(weights_sha256=load_embedded(64).sha256)
    assert knowledge is not None
    assert BASE_KNOWLEDGE.stat().st_size <= 2_000_000
    assert len(knowledge.datasets) >= 40
    assert np.isfinite(knowledge.scores).sum() >= 8000
    assert set(knowledge.recipes) <= {template.name for template in PACKAGED_SPACE}
    assert len(knowledge.recipes) >= 200

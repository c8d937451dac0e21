"""A recipe's name can be read back, and only as the recipe itself writes it."""

from __future__ import annotations

import pytest

from apprenti.domain.recipe import Canvas, Recipe
from apprenti.domain.recipe_name import read_recipe_name
from apprenti.recipes import PRIOR, SPACE

BACKBONES = (("classic.v1",), ("onnx-0123456789ab", "classic.v1"))


@pytest.mark.parametrize("backbones", BACKBONES)
def test_every_recipe_of_the_catalogue_is_read_back_from_its_name(backbones: tuple[str, ...]) -> None:
    for template in (*SPACE.values(), *PRIOR["classic"], *PRIOR["nets"]):
        recipe = template.recipe(backbones, Canvas(size_px=224, fit="crop"))
        assert read_recipe_name(recipe.name).name == recipe.name


def test_settings_come_back_as_numbers_and_words() -> None:
    parameters = {"C": 10, "alpha": 1e-05, "gamma": 0.25, "metric": "cosine"}
    recipe = Recipe(
        backbones=("classic.v1",),
        canvas=Canvas(size_px=64),
        transform="none.v1",
        head="x.v2",
        parameters=parameters,
    )
    assert read_recipe_name(recipe.name) == recipe


@pytest.mark.parametrize(
    "name",
    [
        "",
        "ridge.v1",
        "classic.v1@64/none.v1/ridge.v1",
        "classic.v1@64-stretch/none.v1/ridge.v1",
        "classic.v1@064-squash/none.v1/ridge.v1",
        "classic.v1@64-squash/none/ridge.v1",
        "classic.v1@64-squash/none.v0/ridge.v1",
        "classic.v1@64-squash/../ridge.v1",
        "classic.v1@64-squash/none.v1/ridge.v1/more.v1",
        "classic.v1@64-squash/none.v1/ridge.v1?",
        "classic.v1@64-squash/none.v1/ridge.v1?C=1.0",
        "classic.v1@64-squash/none.v1/ridge.v1?C=1&C=1",
        "classic.v1@64-squash/none.v1/ridge.v1?b=1&a=1",
        "classic.v1@64-squash/none.v1/ridge.v1?a=b=c",
        "classic.v1@64-squash/none.v1/ridge.v1?a=/srv",
        "/srv/martha/net.onnx@64-squash/none.v1/ridge.v1",
        "classic.v1@64-squash/none.v1/ridge.v1\n",
        "classic.v1@64-squash/none.v1/ridge.v1?C=" + "9" * 500,
        "clässic.v1@64-squash/none.v1/ridge.v1",
        "classic.v1@٦٤-squash/none.v1/ridge.v1",
    ],
)
def test_whatever_is_no_name_of_a_recipe_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match=r"(?i)name"):
        read_recipe_name(name)


def test_a_number_no_float_can_hold_is_a_word_like_any_other() -> None:
    assert read_recipe_name("a@8-pad/b.v1/c.v1?d=1e999").parameters == {"d": "1e999"}

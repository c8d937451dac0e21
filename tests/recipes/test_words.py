from __future__ import annotations

import pytest

from apprenti.domain.recipe import Canvas
from apprenti.recipes import PACKAGED_SPACE, SPACE, TRAININGS, Stock
from apprenti.recipes.words import phrase
from apprenti.texts import Lang, catalogue

STOCK = Stock(
    networks={"embedded.v2-96": 1024, "own-1a2b": 512},
    classic={"classic.v1": 2404},
    canvas=Canvas(size_px=96),
)


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_a_person_is_told_which_size_and_view_of_the_network_a_recipe_uses(lang: Lang) -> None:
    recipes = [template.on(STOCK) for template in PACKAGED_SPACE]
    heads = {recipe.backbones: phrase(recipe, lang) for recipe in recipes}
    assert len(set(heads.values())) == len(heads)
    assert all("embedded" not in said and "classic.v1" not in said for said in heads.values())
    assert any("128\u00a0px" in said or "128 px" in said for said in heads.values())


def test_mirror_images_are_named_and_the_users_network_keeps_its_name() -> None:
    plain, mirrored = (
        SPACE[f"nets{view}/l2.v1/knn.v1?k=1"].recipe(names, STOCK.canvas)
        for view, names in (("", ("own-1a2b",)), ("-mirrored", ("own-1a2b-mirrored",)))
    )
    assert phrase(plain, "en") == "Nearest neighbours on features of the network own-1a2b"
    assert phrase(mirrored, "en") == f"{phrase(plain, 'en')}, mirror images included"


@pytest.mark.parametrize("lang", ["en", "fr"])
@pytest.mark.parametrize("kind", [name.partition(".")[0] for name in TRAININGS])
def test_every_training_has_its_words_wherever_one_is_told_of(kind: str, lang: Lang) -> None:
    assert {f"features_{kind}", f"short_{kind}"} <= set(catalogue("recipes", lang))
    assert f"network_{kind}" in catalogue("report", lang)

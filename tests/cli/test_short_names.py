from __future__ import annotations

import pytest

from apprenti.cli.short_names import recipe_text
from apprenti.domain.recipe import Canvas, Recipe
from apprenti.recipes import TRAININGS
from apprenti.texts import LANGS, Lang


def on(*backbones: str) -> Recipe:
    return Recipe(backbones=backbones, canvas=Canvas(size_px=96), transform="none.v1", head="own.v1")


def test_a_trained_network_is_told_by_its_size_and_epochs() -> None:
    recipe = on("tuned.v1-96-e12", "classic.v1")
    assert recipe_text(recipe, "en") == "Its own last layer · tuned 96 px, 12 epochs + classic"
    assert recipe_text(recipe, "fr") == "Sa propre dernière couche · affiné 96 px, 12 époques + classic"
    assert recipe_text(on("scratch.v1-32-e1"), "fr").endswith("parti de zéro 32 px, 1 époque")


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("kind", TRAININGS)
def test_every_training_has_a_short_name(kind: str, lang: Lang) -> None:
    assert kind not in recipe_text(on(f"{kind}-64-e8"), lang)


def test_other_networks_keep_the_name_their_owner_gave_them() -> None:
    assert recipe_text(on("my-network-1a2b3c4d"), "en") == "Its own last layer · my-network"

from __future__ import annotations

from apprenti.domain.recipe import Canvas, Look, Recipe
from apprenti.recipes import SPACE, Stock, embedding_seconds, predicted_seconds
from apprenti.recipes.times import DECODING_MS, EMBEDDING_MS, HEADS, N_CORES, TRANSFORMS

STOCK = Stock(
    networks={"embedded.v1-96": 1024, "own-1a2b": 512},
    classic={"classic.v1": 2404},
    canvas=Canvas(size_px=96),
)


def look(backbone: str, size_px: int = 96) -> Look:
    return Look(backbone=backbone, canvas=Canvas(size_px=size_px))


def seconds_of(recipe: Recipe, n_rows: int) -> float:
    n_features = sum(STOCK.n_features(name) for name in recipe.backbones)
    return predicted_seconds(recipe, n_rows=n_rows, n_features=n_features, n_labels=10, n_fits=5)


def test_every_template_has_a_predicted_time_that_grows_with_the_photos() -> None:
    assert {t.transform for t in SPACE.values()} <= set(TRANSFORMS)
    assert {t.head for t in SPACE.values()} <= set(HEADS)
    for template in SPACE.values():
        recipe = template.on(STOCK)
        assert 0 < seconds_of(recipe, 200) < seconds_of(recipe, 1000), template.name
        assert embedding_seconds(recipe.looks, n_photos=100) > 0


def test_a_photo_is_decoded_once_for_each_canvas() -> None:
    together = embedding_seconds([look("embedded.v1-96"), look("classic.v1")], n_photos=1000)
    apart = embedding_seconds([look("embedded.v1-96"), look("classic.v1", 64)], n_photos=1000)
    assert round(N_CORES * (apart - together), 6) == DECODING_MS
    ms = EMBEDDING_MS["embedded.v1-96"] + EMBEDDING_MS["classic.v1"] + DECODING_MS
    assert round(N_CORES * together, 6) == ms


def test_a_mirrored_view_costs_two_looks() -> None:
    plain, both = (
        N_CORES * embedding_seconds([look(name)], n_photos=1000) - DECODING_MS
        for name in ("embedded.v1-64", "embedded.v1-64-mirrored")
    )
    assert round(both / plain, 6) == 2


def test_nothing_to_embed_costs_nothing() -> None:
    assert embedding_seconds([], n_photos=1000) == 0

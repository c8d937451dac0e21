from __future__ import annotations

from apprenti.domain.recipe import Canvas, Look, Recipe
from apprenti.recipes import SPACE, Stock, embedding_seconds, predicted_seconds
from apprenti.recipes.times import EMBEDDING_MS, HEADS, N_CORES, SMALL_CLASSIC_MS, TRANSFORMS, decoding_ms

STOCK = Stock(
    networks={"embedded.v2-96": 1024, "own-1a2b": 512},
    classic={"classic.v1": 2404},
    canvas=Canvas(size_px=96),
)
DECODING_MS = decoding_ms(640, 480)


def look(backbone: str, size_px: int = 96) -> Look:
    return Look(backbone=backbone, canvas=Canvas(size_px=size_px))


def ms_of(*looks: Look, width_px: float = 640, height_px: float = 480) -> float:
    """Milliseconds of one core for one photo."""
    return N_CORES * embedding_seconds(looks, n_photos=1000, width_px=width_px, height_px=height_px)


def seconds_of(recipe: Recipe, n_rows: int) -> float:
    n_features = sum(STOCK.n_features(name) for name in recipe.backbones)
    return predicted_seconds(recipe, n_rows=n_rows, n_features=n_features, n_labels=10, n_fits=5)


def test_every_template_has_a_predicted_time_that_grows_with_the_photos() -> None:
    assert {t.transform for t in SPACE.values()} <= set(TRANSFORMS)
    assert {t.head for t in SPACE.values()} <= set(HEADS)
    for template in SPACE.values():
        recipe = template.on(STOCK)
        assert 0 < seconds_of(recipe, 200) < seconds_of(recipe, 1000), template.name
        assert ms_of(*recipe.looks) > 0


def test_a_photo_is_decoded_once_for_each_canvas() -> None:
    together = ms_of(look("embedded.v2-96"), look("classic.v1"))
    apart = ms_of(look("embedded.v2-96"), look("classic.v1", 64))
    assert round(apart - together, 6) == round(DECODING_MS, 6)
    known = EMBEDDING_MS["embedded.v2-96"] + EMBEDDING_MS["classic.v1"]
    assert round(together, 6) == round(known + DECODING_MS, 6)


def test_a_mirrored_view_costs_two_looks() -> None:
    plain, both = (ms_of(look(name)) - DECODING_MS for name in ("embedded.v2-64", "embedded.v2-64-mirrored"))
    assert round(both / plain, 6) == 2


def test_small_pictures_are_decoded_and_looked_at_by_hand_made_features_in_less_time() -> None:
    assert decoding_ms(28, 28) < 0.5 < 2 < decoding_ms(1024, 768) < 10 < decoding_ms(4000, 3000)
    small = ms_of(look("classic.v1"), width_px=28, height_px=28)
    assert round(small, 6) == round(SMALL_CLASSIC_MS + decoding_ms(28, 28), 6)


def test_nothing_to_embed_costs_nothing() -> None:
    assert ms_of() == 0

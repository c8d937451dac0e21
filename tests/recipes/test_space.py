"""The space of recipes: large, diverse, under stable names, and each one there and back again."""

from __future__ import annotations

import re
from importlib import import_module
from itertools import combinations

import pytest

from apprenti.blocks.catalogue import HEADS, TRANSFORMS
from apprenti.blocks.embedded import load_embedded
from apprenti.blocks.views import mirrored
from apprenti.domain.backbone_name import CLASSIC, PACKAGED
from apprenti.domain.recipe import Canvas
from apprenti.recipes import (
    BROUGHT_SPACE,
    PACKAGED_SPACE,
    PRIOR,
    SIZES_PX,
    SPACE,
    Stock,
    column_of,
    template_of,
    templates_for,
)

CLASSIC_ALONE = Stock(networks={}, classic={CLASSIC: 2404}, canvas=Canvas(size_px=64))
PACKAGE = Stock(networks={f"{PACKAGED}-96": 1024}, classic={CLASSIC: 2404}, canvas=Canvas(size_px=96))
BROUGHT = Stock(
    networks={"mobilenet-1a2b": 1280, "other-3c4d": 512},
    classic={CLASSIC: 2404},
    canvas=Canvas(size_px=224, fit="crop"),
)


def test_two_hundred_recipes_can_be_made_of_the_package_alone() -> None:
    assert len(PACKAGED_SPACE) >= 200
    assert len(SPACE) == len(PACKAGED_SPACE) + len(BROUGHT_SPACE)  # every name is another
    assert templates_for(PACKAGE) == PACKAGED_SPACE


def test_names_in_recipes_are_those_of_the_blocks() -> None:
    backbone = load_embedded(64)
    recipe = SPACE["embedded.v2-64-mirrored/l2.v1/knn.v1?k=1"].on(PACKAGE)
    assert recipe.backbones == (mirrored(backbone).name,)


def test_every_size_is_one_the_packaged_network_takes() -> None:
    assert [load_embedded(size_px).size_px for size_px in SIZES_PX] == list(SIZES_PX)


def test_every_block_exists_and_knows_the_parameters() -> None:
    for template in SPACE.values():
        text = "".join(
            _source(catalogue[name])
            for catalogue, name in ((TRANSFORMS, template.transform), (HEADS, template.head))
        )
        unknown = [name for name in template.parameters if f'"{name}"' not in text]
        assert unknown == [], template.name


def _source(block: str) -> str:
    import inspect

    module = import_module(block.partition(":")[0])
    text = inspect.getsource(module)
    # a block that is made of others takes their parameters
    return text + "".join(
        inspect.getsource(part)
        for part in vars(module).values()
        if inspect.ismodule(part) and "apprenti" in part.__name__
    )


@pytest.mark.parametrize("stock", [CLASSIC_ALONE, PACKAGE, BROUGHT], ids=["classic", "packaged", "brought"])
def test_a_recipe_leads_back_to_the_template_it_was_made_from(stock: Stock) -> None:
    templates = templates_for(stock)
    assert len(templates) >= 30
    for template in templates:
        recipe = template.on(stock)
        assert template_of(recipe, stock) is template
        assert sum(stock.n_features(name) for name in recipe.backbones) > 0
    assert len({template.on(stock).name for template in templates}) == len(templates)


def test_names_do_not_depend_on_what_the_users_file_is_called() -> None:
    renamed = Stock(networks={"a-1": 1280, "b-2": 512}, classic=BROUGHT.classic, canvas=BROUGHT.canvas)
    names = [template.name for template in templates_for(BROUGHT)]
    assert names == [template.name for template in templates_for(renamed)]
    assert not any("mobilenet" in name for name in names)


def test_what_was_learnt_about_one_network_never_stands_under_the_name_of_another() -> None:
    template = SPACE["nets+classic.v1/power.v1/logistic.v1?C=0.01"]
    other = Stock(networks={"third-5e6f": 1280}, classic=BROUGHT.classic, canvas=BROUGHT.canvas)
    columns = {column_of(template.on(stock)) for stock in (BROUGHT, other)}
    assert columns == {
        "mobilenet-1a2b+other-3c4d+classic.v1/power.v1/logistic.v1?C=0.01",
        "third-5e6f+classic.v1/power.v1/logistic.v1?C=0.01",
    }


def test_columns_of_the_package_are_the_names_of_its_templates() -> None:
    assert [column_of(template.on(PACKAGE)) for template in PACKAGED_SPACE] == [
        t.name for t in PACKAGED_SPACE
    ]


def test_a_packaged_network_beside_a_brought_one_is_at_hand_both_ways() -> None:
    both = Stock(
        networks={**PACKAGE.networks, **BROUGHT.networks}, classic={CLASSIC: 2404}, canvas=BROUGHT.canvas
    )
    assert templates_for(both) == (*PACKAGED_SPACE, *BROUGHT_SPACE)
    for template in templates_for(both):
        assert template_of(template.on(both), both) is template


@pytest.mark.parametrize(
    ("stock", "group"), [(CLASSIC_ALONE, "classic"), (PACKAGE, "nets"), (BROUGHT, "nets")]
)
def test_the_fixed_order_is_part_of_the_space(stock: Stock, group: str) -> None:
    for template in PRIOR[group]:  # type: ignore[index]
        assert template_of(template.on(stock), stock) is not None, template.name


def test_photos_are_decoded_at_the_largest_square_a_recipe_looks_at() -> None:
    side = {
        template.on(PACKAGE).canvas.size_px for template in PACKAGED_SPACE if template.sizes_px == (64, 160)
    }
    assert side == {160}
    assert SPACE["classic.v1/none.v1/lda.v1"].on(PACKAGE).canvas == PACKAGE.canvas
    assert SPACE["nets/l2.v1/centroid.v1"].on(BROUGHT).canvas == BROUGHT.canvas


def test_no_two_kernels_on_the_same_features_are_near_twins() -> None:
    """Within a factor of two in both alpha and gamma, kernel ridge hardly differs."""
    kernels = [t for t in SPACE.values() if t.head == "kernel_ridge.v1"]
    for one, other in combinations(kernels, 2):
        if _features(one.name) == _features(other.name) and one.transform == other.transform:
            ratios = [one.parameters[name] / other.parameters[name] for name in ("alpha", "gamma")]  # type: ignore[operator]
            assert any(not 0.5 <= ratio <= 2 for ratio in ratios), (one.name, other.name)


def _features(name: str) -> str:
    return re.split("/", name)[0]

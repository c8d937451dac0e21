"""Every recipe that may be chosen, as data: what features, times what is done to them, times what decides.

Each list below is one kind of features and what is tried on it. A setting stands here because it measured best
somewhere in ``benchmarks/baselines.py``, or because it fails where others do well: what is chosen from must differ, and
two settings that always score alike cost time twice. Names are what the knowledge is kept under, so an entry may be
added anywhere, and one that is changed is another entry.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from apprenti.domain.recipe import Parameter, Recipe
from apprenti.recipes.templates import Material, Stock, Template, template_name


class Way(NamedTuple):
    """What is done with features: a transform, a head, the settings of both."""

    transform: str
    head: str
    parameters: Mapping[str, Parameter]


def _way(transform: str, head: str, **parameters: Parameter) -> Way:
    return Way(f"{transform}.v1", f"{head}.v1", parameters)


SIZES_PX = (64, 96, 128, 160)
"""Sides of the squares the packaged network looks at."""
SIZES_SIDE_BY_SIDE = ((64, 128), (64, 160), (96, 160))

ON_A_NETWORK = (
    _way("power", "kernel_ridge", alpha=0.03, gamma=1.0),
    _way("power", "kernel_ridge", alpha=0.1, gamma=0.25),
    _way("power", "kernel_ridge", alpha=0.003, gamma=0.25),
    _way("standardise", "kernel_ridge", alpha=0.03, gamma=1.0),
    _way("l2", "kernel_ridge", alpha=0.03, gamma=2.0),
    _way("power", "logistic", C=0.01),
    _way("standardise", "logistic", C=0.001),
    _way("pca", "logistic", n_components=128, C=0.1),
    _way("standardise", "ridge", alpha="auto"),
    _way("power", "ridge", alpha=1.0),
    _way("power", "ridge", alpha=10.0),
    _way("pca", "lda", n_components=512, shrinkage=0.1),
    _way("power_pca", "lda", n_components=64),
    _way("power_pca", "rbf_svm", n_components=128, C=3.0),
    _way("l2", "knn", k=1),
    _way("power_pca", "knn", n_components=64, k=10),
    _way("l2", "centroid"),
    _way("standardise", "centroid"),
    _way("power_pca", "naive_bayes", n_components=64),
    _way("power_pca", "mlp", n_components=128),
    _way("power_pca", "linear_svm", n_components=256),
    _way("power_pca", "forest", n_components=64),
)

ON_MIRRORED = (
    _way("power", "kernel_ridge", alpha=0.03, gamma=1.0),
    _way("power", "kernel_ridge", alpha=0.1, gamma=0.25),
    _way("power", "logistic", C=0.01),
    _way("standardise", "ridge", alpha="auto"),
    _way("power", "ridge", alpha=10.0),
    _way("pca", "lda", n_components=512, shrinkage=0.1),
    _way("power_pca", "rbf_svm", n_components=128, C=3.0),
    _way("l2", "knn", k=1),
    _way("standardise", "centroid"),
)

ON_TWO_SIZES = (
    _way("power", "kernel_ridge", alpha=0.03, gamma=1.0),
    _way("power", "kernel_ridge", alpha=0.1, gamma=0.25),
    _way("power", "logistic", C=0.01),
    _way("standardise", "ridge", alpha="auto"),
    _way("power", "ridge", alpha=10.0),
    _way("pca", "lda", n_components=512, shrinkage=0.1),
    _way("power_pca", "rbf_svm", n_components=128, C=3.0),
    _way("l2", "knn", k=1),
)

BESIDE_CLASSIC = (
    _way("power", "kernel_ridge", alpha=0.03, gamma=1.0),
    _way("power", "kernel_ridge", alpha=0.1, gamma=0.25),
    _way("power", "kernel_ridge", alpha=0.003, gamma=0.25),
    _way("standardise", "kernel_ridge", alpha=0.01, gamma=0.5),
    _way("power", "logistic", C=0.01),
    _way("standardise", "ridge", alpha="auto"),
    _way("power", "ridge", alpha=10.0),
    _way("pca", "lda", n_components=512, shrinkage=0.1),
    _way("power_pca", "rbf_svm", n_components=256, C=3.0, gamma=0.5),
    _way("power_pca", "knn", n_components=64, k=10),
    _way("standardise", "centroid"),
)

MIRRORED_BESIDE_CLASSIC = (
    _way("power", "kernel_ridge", alpha=0.03, gamma=1.0),
    _way("power", "logistic", C=0.01),
    _way("standardise", "ridge", alpha="auto"),
    _way("pca", "lda", n_components=512, shrinkage=0.1),
)

ON_CLASSIC = (
    _way("none", "kernel_ridge", alpha=0.01, gamma=0.25),
    _way("none", "kernel_ridge", alpha=0.003, gamma=1.0),
    _way("none", "kernel_ridge", alpha=0.1, gamma=0.25),
    _way("standardise", "kernel_ridge", alpha=0.03, gamma=1.0),
    _way("standardise", "kernel_ridge", alpha=0.3, gamma=0.25),
    _way("power", "kernel_ridge", alpha=0.03, gamma=1.0),
    _way("l2", "kernel_ridge", alpha=0.01, gamma=0.5),
    _way("none", "ridge", alpha="auto"),
    _way("none", "ridge", alpha=10.0),
    _way("standardise", "ridge", alpha=1.0),
    _way("power", "ridge", alpha="auto"),
    _way("none", "lda"),
    _way("pca", "lda", n_components=512, shrinkage=0.1),
    _way("power_pca", "lda", n_components=64),
    _way("none", "logistic", C=0.01),
    _way("power", "logistic", C=0.01),
    _way("pca", "logistic", n_components=128, C=0.1),
    _way("pca", "rbf_svm", n_components=128, C=3.0),
    _way("power_pca", "rbf_svm", n_components=256, C=3.0, gamma=0.5),
    _way("none", "knn", k=1),
    _way("none", "knn", k=5, metric="euclid"),
    _way("power_pca", "knn", n_components=64, k=10),
    _way("none", "centroid"),
    _way("power", "centroid"),
    _way("power_pca", "naive_bayes", n_components=64),
    _way("standardise", "naive_bayes"),
    _way("power_pca", "mlp", n_components=128),
    _way("power_pca", "linear_svm", n_components=256),
    _way("pca", "forest", n_components=64),
    _way("pca", "tree", n_components=32),
    _way("power_pca", "boosting", n_components=32),
)


def _on(
    material: Material, ways: tuple[Way, ...], *sizes_px: tuple[int, ...], mirrored: bool = False
) -> tuple[Template, ...]:
    return tuple(
        Template(
            material=material,
            transform=way.transform,
            head=way.head,
            parameters=way.parameters,
            sizes_px=sizes,
            mirrored=mirrored,
        )
        for sizes in sizes_px
        for way in ways
    )


_EACH_SIZE = tuple((size_px,) for size_px in SIZES_PX)

PACKAGED_SPACE = (
    *_on("classic", ON_CLASSIC, ()),
    *_on("nets", ON_A_NETWORK, *_EACH_SIZE),
    *_on("nets", ON_MIRRORED, *_EACH_SIZE, mirrored=True),
    *_on("nets", ON_TWO_SIZES, *SIZES_SIDE_BY_SIDE),
    *_on("nets+classic", BESIDE_CLASSIC, *_EACH_SIZE),
    *_on("nets+classic", MIRRORED_BESIDE_CLASSIC, (96,), (160,), mirrored=True),
)
"""What can be made of the package alone: the columns of the base knowledge."""

BROUGHT_SPACE = (
    *_on("nets", ON_A_NETWORK, ()),
    *_on("nets", ON_MIRRORED, (), mirrored=True),
    *_on("nets+classic", BESIDE_CLASSIC, ()),
    *_on("nets+classic", MIRRORED_BESIDE_CLASSIC, (), mirrored=True),
)
"""The same on networks the user brought, all of them side by side."""

SPACE: Mapping[str, Template] = {template.name: template for template in (*PACKAGED_SPACE, *BROUGHT_SPACE)}
"""Every template by its name."""


def templates_for(stock: Stock) -> tuple[Template, ...]:
    """Return the templates there is everything for."""
    return tuple(template for template in SPACE.values() if template.fits(stock))


def template_of(recipe: Recipe, stock: Stock) -> Template | None:
    """Return the template a recipe is made from; ``None`` where it is not of the space."""
    return SPACE.get(template_name(recipe, stock))

"""Recipes as data: what may be tried, in the order that measured best when nothing is known of the data.

The order is the greedy complementary portfolio over the validation scores of ``benchmarks/prior.py``: the first
recipe is the best on average, each next one adds most where those above it are weak.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from apprenti.domain.recipe import Canvas, Parameter, Recipe

Material = Literal["classic", "nets", "nets+classic"]
"""Which features a template takes: hand-made ones, those of the networks at hand, or both side by side."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """A recipe before it is known which backbones there are.

    Args:
        material: which features it takes.
        transform: versioned block name.
        head: versioned block name.
        parameters: settings of transform and head.
        reason: entry of ``texts/*/select.toml`` that says why it stands where it does.
    """

    material: Material
    transform: str
    head: str
    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    reason: str = "prior"

    def recipe(self, backbones: tuple[str, ...], canvas: Canvas) -> Recipe:
        """Return the recipe on the named backbones."""
        return Recipe(
            backbones=backbones,
            canvas=canvas,
            transform=self.transform,
            head=self.head,
            parameters=dict(self.parameters),
        )


def _template(
    material: Material, transform: str, head: str, *, reason: str = "", **parameters: Parameter
) -> Template:
    return Template(
        material=material,
        transform=transform,
        head=head,
        parameters=parameters,
        reason=reason or head.partition(".")[0],
    )


PRIOR: Mapping[Literal["classic", "nets"], tuple[Template, ...]] = {
    "classic": (
        _template("classic", "none.v1", "kernel_ridge.v1", alpha=0.01, gamma=0.25),
        _template(
            "classic", "none.v1", "kernel_ridge.v1", alpha=0.003, gamma=1.0, reason="kernel_ridge_narrow"
        ),
        _template("classic", "none.v1", "ridge.v1", alpha="auto"),
        _template("classic", "none.v1", "lda.v1"),
        _template(
            "classic", "standardise.v1", "kernel_ridge.v1", alpha=0.03, gamma=1.0, reason="kernel_ridge_even"
        ),
    ),
    "nets": (
        _template(
            "nets+classic", "power.v1", "kernel_ridge.v1", reason="with_classic", alpha=0.03, gamma=1.0
        ),
        _template("nets", "power.v1", "kernel_ridge.v1", alpha=0.03, gamma=1.0),
        _template("nets", "power.v1", "logistic.v1", C=0.01),
        _template("nets+classic", "pca.v1", "lda.v1", n_components=512, shrinkage=0.1),
        _template("classic", "none.v1", "kernel_ridge.v1", reason="classic_alone", alpha=0.01, gamma=0.25),
    ),
}
"""The five that are tried, by what there is: hand-made features only, or networks beside them."""

CELLS: tuple[Template, ...] = (
    _template("nets", "standardise.v1", "centroid.v1"),
    _template("nets", "l2.v1", "centroid.v1"),
    _template("nets", "power.v1", "centroid.v1"),
    _template("nets", "standardise.v1", "naive_bayes.v1"),
    _template("nets", "l2.v1", "knn.v1", k=1),
    _template("nets", "l2.v1", "knn.v1", k=5),
    _template("nets", "power.v1", "knn.v1", k=5),
    _template("nets", "power_pca.v1", "knn.v1", n_components=64, k=10),
    _template("nets", "standardise.v1", "ridge.v1", alpha=0.1),
    _template("nets", "standardise.v1", "ridge.v1", alpha=1.0),
    _template("nets", "standardise.v1", "ridge.v1", alpha=10.0),
    _template("nets", "l2.v1", "ridge.v1", alpha=1.0),
    _template("nets", "power.v1", "ridge.v1", alpha=0.1),
    _template("nets", "power.v1", "ridge.v1", alpha=1.0),
    _template("nets", "power.v1", "ridge.v1", alpha=10.0),
    _template("nets", "power_pca.v1", "lda.v1", n_components=64),
    _template("nets", "power_pca.v1", "lda.v1", n_components=256),
    _template("nets", "power_pca.v1", "naive_bayes.v1", n_components=64),
    _template("nets", "power.v1", "kernel_ridge.v1", alpha=0.01),
    _template("nets", "power.v1", "kernel_ridge.v1", alpha=0.1),
    _template("nets", "l2.v1", "kernel_ridge.v1", alpha=0.03),
    _template("nets", "power_pca.v1", "rbf_svm.v1", n_components=128, C=1.0),
    _template("nets", "power_pca.v1", "rbf_svm.v1", n_components=128, C=10.0),
    _template("nets", "power_pca.v1", "rbf_svm.v1", n_components=256, C=3.0, gamma=0.5),
    _template("nets", "pca.v1", "logistic.v1", n_components=128, C=0.01),
    _template("nets", "pca.v1", "logistic.v1", n_components=128, C=0.1),
    _template("nets", "power_pca.v1", "logistic.v1", n_components=256, C=0.1),
    _template("nets", "power_pca.v1", "tree.v1", n_components=32),
    _template("nets", "power_pca.v1", "forest.v1", n_components=64),
    _template("nets", "power_pca.v1", "mlp.v1", n_components=128),
    _template("nets", "power_pca.v1", "linear_svm.v1", n_components=256),
    _template("nets", "power_pca.v1", "boosting.v1", n_components=32),
)
"""What cells of the knowledge are measured for after every training, cheapest first."""

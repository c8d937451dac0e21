"""What is tried while nothing is known of the data, in the order that measured best.

The order is the greedy complementary portfolio over the validation scores of ``benchmarks/prior.py``: the first
recipe is the best on average, each next one adds most where those above it are weak.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from apprenti.domain.recipe import Parameter
from apprenti.recipes.templates import Material, Template


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

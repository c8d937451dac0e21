"""What is tried while nothing is known of the data, in the order that measured best.

The order is the greedy complementary portfolio over the validation scores of ``benchmarks/prior.py``: the first
recipe is the best on average, each next one adds most where those above it are weak.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from apprenti.domain.dataset import TaskType
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


Order = Mapping[Literal["classic", "nets"], tuple[Template, ...]]

PRIOR: Order = {
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

LABELS_PRIOR: Order = {
    "classic": (
        _template("classic", "none.v1", "kernel_ridge.v1", reason="labels_curved", alpha=0.01, gamma=0.25),
        _template("classic", "none.v1", "ridge.v1", reason="labels_ridge", alpha="auto"),
        _template("classic", "power.v1", "logistic.v1", reason="labels_logistic", C=0.01),
        _template(
            "classic", "standardise.v1", "kernel_ridge.v1", reason="labels_curved", alpha=0.03, gamma=1.0
        ),
    ),
    "nets": (
        _template(
            "nets+classic", "power.v1", "kernel_ridge.v1", reason="labels_with_classic", alpha=0.03, gamma=1.0
        ),
        _template("nets", "power.v1", "kernel_ridge.v1", reason="labels_curved", alpha=0.03, gamma=1.0),
        _template("nets", "power.v1", "logistic.v1", reason="labels_logistic", C=0.01),
        _template("nets+classic", "standardise.v1", "ridge.v1", reason="labels_ridge", alpha="auto"),
        _template("classic", "none.v1", "kernel_ridge.v1", reason="labels_classic", alpha=0.01, gamma=0.25),
    ),
}
"""The same for several labels at once: those of ``PRIOR`` whose heads serve them, in its order."""

NUMBERS_PRIOR: Order = {
    "classic": (
        _template("classic", "none.v1", "kernel_ridge.v1", reason="numbers_curved", alpha=0.01, gamma=0.25),
        _template("classic", "none.v1", "ridge.v1", reason="numbers_ridge", alpha="auto"),
        _template(
            "classic", "standardise.v1", "kernel_ridge.v1", reason="numbers_curved", alpha=0.03, gamma=1.0
        ),
        _template("classic", "power_pca.v1", "knn.v1", reason="numbers_knn", n_components=64, k=10),
    ),
    "nets": (
        _template(
            "nets+classic",
            "power.v1",
            "kernel_ridge.v1",
            reason="numbers_with_classic",
            alpha=0.03,
            gamma=1.0,
        ),
        _template("nets", "power.v1", "kernel_ridge.v1", reason="numbers_curved", alpha=0.03, gamma=1.0),
        _template("nets+classic", "standardise.v1", "ridge.v1", reason="numbers_ridge", alpha="auto"),
        _template("nets+classic", "power_pca.v1", "knn.v1", reason="numbers_knn", n_components=64, k=10),
        _template("classic", "none.v1", "kernel_ridge.v1", reason="numbers_classic", alpha=0.01, gamma=0.25),
    ),
}
"""The same for numbers."""

PRIORS: Mapping[TaskType, Order] = {
    TaskType.MULTI_CLASS: PRIOR,
    TaskType.MULTI_LABEL: LABELS_PRIOR,
    TaskType.REGRESSION: NUMBERS_PRIOR,
}
"""What is tried of each kind of task. Those of the last two are not measured yet: there is no benchmark of them."""

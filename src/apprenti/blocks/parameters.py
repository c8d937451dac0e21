"""Reading a recipe's parameters: each with its kind, its range and its default."""

from __future__ import annotations

import math
from collections.abc import Mapping

from apprenti.domain.errors import OptionError
from apprenti.domain.recipe import Parameter

Parameters = Mapping[str, Parameter]

SETTINGS = frozenset({
    "C", "alpha", "gamma", "k", "learning_rate", "max_depth", "max_leaves", "metric", "min_leaf",
    "n_components", "n_epochs", "n_hidden", "n_rounds", "n_trees", "shrinkage", "smoothing", "whiten",
})  # fmt: skip
"""Every parameter a block reads: a recipe with another one is not of this package."""
WORDS = frozenset({"auto", "cosine", "euclid"})
"""Every value of a parameter that is no number."""


def number(
    parameters: Parameters, name: str, default: float, *, above: float = -math.inf, at_most: float = math.inf
) -> float:
    """Return the parameter ``name`` as a finite number with ``above < value <= at_most``.

    Raises:
        OptionError: it is not such a number.

    Example:
        >>> number({"C": 3}, "C", 1.0, above=0)
        3.0
    """
    value = parameters.get(name, default)
    if isinstance(value, str) or not (math.isfinite(value) and above < value <= at_most):
        raise OptionError(
            "bad_parameter", name=name, value=value, allowed=f"{above:g} < {name} <= {at_most:g}"
        )
    return float(value)


def whole(parameters: Parameters, name: str, default: int, *, at_least: int = 1) -> int:
    """Return the parameter ``name`` as a whole number, ``at_least`` or more.

    Raises:
        OptionError: it is not such a number.
    """
    value = parameters.get(name, default)
    if isinstance(value, str) or not math.isfinite(value) or value != int(value) or value < at_least:
        raise OptionError("bad_parameter", name=name, value=value, allowed=f"{name} >= {at_least}")
    return int(value)


def choice(parameters: Parameters, name: str, *allowed: str) -> str:
    """Return the parameter ``name``, one of ``allowed``; the first of them is the default.

    Raises:
        OptionError: it is none of them.
    """
    value = parameters.get(name, allowed[0])
    if value not in allowed:
        raise OptionError("bad_parameter", name=name, value=value, allowed=", ".join(allowed))
    return str(value)

"""What earlier trainings taught: how every recipe did on every data set it was tried on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Knowledge:
    """Scores, seconds and profiles of past data sets, as one table each.

    Args:
        datasets: what each past data set is called where a person reads it, n of them.
        families: data sets of one family (derived from one another) are left out together when judging, n.
        recipes: stable names of the recipes, m of them.
        scores: validation accuracy, [n, m] float32, 0..1; NaN where a recipe was not tried.
        seconds: head seconds, [n, m] float32; NaN where not measured.
        profiles: numbers that describe each data set, [n, p] float32; NaN where not known.
        profile_columns: what those numbers are, p of them.
        trust: how much each data set counts at most, [n] float32, 0..1; all of them fully by default.

    Raises:
        ValueError: the shapes do not agree, or a score or time cannot be one.
    """

    datasets: tuple[str, ...]
    families: tuple[str, ...]
    recipes: tuple[str, ...]
    scores: NDArray[np.float32]
    seconds: NDArray[np.float32]
    profiles: NDArray[np.float32]
    profile_columns: tuple[str, ...]
    trust: NDArray[np.float32] | None = None

    def __post_init__(self) -> None:
        n, m, p = len(self.datasets), len(self.recipes), len(self.profile_columns)
        shapes = {"scores": (n, m), "seconds": (n, m), "profiles": (n, p)}
        for name, shape in shapes.items():
            if getattr(self, name).shape != shape:
                raise ValueError(f"{name} is {getattr(self, name).shape}, expected {shape}")
        if len(self.families) != n:
            raise ValueError(f"{len(self.families)} families for {n} data sets")
        if self.trust is not None:
            if self.trust.shape != (n,):
                raise ValueError(f"trust is {self.trust.shape}, expected {(n,)}")
            _check_range("trust", self.trust, 0.0, 1.0)
        _check_range("scores", self.scores, 0.0, 1.0)
        _check_range("seconds", self.seconds, 0.0, np.inf)


def _check_range(name: str, values: NDArray[np.float32], least: float, most: float) -> None:
    known = values[~np.isnan(values)]
    if known.size and not (known.min() >= least and known.max() <= most and np.isfinite(known).all()):
        raise ValueError(f"{name} go from {known.min()} to {known.max()}, expected {least} to {most}")

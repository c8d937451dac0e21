"""A profile as a vector: counts and sizes as logarithms, so that likeness and time see ratios."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from apprenti.domain.profile import Profile

_LOGARITHMS = (
    "n_train",
    "n_labels",
    "smallest_class",
    "imbalance",
    "width_px",
    "height_px",
    "shorter_side_px_p10",
    "shorter_side_px_p90",
    "aspect_ratio",
)
_AS_THEY_ARE = ("class_entropy", "grey_share", "brightness", "contrast", "colourfulness")
LANDMARKS = ("nearest_neighbour", "nearest_centroid", "linear")

PROFILE_COLUMNS: tuple[str, ...] = (
    *(f"log_{name}" for name in _LOGARITHMS),
    "log_n_per_label",
    *_AS_THEY_ARE,
    *(f"landmark_{name}" for name in LANDMARKS),
)
"""What the numbers of ``profile_vector`` are, in order."""


def profile_vector(profile: Profile) -> NDArray[np.float32]:
    """Return the numbers of a profile in the order of ``PROFILE_COLUMNS``, [p] float32.

    Landmarks that were not measured are NaN. What says nothing about how recipes do (files set aside, how the
    examples were split) is left out.
    """
    values = [math.log(max(float(getattr(profile, name)), 1e-6)) for name in _LOGARITHMS]
    values.append(math.log(max(profile.n_train, 1) / max(profile.n_labels, 1)))
    values += [float(getattr(profile, name)) for name in _AS_THEY_ARE]
    values += [float(profile.landmarks.get(name, math.nan)) for name in LANDMARKS]
    return np.asarray(values, dtype=np.float32)

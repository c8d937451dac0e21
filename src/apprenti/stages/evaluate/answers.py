"""What a model answered, beside what it should have answered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32] | NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """What a model answered for photos it had not seen.

    Args:
        names: [n] how a person finds the photos.
        expected: the targets: [n] int64 classes, [n, K] of 0 and 1, or [n] numbers.
        given: the answers: [n, K] calibrated probabilities, or [n] numbers.
        distances: [n] from the training photos; ``None`` when not measured.
    """

    names: Sequence[str]
    expected: NDArray[Any]
    given: Floats
    distances: Floats | None = None

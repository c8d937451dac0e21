from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from apprenti.domain.knowledge_table import Knowledge


def a_knowledge(**changes: Any) -> Knowledge:
    values: dict[str, Any] = {
        "datasets": ("a", "b"),
        "families": ("a", "a"),
        "recipes": ("x", "y", "z"),
        "scores": np.full((2, 3), 0.5, np.float32),
        "seconds": np.full((2, 3), np.nan, np.float32),
        "profiles": np.zeros((2, 1), np.float32),
        "profile_columns": ("log_n",),
    }
    return Knowledge(**(values | changes))


def test_gaps_are_allowed() -> None:
    assert np.isnan(a_knowledge().seconds).all()


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"scores": np.zeros((3, 2), np.float32)}, "scores is"),
        ({"profiles": np.zeros((2, 2), np.float32)}, "profiles is"),
        ({"families": ("a",)}, "families"),
        ({"scores": np.full((2, 3), 1.5, np.float32)}, "scores go"),
        ({"scores": np.full((2, 3), -0.1, np.float32)}, "scores go"),
        ({"seconds": np.full((2, 3), np.inf, np.float32)}, "seconds go"),
        ({"seconds": np.full((2, 3), -1, np.float32)}, "seconds go"),
    ],
)
def test_what_cannot_be_is_refused(changes: dict[str, Any], word: str) -> None:
    with pytest.raises(ValueError, match=word):
        a_knowledge(**changes)

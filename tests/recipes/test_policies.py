"""The policies a recipe may name, and what no policy may say."""

from __future__ import annotations

import pytest

from apprenti.domain.policy import Policy
from apprenti.recipes.policies import POLICIES


def test_the_policy_called_none_changes_nothing() -> None:
    assert POLICIES["none"] == Policy()


def test_the_gentle_policy_keeps_most_of_every_picture_and_turns_it_by_a_few_degrees_at_most() -> None:
    gentle = POLICIES["gentle"]
    assert gentle.area[0] >= 0.75
    assert gentle.rotation_degrees <= 10
    assert gentle.saturation == gentle.erase_share == gentle.mixup_alpha == 0


@pytest.mark.parametrize(
    "wrong",
    [
        {"area": (0.0, 1.0)},
        {"area": (1.0, 0.5)},
        {"aspect": (2.0, 0.5)},
        {"shift_share": 1.5},
        {"brightness": -0.1},
        {"erase_share": 2.0},
        {"rotation_degrees": 200.0},
        {"mixup_alpha": -1.0},
    ],
    ids=str,
)
def test_a_policy_outside_its_ranges_is_refused_by_name(wrong: dict[str, object]) -> None:
    (name,) = wrong
    with pytest.raises(ValueError, match=name):
        Policy(**wrong)  # type: ignore[arg-type]

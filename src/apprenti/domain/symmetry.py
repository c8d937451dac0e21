"""Changes that may leave a photo's label what it is, and what a data set says of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

Symmetry = Literal["mirror", "upside_down", "quarter_turn"]
"""``mirror`` swaps left and right (a b becomes a d); ``upside_down`` is half a turn (a 6 becomes a 9); ``quarter_turn``
is a turn by 90 degrees either way (an N becomes a Z)."""

SYMMETRIES: tuple[Symmetry, ...] = get_args(Symmetry)


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedSymmetry:
    """What held-out photos say of one change.

    Args:
        symmetry: the change.
        holds: whether the labels stay what they are.
        p_expected: share of the photos that are recognised as they are, every class counting alike.
        p_changed: the same share of the changed photos.
        p_lost_at_most: upper end of the 95 % interval of the difference.
        confused: numbers of a class and of the one that its changed photos are taken for, if that happens.
    """

    symmetry: Symmetry
    holds: bool
    p_expected: float
    p_changed: float
    p_lost_at_most: float
    confused: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SymmetryFinding:
    """What a data set says of the changes that may leave labels what they are.

    Args:
        judged: one for each change that was looked at: quarter turns only where half turns hold, none at all where
            there are too few photos.
        n: photos it rests on.
    """

    judged: tuple[JudgedSymmetry, ...]
    n: int

    @property
    def holding(self) -> tuple[Symmetry, ...]:
        """The changes that leave labels what they are."""
        return tuple(judged.symmetry for judged in self.judged if judged.holds)

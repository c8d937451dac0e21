"""Changes that may leave a photo's label what it is: whether they do is a matter of the data."""

from __future__ import annotations

from typing import Literal, get_args

Symmetry = Literal["mirror", "upside_down", "quarter_turn"]
"""``mirror`` swaps left and right (a b becomes a d); ``upside_down`` is half a turn (a 6 becomes a 9); ``quarter_turn``
is a turn by 90 degrees either way (an N becomes a Z)."""

SYMMETRIES: tuple[Symmetry, ...] = get_args(Symmetry)

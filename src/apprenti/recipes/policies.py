"""How photos may be changed while a network is trained: every policy a recipe may name.

None of them mirrors or turns a photo by itself: that happens only where the data say that a changed photo stays what
it was (``stages/train/symmetries.py``).
"""

from __future__ import annotations

from collections.abc import Mapping

from apprenti.domain.policy import Policy

__all__ = ["POLICIES", "Policy"]

POLICIES: Mapping[str, Policy] = {
    # what validation sees: the photo, no more
    "none": Policy(),
    # where the whole of the picture counts and a large change would make another class: digits, drawings, textures
    "gentle": Policy(
        area=(0.8, 1.15),
        aspect=(0.9, 1.1),
        rotation_degrees=8,
        shift_share=0.06,
        symmetric=True,
        brightness=0.15,
        contrast=0.15,
    ),
    # random resized crops and colours: things, which may be anywhere and in any light
    "photo": Policy(
        area=(0.35, 1.0),
        aspect=(3 / 4, 4 / 3),
        rotation_degrees=5,
        symmetric=True,
        brightness=0.3,
        contrast=0.3,
        saturation=0.3,
    ),
    # for trainings long enough to learn a set by heart
    "strong": Policy(
        area=(0.25, 1.0),
        aspect=(3 / 4, 4 / 3),
        rotation_degrees=10,
        symmetric=True,
        brightness=0.4,
        contrast=0.4,
        saturation=0.4,
        erase_share=0.2,
        mixup_alpha=0.2,
    ),
}

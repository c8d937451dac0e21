"""What the backbones that come with the package are called; recipes, cells and files know them by these names."""

from __future__ import annotations

import re

PACKAGED = "embedded.v2"
"""What the names of the packaged network begin with, whatever its size. Raised with every change of its weights, so
that what was learnt about the old ones is never mixed with the new."""
CLASSIC = "classic.v1"
"""The hand-made features."""
MIRRORED = "-mirrored"
"""What the name of a backbone ends in that looks at the mirror image of every photo as well."""

_ANY_VERSION = re.compile(
    rf"{re.escape(PACKAGED.rstrip('0123456789'))}[1-9][0-9]{{0,2}}-[1-9][0-9]{{1,3}}({MIRRORED})?", re.ASCII
)
_HAND_MADE = re.compile(rf"{re.escape(CLASSIC.rstrip('0123456789'))}[1-9][0-9]{{0,2}}", re.ASCII)


def is_hand_made(name: str) -> bool:
    """Return whether a name is that of the hand-made features of this or another version, and so of no network.

    Example:
        >>> is_hand_made("classic.v1"), is_hand_made("classic.v1-1a2b3c4d"), is_hand_made("embedded.v2-96")
        (True, False, False)
    """
    return _HAND_MADE.fullmatch(name) is not None


def is_packaged(name: str) -> bool:
    """Return whether a name is that of the packaged network of this version, in whatever size and view.

    Example:
        >>> is_packaged(f"{PACKAGED}-96-mirrored"), is_packaged("embedded.v0-96"), is_packaged("mine-1a2b3c4d")
        (True, False, False)
    """
    return name.startswith(f"{PACKAGED}-")


def was_packaged(name: str) -> bool:
    """Return whether a name is that of the packaged network of this or another version: the same one everywhere.

    Example:
        >>> was_packaged("embedded.v1-96"), was_packaged("embedded.v1-96x"), was_packaged("mine-1a2b3c4d")
        (True, False, False)
    """
    return _ANY_VERSION.fullmatch(name) is not None

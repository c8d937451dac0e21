"""Where lessons lie."""

from __future__ import annotations

import re

PACKAGE = "apprenti.lessons"
FOLDER = re.compile(r"n(?P<number>\d\d)_(?P<name>[a-z_]+)")
"""A folder of the package with such a name is a lesson."""

"""Tables that people open in a spreadsheet: whatever is written for one goes through here.

A spreadsheet computes a cell that begins as a formula, and a formula can fetch pages and start programs. Labels, file
names and comments are written by others, so a cell of text that begins so gets a quote before it, which spreadsheets
show as text.

Source: https://owasp.org/www-community/attacks/CSV_Injection (CWE-1236)
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from numbers import Real
from typing import TextIO

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""The last four are the wide forms that East Asian spreadsheets compute as well."""


class Table:
    """Comma-separated values, a line at a time, safe to open in a spreadsheet.

    Args:
        file: opened with ``newline=""``.
        columns: the header line.

    Example:
        >>> import sys
        >>> Table(sys.stdout, ("item", "label")).write(("=1+1.jpg", "cat"))
        "item","label"
        "'=1+1.jpg","cat"
    """

    def __init__(self, file: TextIO, columns: Iterable[str]) -> None:
        self._writer = csv.writer(file, lineterminator="\n", quoting=csv.QUOTE_NONNUMERIC)
        self.write(columns)

    def write(self, row: Iterable[object]) -> None:
        """Write one line."""
        self._writer.writerow([cell(value) for value in row])


def cell(value: object) -> object:
    """Return a value as it stands in a cell: numbers as they are, text never as a formula, ``None`` as nothing.

    Example:
        >>> cell("=HYPERLINK(1)")
        "'=HYPERLINK(1)"
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Real):
        return value
    text = str(value)
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text

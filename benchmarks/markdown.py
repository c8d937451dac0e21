"""Figures as Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

NOTHING = "–"
"""Stands for what was never measured."""


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a Markdown table; numbers to the right of the first column are set flush right."""
    ruler = ["---", *["--:"] * (len(heads) - 1)]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in (heads, ruler, *rows))


def percent(value: float | None) -> str:
    """Return an accuracy as a percentage to a tenth."""
    return NOTHING if value is None else f"{100 * value:.1f} %"

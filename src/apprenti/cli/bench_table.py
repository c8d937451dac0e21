"""The standings of ways of choosing recipes, as a table on a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from apprenti.cli.complaints import printable
from apprenti.domain.figures import decimal, duration, percent
from apprenti.texts import Lang, say

if TYPE_CHECKING:
    from apprenti.flow.bench_selector import SelectorBench
    from apprenti.stages.select import Standing

COLUMNS = ("method", "mean_regret", "median_regret", "hits", "gain", "gain_interval")
BESIDE = 2
"""Spaces between columns."""


def bench_text(bench: SelectorBench, lang: Lang) -> str:
    """Return how each way of choosing did, and what was set aside."""

    def word(key: str, **values: object) -> str:
        return say(f"bench.{key}", lang, **values)

    title = word(
        "title", n=bench.n_datasets, n_recipes=bench.n_recipes, n_families=bench.n_families, k=bench.k
    )
    lines = [title]
    if bench.budget_seconds is not None:
        lines.append(word("budget", time=duration(bench.budget_seconds, lang)))
    rows = [tuple(word(column) for column in COLUMNS)]
    rows += [(word(name), *_figures(standing, lang)) for name, standing in bench.standings.items()]
    widths = [max(len(row[at]) for row in rows) for at in range(len(COLUMNS))]
    lines.append("")
    for name, *figures in rows:
        cells = [f"{figure:>{width + BESIDE}}" for figure, width in zip(figures, widths[1:], strict=True)]
        lines.append(f"  {name:<{widths[0]}}" + "".join(cells))
    notices = [f"  · {printable(notice.said(lang))}" for notice in bench.notices]
    if notices:
        lines += ["", *notices]
    return "\n".join([*lines, "", word("took", time=duration(bench.seconds, lang))])


def _figures(standing: Standing, lang: Lang) -> tuple[str, ...]:
    interval = standing.gain_interval
    return (
        decimal(standing.mean_regret_points, lang, 2),
        decimal(standing.median_regret_points, lang, 2),
        percent(standing.hit_rate, lang, 0),
        decimal(standing.gain_points, lang, 2),
        f"[{decimal(interval.low, lang, 2)} ; {decimal(interval.high, lang, 2)}]",
    )

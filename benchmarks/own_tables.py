"""The tables of ``own_knowledge.py``: how well recipes are chosen by the knowledge the package ships with."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import results
from markdown import NOTHING, percent, table

WAYS = {
    "random": "five at random",
    "average": "best five on average",
    "portfolio": "greedy complementary portfolio",
    "nearest": "best of the nearest data sets",
    "prior": "fixed order of the package",
    "ours, in batch, whatever the time": "ours, all five at once, whatever they take",
    "ours, in batch": "ours, all five at once",
    "ours, in turn": "ours, one after the other",
    "ours, in rounds": "**ours, in rounds**, as a training does",
    "ours": "ours, one after the other",
}
UNMEASURED = f"{NOTHING} (`python benchmarks/own_knowledge.py`)"


class Bar(NamedTuple):
    """A figure this project set itself before it measured, and where the measured one stands."""

    what: str
    measure: str
    method: str
    entry: str
    least: float
    most: float
    is_share: bool = False


BARS = (
    Bar("mean regret, points", "regret", "ours, in rounds", "mean_regret_points", -math.inf, 1.0),
    Bar("within 1 point of the best", "regret", "ours, in rounds", "hit_rate", 0.75, 1.0, True),
    Bar("scores within their interval", "foresight", "picks", "share", 0.85, 0.95, True),
    Bar("seconds of one fit within a factor of 2", "foresight", "picks", "share", 0.8, 1.0, True),
)
GAINS = (("five at random", "random"), ("the fixed order", "prior"))


def own_regret_table() -> str:
    """Regret of the best of five by way of choosing."""
    rows = _rows("regret")
    cells = [
        [
            WAYS[row["method"]],
            *_regret(row),
            *(_gain(row, other) for other in ("random", "prior", "portfolio")),
        ]
        for row in sorted(rows, key=_order)
    ]
    heads = ["way", "mean regret", "median", "within 1 point"]
    gains = [f"gain over {other}" for other in ("five at random", "the fixed order", "the portfolio")]
    return table([*heads, *gains], cells) if rows else UNMEASURED


def own_bars_table() -> str:
    """What was set beforehand, and whether it was met."""
    lines = [
        *([bar.what, _bar(bar), *_reached(bar)] for bar in BARS),
        *([f"gain over {name}, points", "interval above 0", *_gained(other)] for name, other in GAINS),
        ["over the budget, at measured seconds", "never", *_kept_to_budget()],
    ]
    return table(["what", "bar", "reached", "met"], lines)


def own_foresight_table() -> str:
    """How often foretold scores and seconds hold on data sets left out."""
    lines = []
    for row in _rows("foresight"):
        spread = (
            f"said to be {100 * row['level']:.0f} %; median width {row['median_width_points']:.1f} points"
            if "median_width_points" in row
            else f"off ×{row['median_factor']:.2f} at the median, ×{row['p90_factor']:.1f} at the 90th percentile"
        )
        share = f"{percent(row['share'])} [{100 * row['share_low']:.1f}, {100 * row['share_high']:.1f}]"
        lines.append([row["setting"], row["method"], share, spread])
    if (trials := _main_job_factors()) is not None:
        lines.append(["seconds of whole trials within a factor of 2", "main job", *trials])
    return table(["what", "of", "share", "how far"], lines) if lines else UNMEASURED


def own_budget_table() -> str:
    """Regret with little time, and the most that was ever spent."""
    rows = _rows("budget")
    cells = [
        [
            row["setting"],
            WAYS[row["method"]],
            *_regret(row),
            _gain(row, "portfolio"),
            f"{row['most_seconds']:.2f}",
            NOTHING if "picks_a_dataset" not in row else f"{row['picks_a_dataset']:.1f}",
            percent(row.get("share_stopped")),
        ]
        for row in sorted(rows, key=lambda row: (float(row["setting"].removesuffix(" s")), _order(row)))
    ]
    heads = ["budget", "way", "mean regret", "median", "within 1 point", "gain over the portfolio"]
    return table([*heads, "most seconds spent", "recipes begun", "stopped"], cells) if rows else UNMEASURED


def own_growth_table() -> str:
    """Regret on families never fed back, after so many trainings."""
    rows = sorted(_rows("growth"), key=lambda row: (row["setting"], row["n_fed_back"]))
    cells = [
        [
            {"no families known": "nothing", "6 families known": "6 families"}[row["setting"]],
            str(row["n_fed_back"]),
            f"{row['mean_regret_points']:.2f} {_interval(row['mean_regret_interval'], '.2f')}",
            percent(row["hit_rate"]),
            NOTHING
            if not row["n_fed_back"]
            else f"{row['gain_points']:+.2f} {_interval(row['gain_interval'])}",
        ]
        for row in rows
    ]
    heads = ["known at first", "trainings fed back", "mean regret", "within 1 point", "gained"]
    return table(heads, cells) if rows else UNMEASURED


def own_noise_table() -> str:
    """What a score is worth."""
    lines = [
        [
            f"{row['median_held_out']:.0f}",
            percent(row["median_best_score"]),
            f"{row['median_error_points']:.2f}",
            percent(row["share_above_1_point"]),
            f"{row['median_recipes_within_an_error']:.0f}",
        ]
        for row in _rows("noise")
    ]
    heads = ["photos scored on", "best score", "its standard error, points", "above a point for"]
    return table([*heads, "recipes within one of the best"], lines) if lines else UNMEASURED


def own_bench_table() -> str:
    """The public command on the same data."""
    rows = _rows("bench")
    cells = [
        [
            row["setting"],
            WAYS[row["method"]],
            *_regret(row),
            NOTHING
            if row["method"] == "portfolio"
            else f"{row['gain_points']:+.2f} {_interval(row['gain_interval'])}",
        ]
        for row in sorted(rows, key=lambda row: (row["setting"], _order(row)))
    ]
    heads = ["setting", "way", "mean regret", "median", "within 1 point", "gain over the portfolio"]
    return table(heads, cells) if rows else UNMEASURED


def _rows(measure: str) -> list[results.Row]:
    return [row for row in results.load("own_knowledge") if row["measure"] == measure]


def _order(row: results.Row) -> int:
    return list(WAYS).index(row["method"])


def _regret(row: results.Row) -> tuple[str, str, str]:
    return (
        f"{row['mean_regret_points']:.2f}",
        f"{row['median_regret_points']:.2f}",
        percent(row["hit_rate"]),
    )


def _gain(row: results.Row, other: str) -> str:
    if f"gain_over_{other}" not in row:
        return NOTHING
    return f"{row[f'gain_over_{other}']:+.2f} {_interval(row[f'gain_over_{other}_interval'])}"


def _interval(ends: Sequence[float], form: str = "+.2f") -> str:
    return f"[{ends[0]:{form}}, {ends[1]:{form}}]"


def _bar(bar: Bar) -> str:
    shown = [
        f"{word} {percent(limit) if bar.is_share else f'{limit:.2f}'}"
        for word, limit in (("≥", bar.least), ("≤", bar.most))
        if math.isfinite(limit) and not (bar.is_share and limit == 1)
    ]
    return ", ".join(shown)


def _reached(bar: Bar) -> tuple[str, str]:
    for row in _rows(bar.measure):
        if row["method"] == bar.method and bar.entry in row and row["setting"] in (bar.what, "five picks"):
            value = row[bar.entry]
            met = "yes" if bar.least <= value <= bar.most else "no"
            return percent(value) if bar.is_share else f"{value:.2f}", met
    return NOTHING, NOTHING


def _gained(other: str) -> tuple[str, str]:
    for row in _rows("regret"):
        if row["method"] == "ours, in rounds":
            return _gain(row, other), "yes" if row[f"gain_over_{other}_interval"][0] > 0 else "no"
    return NOTHING, NOTHING


def _kept_to_budget() -> tuple[str, str]:
    rows = [row for row in _rows("budget") if row["method"] == "ours, in rounds"]
    rows.sort(key=lambda row: float(row["setting"].removesuffix(" s")))
    if not rows:
        return NOTHING, NOTHING
    over = [row for row in rows if row["most_seconds"] > float(row["setting"].removesuffix(" s"))]
    shown = ", ".join(f"{row['most_seconds']:.2f} of {row['setting']}" for row in rows)
    return f"at most {shown}", "no" if over else "yes"


def _main_job_factors() -> tuple[str, str] | None:
    """Return how near the seconds of whole trials came to what was foretold, in trainings of the main job."""
    factors = sorted(_factors())
    if not factors:
        return None
    share = sum(factor <= 2 for factor in factors) / len(factors)
    median, p90 = (factors[int(at * (len(factors) - 1))] for at in (0.5, 0.9))
    return (
        percent(share),
        f"off ×{median:.2f} at the median, ×{p90:.1f} at the 90th percentile",
    )


def _factors() -> Iterator[float]:
    for row in results.load("main_job"):
        for trial in row["trials"] if row["backbones"] == "embedded" else ():
            foretold = row.get("predicted_seconds", {}).get(trial["recipe"])
            if foretold and trial["status"] == "finished":
                ratio = foretold / max(trial["seconds"], 1e-3)
                yield max(ratio, 1 / ratio)

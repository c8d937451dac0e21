"""The tables of ``deep.py``: Apprenti against a plain script, and what its choice of recipes is worth."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence

import results
from deep_scores import (
    Difference,
    Measured,
    Score,
    Scores,
    crossed_regrets,
    difference,
    mean_difference,
    of_side,
    regrets,
    scores,
)
from image_sets import SETS
from markdown import NOTHING, percent, table

NO_MODEL = "no model"
UNMEASURED = f"{NOTHING} (`python benchmarks/deep.py`)"
TEN_SETS = tuple(name for name in SETS if name != "digits")
NEAR_POINTS = 1.0

ACCURACY_BARS = (("mnist", 2, 0.985), ("digits", 2, 0.99), ("neu-steel", 2, 0.99))
MINUTES_AHEAD = (2, 10)
LEAST_SETS_AHEAD = 8
SETS_WITH_ROOM = ("clothing", "grocery", "trashnet")
"""What this project set itself before it measured."""


def deep_bars_table() -> str:
    """What was set beforehand, beside what was reached, without a GPU."""
    measured = scores(results.load("deep"))
    lines = [_ahead_bar(measured, minutes) for minutes in MINUTES_AHEAD]
    lines += [_accuracy_bar(measured, *bar) for bar in ACCURACY_BARS]
    lines += [_room_bar(measured, name) for name in SETS_WITH_ROOM]
    return table(["what", "bar", "reached", "met"], lines)


def _ahead_bar(measured: Scores, minutes: float) -> list[str]:
    found = leads(measured, minutes, of=TEN_SETS)
    n_ahead = sum(one.points > 0 for one in found.values())
    reached = f"{n_ahead} of {len(found)}" if found else NOTHING
    met = _verdict(n_ahead >= LEAST_SETS_AHEAD) if len(found) == len(TEN_SETS) else NOTHING
    return [f"sets ahead of the plain script, {minutes} min", f"{LEAST_SETS_AHEAD} of 10", reached, met]


def _accuracy_bar(measured: Scores, name: str, minutes: float, bar: float) -> list[str]:
    score = measured.get(Measured(name, minutes, "all"))
    met = NOTHING if score is None else _verdict(score.accuracy >= bar)
    return [f"{name}, {minutes} min", percent(bar), _mean(score), met]


def _room_bar(measured: Scores, name: str) -> list[str]:
    gain = _gain(measured, name, 10)
    met = NOTHING if gain is None else _verdict(gain.points > 0)
    return [f"{name}, points over frozen recipes, 10 min", "above 0", _shown(gain), met]


def _verdict(is_met: bool) -> str:
    return "yes" if is_met else "no"


def deep_plain_table(*, on_gpu: bool = False) -> str:
    """Test accuracy of the plain script and of Apprenti, by set and minutes, and what lies between them."""
    measured = scores(results.load("deep"), on_gpu=on_gpu)
    lines = [
        _plain_line(name, minutes, measured)
        for name in SETS
        for minutes in _minutes(measured, "plain")
        if Measured(name, minutes, "plain") in measured
    ]
    heads = ["set", "minutes", "plain script", "epochs", "Apprenti", "difference, points", "kept", "wall s"]
    return table(heads, lines) if lines else UNMEASURED


def _plain_line(name: str, minutes: float, measured: Scores) -> list[str]:
    plain, ours = (measured.get(Measured(name, minutes, side)) for side in ("plain", "all"))
    return [
        name,
        f"{minutes:g}",
        _accuracy(plain),
        _median(plain, "epochs"),
        _accuracy(ours),
        _shown(difference(ours, plain)),
        NOTHING if ours is None or ours.failed else f"`{ours.rows[0]['kept']}`",
        f"{_median(plain, 'wall_seconds')}, {_median(ours, 'wall_seconds')}",
    ]


def deep_lead_table(*, on_gpu: bool = False) -> str:
    """On how many sets Apprenti is ahead of the plain script, and by how much on average."""
    measured = scores(results.load("deep"), on_gpu=on_gpu)
    lines = []
    for minutes in _minutes(measured, "plain"):
        found = leads(measured, minutes)
        counts = (
            sum(one.points > 0 for one in found.values()),
            sum(one.low > 0 for one in found.values()),
            sum(one.high < 0 for one in found.values()),
        )
        mean = mean_difference([one.points for one in found.values()])
        lines.append([f"{minutes:g}", str(len(found)), *map(str, counts), _shown(mean)])
    heads = ["minutes", "sets", "ahead", "interval above 0", "interval below 0", "mean difference, points"]
    return table(heads, lines) if lines else UNMEASURED


def leads(measured: Scores, minutes: float, *, of: Sequence[str] = SETS) -> Mapping[str, Difference]:
    """Return by set how far Apprenti is ahead of the plain script, where both were measured."""
    plain, ours = (of_side(measured, side, minutes) for side in ("plain", "all"))
    found = {name: difference(ours.get(name), plain.get(name)) for name in of}
    return {name: one for name, one in found.items() if one is not None}


def deep_frozen_table() -> str:
    """Test accuracy with frozen recipes, with deep ones and with both, by set and minutes."""
    measured = scores(results.load("deep"))
    lines = [
        [
            name,
            f"{minutes:g}",
            *(
                _mean(score)
                for score in (
                    measured.get(Measured(name, minutes, side)) for side in ("frozen", "deep", "all")
                )
            ),
            _shown(_gain(measured, name, minutes)),
        ]
        for name in SETS
        for minutes in _minutes(measured, "frozen")
        if Measured(name, minutes, "frozen") in measured
    ]
    heads = ["set", "minutes", "frozen", "deep", "all", "all − frozen, points"]
    return table(heads, lines) if lines else UNMEASURED


def _gain(measured: Scores, name: str, minutes: float) -> Difference | None:
    return difference(*(measured.get(Measured(name, minutes, side)) for side in ("all", "frozen")))


def deep_regret_table() -> str:
    """What choosing between frozen and deep recipes loses against the better of the two, by minutes."""
    measured = scores(results.load("deep"))
    lines = []
    for minutes in _minutes(measured, "deep"):
        for side, way in (("all", "**all**"), ("frozen", "always frozen"), ("deep", "always deep")):
            lost = regrets(measured, minutes, side=side)
            if lost:
                crossed = crossed_regrets(measured, minutes, side=side)
                lines.append([f"{minutes:g}", way, str(len(lost)), *_regret_cells(lost, crossed)])
    heads = ["minutes", "recipes", "sets", "mean regret, points", "judged on other photos", "largest"]
    return table([*heads, "within 1 point"], lines) if lines else UNMEASURED


def _regret_cells(lost: Mapping[str, float], crossed: Mapping[str, float]) -> list[str]:
    near = sum(points <= NEAR_POINTS + 1e-6 for points in lost.values())
    worst = max(lost, key=lambda name: lost[name])
    means = (mean_difference([*points.values()]) for points in (lost, crossed))
    return [
        *(_shown(mean, sign="") for mean in means),
        f"{lost[worst]:.1f} ({worst})",
        f"{near} of {len(lost)}",
    ]


def deep_budget_table() -> str:
    """Test accuracy of Apprenti by budget, and what the longest gains over the shortest."""
    measured = scores(results.load("deep"))
    budgets = _minutes(measured, "all")
    if len(budgets) < 2:
        return UNMEASURED
    lines = []
    for name in SETS:
        by_budget = [measured.get(Measured(name, minutes, "all")) for minutes in budgets]
        if any(by_budget):
            gain = difference(by_budget[-1], by_budget[0])
            lines.append([name, *(_mean(score) for score in by_budget), _shown(gain)])
    heads = ["set", *(f"{minutes:g} min" for minutes in budgets)]
    return table([*heads, f"{budgets[-1]:g} − {budgets[0]:g} min, points"], lines)


def _minutes(measured: Scores, side: str) -> list[float]:
    return sorted({key.minutes for key in measured if key.side == side})


def _accuracy(score: Score | None) -> str:
    """Return the mean accuracy with the interval of the seed nearest to it."""
    if score is None or score.failed:
        return _mean(score)
    row = min(score.rows, key=lambda row: abs(row["accuracy"] - score.accuracy))
    low, high = row["accuracy_interval"]
    return f"{percent(score.accuracy)} [{100 * low:.1f}, {100 * high:.1f}]"


def _mean(score: Score | None) -> str:
    if score is None:
        return NOTHING
    return NO_MODEL if score.failed else percent(score.accuracy)


def _median(score: Score | None, name: str) -> str:
    return (
        NOTHING
        if score is None or score.failed
        else f"{statistics.median(row[name] for row in score.rows):.0f}"
    )


def _shown(value: Difference | None, *, sign: str = "+") -> str:
    if value is None:
        return NOTHING
    points, low, high = (f"{number:{sign}.1f}" for number in value)
    return f"{points} [{low}, {high}]"


def training_speed_table() -> str:
    """Photos a second of the product's training loop and of a bare one."""
    rows = sorted(
        results.load("training_speed"), key=lambda row: (row["device"], row["size_px"], row["precision"])
    )
    names = ("bare_images_per_cpu_second", "ours_images_per_cpu_second", "cpu_ratio", "wall_ratio")
    lines = [
        [row["device"], str(row["size_px"]), row["precision"], *(f"{row[name]:,}" for name in names)]
        for row in rows
    ]
    heads = [
        "device",
        "side px",
        "precision",
        "bare loop, photos per CPU s",
        "ours, photos per CPU s",
        "ratio",
    ]
    return (
        table([*heads, "ratio, wall"], lines)
        if lines
        else f"{NOTHING} (`python benchmarks/training_speed.py`)"
    )


def training_memory_table() -> str:
    """Peak memory of a deep training by number of photos."""
    names = ("n_photos", "size_px", "pixels_mb", "peak_pss_mb", "peak_own_mb")
    rows = sorted(results.load("training_memory"), key=lambda row: row["n_photos"])
    lines = [[f"{row[name]:,}" for name in names] for row in rows]
    heads = ["photos", "side px", "decoded pixels MB", "peak MB", "peak MB without pages of files"]
    return table(heads, lines) if lines else f"{NOTHING} (`python benchmarks/training_speed.py --memory`)"

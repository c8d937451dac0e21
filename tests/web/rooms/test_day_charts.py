"""Charts of values by day: where things stand, and what their tables say."""

from __future__ import annotations

from dataclasses import replace

import pytest

from apprenti.flow.service.photo_history import FactHistory, Quartiles
from apprenti.flow.service.traffic import DayTraffic
from apprenti.web.rooms.day_charts import (
    BOTTOM,
    HEIGHT,
    LEFT,
    RIGHT,
    TOP,
    WIDTH,
    Shape,
    band,
    columns,
    nice_top,
)
from apprenti.web.rooms.day_charts import Series as DaySeries
from apprenti.web.rooms.fact_charts import fact_charts
from apprenti.web.rooms.traffic_charts import Drawn, together, traffic_charts, versions_begun

DAYS = range(100, 107)
ONE = DayTraffic(
    day=100, version_number=1, n=10, n_unfamiliar=2, n_errors=1,
    confidence=(0, 0, 0, 0, 0, 1, 1, 0, 0, 8), latency=(0, 9, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1),
    labels={"a": 7, "b": 3},
)  # fmt: skip
TWO = replace(ONE, day=103, version_number=2)


def drawn(*days: DayTraffic) -> Drawn:
    return Drawn(
        lang="en",
        days=DAYS,
        found=together(days),
        begun=versions_begun(days),
        say_day=lambda day: f"day {day}",
    )


def chart_of(name: str, *days: DayTraffic) -> tuple[tuple[str, ...], ...]:
    charts = {chart.name: chart for chart in traffic_charts(drawn(*days), {"a": "bread", "b": "cake"})}
    return (charts[name].head, *charts[name].rows)


def test_columns_are_stacked_and_stay_inside() -> None:
    series = [
        DaySeries(name="x", kind="s0", values={100: 3}),
        DaySeries(name="y", kind="s1", values={100: 1}),
    ]
    lower, upper = columns(DAYS, series, top=4, told=lambda day, part: part.name)
    assert (lower.places["y"], upper.places["y"]) == (TOP + 0.25 * (HEIGHT - TOP - BOTTOM), TOP)
    assert float(upper.places["y"]) + float(upper.places["height"]) == lower.places["y"]
    last = columns(DAYS, [DaySeries(name="x", kind="s0", values={106: 1})], top=1, told=lambda day, part: "")
    assert (
        LEFT
        < float(last[0].places["x"])
        < float(last[0].places["x"]) + float(last[0].places["width"])
        < WIDTH - RIGHT
    )


def test_the_table_says_what_the_columns_show() -> None:
    assert chart_of("answers", ONE) == (
        ("Day", "Familiar photos", "Unlike the training photos", "Could not be read"),
        ("day 100", "8", "2", "1"),
    )
    assert chart_of("labels", ONE)[1] == ("day 100", "70%", "30%")
    assert chart_of("confidence", ONE)[1] == ("day 100", "80%", "10%", "10%")
    assert chart_of("latency", ONE)[1] == ("day 100", "10\u00a0ms", "–")


def test_versions_of_a_day_are_taken_together_and_a_new_one_is_marked() -> None:
    both = replace(TWO, day=100)
    assert chart_of("answers", ONE, both)[1] == ("day 100", "16", "4", "2")
    assert versions_begun([ONE, TWO]) == {103: 2}
    assert versions_begun([ONE, both]) == {}


def test_numbers_and_labels_that_are_gone_are_charts_too() -> None:
    numbers = replace(ONE, confidence=(0,) * 10, labels={})
    assert [chart.name for chart in traffic_charts(drawn(numbers), {})] == ["answers", "familiar", "latency"]
    gone = {chart.name: chart for chart in traffic_charts(drawn(ONE), {"b": "cake"})}["labels"]
    assert gone.rows == (("day 100", "30%", "70%"),)
    errors = DayTraffic(day=100, version_number=1, n_errors=3)
    assert [chart.name for chart in traffic_charts(drawn(errors), {})] == ["answers", "familiar", "latency"]


@pytest.mark.parametrize(
    ("fact", "value", "said"),
    [("brightness", 0.25, "25%"), ("size", 8.0, "256\u00a0px"), ("warmth", -0.1, "−0.10")],
)
def test_what_photos_are_like_is_said_in_its_own_unit(fact: str, value: float, said: str) -> None:
    part = Quartiles(low=value, middle=value, high=value, n=3)
    history = FactHistory(fact=fact, usual=part, days={101: part})
    (chart,) = fact_charts(drawn(ONE), (history,), {})
    assert chart.rows == (
        ("day 101", "3", said, f"{said} – {said}"),
        ("Test photos", "3", said, f"{said} – {said}"),
    )
    assert chart.said == "No clear change."
    (changed,) = fact_charts(drawn(ONE), (history,), {fact: "Since Tuesday, it is."})
    assert (changed.said, changed.mark) == ("Since Tuesday, it is.", "changed")
    (unknown,) = fact_charts(drawn(ONE), (replace(history, usual=None),), None)
    assert unknown.said == ""


def test_a_band_is_never_too_thin_to_see() -> None:
    assert isinstance(band(0.5, 0.5), Shape)
    assert float(band(0.5, 0.5).places["height"]) >= 1
    assert nice_top(0) == 1

"""What the photos were like day by day, as charts beside what is usual; those that changed come first."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from apprenti.domain import figures
from apprenti.flow.service.photo_history import FactHistory, Quartiles
from apprenti.texts import Lang
from apprenti.web.rooms.day_charts import Chart, Shape, axes, band, spans
from apprenti.web.rooms.traffic_charts import Drawn

SHARES = ("brightness", "contrast", "saturation")
_MARGIN = 0.12


def fact_charts(
    drawn: Drawn, histories: tuple[FactHistory, ...], changed: Mapping[str, str] | None
) -> list[Chart]:
    """Return a chart for each fact; ``changed`` has a sentence for those an alarm names, and is ``None`` before any."""
    order = list(changed or ())
    charts = sorted(histories, key=lambda one: order.index(one.fact) if one.fact in order else len(order))
    return [_chart(drawn, one, None if changed is None else changed.get(one.fact, "")) for one in charts]


def _chart(drawn: Drawn, history: FactHistory, changed: str | None) -> Chart:
    say, fact = drawn.say, history.fact
    cell = _cell(fact, drawn.lang)
    low, high = _ends(history)

    def height(value: float) -> float:
        return (value - low) / (high - low)

    def told(day: int) -> str:
        return f"{drawn.say_day(day)} · {cell(history.days[day].middle)}"

    ticks = [(share, cell(low + share * (high - low))) for share in (0.0, 0.5, 1.0)]
    usual: list[Shape] = []
    if history.usual is not None:
        usual = [band(height(history.usual.low), height(history.usual.high))]
    shapes = [*usual, *spans(drawn.days, history.days, height=height, told=told)]
    chart = Chart(
        name=fact,
        title=say(f"traffic_room.fact_{fact}"),
        said=changed or ("" if changed is None else say("traffic_room.fact_same")),
        shapes=(*axes(drawn.days, ticks, drawn.say_day), *shapes),
        legend=(),
        head=(
            say("traffic_room.day"),
            say("traffic_room.photos"),
            say("traffic_room.fact_day"),
            say("traffic_room.fact_half"),
        ),
        rows=tuple(_row(drawn, day, part, cell) for day, part in sorted(history.days.items(), reverse=True)),
    )
    if history.usual is not None:
        chart = replace(chart, rows=(*chart.rows, _usual_row(drawn, history.usual, cell)))
    return replace(chart, mark=say("traffic_room.fact_changed")) if changed else chart


def _row(drawn: Drawn, day: int, part: Quartiles, cell: Callable[[float], str]) -> tuple[str, ...]:
    return (
        drawn.say_day(day),
        drawn.number(part.n),
        cell(part.middle),
        f"{cell(part.low)} – {cell(part.high)}",
    )


def _usual_row(drawn: Drawn, part: Quartiles, cell: Callable[[float], str]) -> tuple[str, ...]:
    name = drawn.say("traffic_room.fact_usual")
    return name, drawn.number(part.n), cell(part.middle), f"{cell(part.low)} – {cell(part.high)}"


def _ends(history: FactHistory) -> tuple[float, float]:
    """Return the values at the lower and the upper edge."""
    parts = [*history.days.values(), *([history.usual] if history.usual else [])]
    low, high = min(part.low for part in parts), max(part.high for part in parts)
    margin = max(_MARGIN * (high - low), 0.01)
    return low - margin, high + margin


def _cell(fact: str, lang: Lang) -> Callable[[float], str]:
    if fact in SHARES:
        return lambda value: figures.percent(min(max(value, 0.0), 1.0), lang, 0)
    if fact == "size":  # kept as octaves of the side of a square
        return lambda value: f"{figures.decimal(2**value, lang, 0)}{figures.NO_BREAK_SPACE}px"
    return lambda value: figures.decimal(value, lang, 2)

"""Charts of one value or several a day, as shapes a template draws: columns, lines, spans; each with its table."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from apprenti.flow.service.photo_history import Quartiles

WIDTH, HEIGHT = 280, 150
LEFT, RIGHT, TOP, BOTTOM = 42, 10, 16, 24
MOST_DAY_NAMES = 4
LEAST_COLUMN, GAP = 1.5, 1.0

Days = Sequence[int]
Say = Callable[..., str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """One element of a drawing.

    Args:
        tag: ``rect``, ``line``, ``polyline``, ``circle`` or ``text``.
        places: its attributes.
        words: what it says; of shapes that are no text, what a mouse over it tells.
    """

    tag: str
    places: Mapping[str, str | float]
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """Values of one kind by day.

    Args:
        name: for people.
        kind: a class of the style sheet, which gives the colour.
        values: by days since the epoch; days without one are left out.
    """

    name: str
    kind: str
    values: Mapping[int, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """A drawing with what it says.

    Args:
        name: no other chart of the page has.
        title: for people.
        said: what it shows, in a sentence.
        shapes: in the order they are drawn.
        legend: ``(class, name)`` of what is to be told apart.
        head: names of the columns of its table.
        rows: of its table, the newest day first.
        mark: a word beside the title, where there is one.
    """

    name: str
    title: str
    said: str
    shapes: tuple[Shape, ...]
    legend: tuple[tuple[str, str], ...]
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    mark: str = ""


def x_of(days: Days, place: float) -> float:
    """Return where a day begins, by its place among the days."""
    return LEFT + place * (WIDTH - LEFT - RIGHT) / len(days)


def middle_of(days: Days, day: int) -> float:
    """Return where the middle of a day is."""
    return round(x_of(days, day - days[0] + 0.5), 1)


def y_of(share: float) -> float:
    """Return the height of a share, 0 at the bottom."""
    return round(TOP + (1 - share) * (HEIGHT - TOP - BOTTOM), 1)


def axes(days: Days, ticks: Iterable[tuple[float, str]], say_day: Callable[[int], str]) -> list[Shape]:
    """Return the lines and words around a chart; ``ticks`` are shares of its height with what they are called."""
    shapes = []
    for share, words in ticks:
        y = y_of(share)
        shapes.append(_line("rule", LEFT, y, WIDTH - RIGHT, y))
        shapes.append(_text("tick end", LEFT - 6, y + 3.5, words))
    for place in named_places(len(days)):
        kind = (
            "tick"
            if place == 0 and len(days) > 1
            else "tick end"
            if place == len(days) - 1 > 0
            else "tick mid"
        )
        x = LEFT if kind == "tick" else WIDTH - RIGHT if kind == "tick end" else middle_of(days, days[place])
        shapes.append(_text(kind, x, HEIGHT - 7, say_day(days[place])))
    return shapes


def named_places(n: int) -> list[int]:
    """Return which of ``n`` days have their name below: first and last, and some between.

    Example:
        >>> named_places(7), named_places(1)
        ([0, 2, 4, 6], [0])
    """
    n_names = min(n, MOST_DAY_NAMES)
    return sorted({round(k * (n - 1) / max(n_names - 1, 1)) for k in range(n_names)})


def version_marks(days: Days, begun: Mapping[int, int], say: Say) -> list[Shape]:
    """Return a line where another version begins to answer; ``begun`` gives its number by day."""
    shapes = []
    for day, number in begun.items():
        x = round(x_of(days, day - days[0]), 1)
        told = say("traffic_room.version_from", number=number)
        shapes.append(_line("from", x, TOP - 4, x, HEIGHT - BOTTOM, told))
        shapes.append(_text("from-name", x + 3, TOP - 5, say("traffic_room.version_short", number=number)))
    return shapes


def columns(
    days: Days, series: Sequence[Series], *, top: float, told: Callable[[int, Series], str]
) -> list[Shape]:
    """Return columns of stacked parts, one a day; ``top`` is the value at the upper edge."""
    width = round(max(x_of(days, 1) - LEFT - GAP, LEAST_COLUMN), 1)
    shapes = []
    for day in days:
        below = 0.0
        for part in series:
            value = part.values.get(day, 0.0)
            if not value:
                continue
            y = y_of((below + value) / top)
            places: dict[str, str | float] = {
                "class": part.kind,
                "x": round(x_of(days, day - days[0]) + GAP / 2, 1),
                "y": y,
                "width": width,
                "height": round(max(y_of(below / top) - y, 0.4), 1),
            }
            shapes.append(Shape(tag="rect", places=places, words=told(day, part)))
            below += value
    return shapes


def trend(
    days: Days, series: Series, *, height: Callable[[float], float], told: Callable[[int, Series], str]
) -> list[Shape]:
    """Return a line through a value a day; ``height`` gives the share of the chart's height of a value."""
    points = [
        (middle_of(days, day), y_of(height(series.values[day])), day) for day in days if day in series.values
    ]
    path = " ".join(f"{x},{y}" for x, y, _ in points)
    line = (
        [Shape(tag="polyline", places={"class": f"trend {series.kind}", "points": path})]
        if len(points) > 1
        else []
    )
    return line + [_dot(f"dot {series.kind}", x, y, told(day, series)) for x, y, day in points]


def spans(
    days: Days,
    found: Mapping[int, Quartiles],
    *,
    height: Callable[[float], float],
    told: Callable[[int], str],
) -> list[Shape]:
    """Return for each day a line from its lower to its upper quarter, with a dot in the middle."""
    shapes = []
    for day in days:
        if day in found:
            part, x = found[day], middle_of(days, day)
            shapes.append(_line("span", x, y_of(height(part.low)), x, y_of(height(part.high))))
            shapes.append(_dot("dot s0", x, y_of(height(part.middle)), told(day)))
    return shapes


def band(low: float, high: float) -> Shape:
    """Return a band across the chart between two shares of its height."""
    y = y_of(high)
    places: dict[str, str | float] = {
        "class": "usual", "x": LEFT, "y": y, "width": WIDTH - LEFT - RIGHT, "height": max(round(y_of(low) - y, 1), 1.5),
    }  # fmt: skip
    return Shape(tag="rect", places=places)


def nice_top(most: float) -> float:
    """Return a round number that is not below ``most``.

    Example:
        >>> [nice_top(most) for most in (0, 3, 17, 130)]
        [1, 4.0, 20.0, 200.0]
    """
    if most <= 1:
        return 1
    unit = 10.0 ** math.floor(math.log10(most))
    return next(step * unit for step in (1, 2, 4, 5, 10) if step * unit >= most)


def _line(kind: str, x1: float, y1: float, x2: float, y2: float, words: str = "") -> Shape:
    return Shape(tag="line", places={"class": kind, "x1": x1, "y1": y1, "x2": x2, "y2": y2}, words=words)


def _dot(kind: str, x: float, y: float, words: str) -> Shape:
    return Shape(tag="circle", places={"class": kind, "cx": x, "cy": y, "r": 2.6}, words=words)


def _text(kind: str, x: float, y: float, words: str) -> Shape:
    places: dict[str, Any] = {"class": kind, "x": x, "y": y}
    return Shape(tag="text", places=places, words=words)

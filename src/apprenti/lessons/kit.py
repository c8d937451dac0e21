"""What a widget is drawn with on the server: words, numbers, photos, and charts that have their table beside them.

A widget is a function ``(shown, kit) -> Markup``. What it draws must be readable without a script; a module of the
widget's name, where there is one, brings it alive.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup, escape

from apprenti.lessons.filling import filled, formatted, value_of
from apprenti.texts import Lang, say

WIDTH, HEIGHT = 480, 320
LEFT, RIGHT, TOP, BOTTOM = 52, 16, 16, 42


@dataclass(frozen=True, slots=True, kw_only=True)
class Kit:
    """One widget's tools, in one language.

    Args:
        lang: language.
        words: of the lesson.
        shown: what the lesson shows, for placeholders in the words.
        photo_url: the address of a kept photo by its row.
        name: of the widget, for ids.
    """

    lang: Lang
    words: Mapping[str, Any]
    shown: Any
    photo_url: Callable[[int], str]
    name: str

    def say(self, key: str, **values: Any) -> str:
        """Return a sentence of the lesson's words by its dotted key, its placeholders filled."""
        return filled(str(value_of(self.words, key)), lambda name: values.get(name) if name in values else value_of(
            self.shown, name), self.lang)  # fmt: skip

    def common(self, key: str, **values: object) -> str:
        """Return a sentence that all lessons share, of ``texts/*/learn.toml``."""
        return say(key, self.lang, **values)

    def number(self, value: Any, form: str = "2") -> str:
        """Return a number as the language writes it; forms as in placeholders."""
        return formatted(value, form, self.lang)

    def photo(self, row: int, alt: str, *, class_: str = "photo") -> Markup:
        """Return a kept photo, by its row in ``context.photos``; ``alt`` says what it shows here."""
        return Markup('<img class="{}" src="{}" alt="{}" data-row="{}" loading="lazy">').format(
            class_, self.photo_url(row), alt, row
        )

    def id(self, name: str) -> str:
        """Return an id that no other widget has."""
        return f"{self.name}-{name}"

    def slider(
        self, name: str, label: str, *, low: float, high: float, step: float, value: float, form: str = "2"
    ) -> Markup:
        """Return a native slider with its label and an ``<output>``; modules find it by ``data-slider``."""
        id_ = self.id(name)
        return Markup(
            '<p class="slider"><label for="{id}">{label}</label>'
            '<input type="range" id="{id}" data-slider="{name}" data-form="{form}" '
            'min="{low}" max="{high}" step="{step}" value="{value}">'
            '<output for="{id}">{said}</output></p>'
        ).format(
            id=id_,
            label=label,
            name=name,
            form=form,
            low=low,
            high=high,
            step=step,
            value=value,
            said=self.number(value, form),
        )

    def table(self, heads: Sequence[str], rows: Iterable[Sequence[object]], *, caption: str = "") -> Markup:
        """Return a table; the first column names the row."""
        head = Markup("").join(Markup('<th scope="col">{}</th>').format(one) for one in heads)
        body = Markup("").join(
            Markup('<tr><th scope="row">{}</th>{}</tr>').format(
                first, Markup("").join(Markup("<td>{}</td>").format(cell) for cell in rest)
            )
            for first, *rest in rows
        )
        named = Markup("<caption>{}</caption>").format(caption) if caption else Markup("")
        return Markup(
            '<div class="wide" tabindex="0" role="group" aria-label="{}"><table>{}<thead><tr>{}</tr></thead>'
            "<tbody>{}</tbody></table></div>"
        ).format(self.common("learn.numbers"), named, head, body)

    def data_table(self, heads: Sequence[str], rows: Iterable[Sequence[object]]) -> Markup:
        """Return the numbers of a chart, folded: what every chart has."""
        return Markup('<details class="numbers"><summary>{}</summary>{}</details>').format(
            self.common("learn.numbers"), self.table(heads, rows)
        )

    def svg(
        self, shapes: Iterable[Markup], *, title: str, width: int = WIDTH, height: int = HEIGHT
    ) -> Markup:
        """Return shapes as a drawing that says what it shows."""
        return Markup('<svg class="chart" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>').format(
            width, height, title, Markup("").join(shapes)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Plane:
    """Maps two measures to places on a drawing.

    Args:
        x: least and greatest value to the right.
        y: least and greatest value upwards.
    """

    x: tuple[float, float]
    y: tuple[float, float]

    def place(self, x: float, y: float) -> tuple[float, float]:
        """Return the place of a point, in units of the drawing."""
        right = (x - self.x[0]) / ((self.x[1] - self.x[0]) or 1.0)
        up = (y - self.y[0]) / ((self.y[1] - self.y[0]) or 1.0)
        return round(LEFT + right * (WIDTH - LEFT - RIGHT), 1), round(
            HEIGHT - BOTTOM - up * (HEIGHT - TOP - BOTTOM), 1
        )

    def dot(self, x: float, y: float, kind: str = "dot", radius: float = 4.0, title: str = "") -> Markup:
        """Return a dot; ``kind`` is its class."""
        cx, cy = self.place(x, y)
        said = Markup("<title>{}</title>").format(title) if title else Markup("")
        return Markup('<circle class="{}" cx="{}" cy="{}" r="{}">{}</circle>').format(
            kind, cx, cy, radius, said
        )

    def line(self, start: tuple[float, float], end: tuple[float, float], kind: str = "curve") -> Markup:
        """Return a straight line between two points."""
        (x1, y1), (x2, y2) = self.place(*start), self.place(*end)
        return Markup('<line class="{}" x1="{}" y1="{}" x2="{}" y2="{}"/>').format(kind, x1, y1, x2, y2)

    def curve(self, points: Sequence[tuple[float, float]], kind: str = "curve") -> Markup:
        """Return a line through points."""
        path = " ".join("{},{}".format(*self.place(*point)) for point in points)
        return Markup('<polyline class="{}" points="{}"/>').format(kind, path)

    def bar(self, x: float, width: float, y: float, kind: str = "bar") -> Markup:
        """Return an upright bar from 0, in units of the measures."""
        (left, top), (right, bottom) = (
            self.place(x - width / 2, max(y, 0)),
            self.place(x + width / 2, min(y, 0)),
        )
        return Markup('<rect class="{}" x="{}" y="{}" width="{}" height="{}"/>').format(
            kind, left, top, round(right - left, 1), round(bottom - top, 1)
        )

    def axes(
        self, kit: Kit, *, x_name: str, y_name: str, x_form: str = "2", y_form: str = "2", n_ticks: int = 5
    ) -> Markup:
        """Return grid lines, figures and names of both axes."""
        shapes = []
        for step in range(n_ticks):
            y = self.y[0] + step / (n_ticks - 1) * (self.y[1] - self.y[0])
            x = self.x[0] + step / (n_ticks - 1) * (self.x[1] - self.x[0])
            shapes.append(self.line((self.x[0], y), (self.x[1], y), "grid"))
            shapes.append(words(LEFT - 8, self.place(x, y)[1] + 4, kit.number(y, y_form), "tick end"))
            shapes.append(
                words(self.place(x, y)[0], HEIGHT - BOTTOM + 17, kit.number(x, x_form), "tick middle")
            )
        shapes.append(words(WIDTH - RIGHT, HEIGHT - 6, x_name, "axis end"))
        shapes.append(words(LEFT, TOP - 5, y_name, "axis"))
        return Markup("").join(shapes)


def words(x: float, y: float, said: str, kind: str = "") -> Markup:
    """Return a word in a drawing."""
    return Markup('<text class="{}" x="{}" y="{}">{}</text>').format(kind, round(x, 1), round(y, 1), said)


def joined(parts: Iterable[Markup | str]) -> Markup:
    """Return parts put together, what is no HTML escaped."""
    return Markup("").join(escape(part) for part in parts)

"""Two charts as inline SVG, drawn here so that the page needs no script: reliability and coverage.

Everything is drawn in one frame of 360 units width, which a phone shows without shrinking the letters.
Colours are classes, given by the style sheet for light and dark alike.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from apprenti.domain.scores import Scores
from apprenti.stages.report.words import Words

if TYPE_CHECKING:
    from markupsafe import Markup

WIDTH, HEIGHT = 360, 290
LEFT, RIGHT, TOP, BOTTOM = 52, 16, 32, 44
Y_LOWS = (0.96, 0.8, 0.6, 0.2, 0.0)
"""Where the vertical axis may begin, so that its quarters are whole percentages."""

MIN_RADIUS, MAX_RADIUS = 3.5, 9.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """Maps shares to places on the drawing; ``y_low`` is the share at the bottom."""

    y_low: float = 0.0

    def x(self, share: float) -> float:
        """Return the horizontal place of a share, in units."""
        return round(LEFT + share * (WIDTH - LEFT - RIGHT), 1)

    def y(self, share: float) -> float:
        """Return the vertical place of a share, in units."""
        height = HEIGHT - TOP - BOTTOM
        return round(TOP + (1 - (share - self.y_low) / (1 - self.y_low)) * height, 1)


def reliability_chart(scores: Scores, words: Words) -> Markup:
    """Return confidence against the share of right answers, one dot a band, larger for more photos."""
    frame = Frame()
    most = max(one.n for one in scores.reliability)
    shapes = [line(frame.x(0), frame.y(0), frame.x(1), frame.y(1), "ideal")]
    shapes.append(text(frame.x(0.04), frame.y(0.93), words("reliability_under"), "hint"))
    shapes.append(text(frame.x(0.98), frame.y(0.05), words("reliability_over"), "hint end"))
    for one in scores.reliability:
        x = frame.x(one.mean_confidence)
        interval = one.accuracy_interval
        radius = max(MIN_RADIUS, MAX_RADIUS * (one.n / most) ** 0.5)  # the area is the number of photos
        shapes.append(line(x, frame.y(interval.low), x, frame.y(interval.high), "whisker"))
        shapes.append(circle(x, frame.y(one.accuracy), round(radius, 1), "dot"))
    return _chart(
        "reliability",
        frame,
        shapes,
        words,
        desc=words("reliability_desc", n=len(scores.reliability)),
    )


def coverage_chart(scores: Scores, words: Words) -> Markup:
    """Return the accuracy of the most confident share alone, with the operating points on it."""
    points = scores.coverage_curve
    lowest = min(point.accuracy for point in points)
    frame = Frame(y_low=next(low for low in Y_LOWS if low <= lowest))
    path = " ".join(f"{frame.x(point.coverage)},{frame.y(point.accuracy)}" for point in points)
    shapes = [f'<polyline class="curve" points="{path}"/>']
    for point in scores.operating_points:
        if point.accuracy is not None:
            shapes.append(circle(frame.x(point.coverage), frame.y(point.accuracy), 4.5, "dot"))
    first, last = points[0], points[-1]
    desc = words(
        "curve_desc",
        first=words.percent(first.coverage),
        first_accuracy=words.percent(first.accuracy),
        last_accuracy=words.percent(last.accuracy),
    )
    return _chart("curve", frame, shapes, words, desc=desc)


def _chart(name: str, frame: Frame, shapes: Iterable[str], words: Words, *, desc: str) -> Markup:
    return svg(name, shapes, words, desc=desc, axes=_axes(frame, words))


def svg(name: str, shapes: Iterable[str], words: Words, *, desc: str, axes: Iterable[str] = ()) -> Markup:
    """Return a chart with its title, its description and the names of its axes, from ``report.{name}_...``."""
    x_name = text(Frame().x(1), HEIGHT - 6, words(f"{name}_x"), "axis end")
    y_name = text(4, 13, words(f"{name}_y"), "axis")
    return drawing(name, [*axes, x_name, y_name, *shapes], title=words(f"{name}_title"), desc=desc)


def drawing(name: str, shapes: Iterable[str], *, title: str, desc: str, height: float = HEIGHT) -> Markup:
    """Return shapes as a drawing with a title and a description; no two drawings of a page share a name."""
    from markupsafe import Markup, escape

    head = (
        f'<svg class="chart" viewBox="0 0 {WIDTH} {height:g}" role="img" '
        f'aria-labelledby="{name}-title {name}-desc">'
        f'<title id="{name}-title">{escape(title)}</title>'
        f'<desc id="{name}-desc">{escape(desc)}</desc>'
    )
    return Markup(f"{head}{''.join(shapes)}</svg>")  # noqa: S704  texts are escaped


def _axes(frame: Frame, words: Words) -> Iterable[str]:
    bottom = HEIGHT - BOTTOM
    for share in (0.0, 0.25, 0.5, 0.75, 1.0):
        yield text(frame.x(share), bottom + 18, words.percent(share), "tick middle")
    for quarter in range(5):
        share = frame.y_low + quarter / 4 * (1 - frame.y_low)
        yield line(LEFT, frame.y(share), WIDTH - RIGHT, frame.y(share), "grid")
        yield text(LEFT - 8, frame.y(share) + 4, words.percent(share), "tick end")


def line(x1: float, y1: float, x2: float, y2: float, kind: str) -> str:
    """Return a line from one place to another, in units."""
    return f'<line class="{kind}" x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}"/>'


def circle(x: float, y: float, radius: float, kind: str) -> str:
    """Return a dot."""
    return f'<circle class="{kind}" cx="{x}" cy="{y}" r="{radius}"/>'


def text(x: float, y: float, said: str, kind: str) -> str:
    """Return a word, escaped."""
    from markupsafe import escape

    return f'<text class="{kind}" x="{x}" y="{y}">{escape(said)}</text>'

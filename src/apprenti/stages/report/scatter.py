"""Expected against answered numbers as inline SVG, drawn in the frame of the other charts."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING

from apprenti.domain.number_scores import NumberScores
from apprenti.stages.report.charts import BOTTOM, HEIGHT, LEFT, RIGHT, WIDTH, Frame, circle, line, svg, text
from apprenti.stages.report.words import Words

if TYPE_CHECKING:
    from markupsafe import Markup

N_TICKS = 4
NICE_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)
BIG_DOTS = 100
"""Fewer dots than this are drawn larger."""


def scatter_chart(scores: NumberScores, words: Words) -> Markup:
    """Return a dot for each test photo: how far from the diagonal, so far off; between the dashes lies the margin."""
    ticks = round_ticks([value for point in scores.points for value in point])
    low, high = ticks[0], ticks[-1]
    frame = Frame()

    def share(value: float) -> float:
        return min(max((value - low) / (high - low), 0.0), 1.0)

    shapes = [line(frame.x(0), frame.y(0), frame.x(1), frame.y(1), "ideal")]
    shift = min(scores.margin / (high - low), 1.0)
    for first, second in (((0, shift), (1 - shift, 1)), ((shift, 0), (1, 1 - shift))):
        ends = (frame.x(first[0]), frame.y(first[1]), frame.x(second[0]), frame.y(second[1]))
        shapes.append(line(*ends, "grid"))
    radius = 4.0 if len(scores.points) < BIG_DOTS else 2.5
    shapes += [
        circle(frame.x(share(expected)), frame.y(share(answered)), radius, "dot point")
        for expected, answered in scores.points
    ]
    labels = {share(tick): words.amount(tick, 10 * (high - low) / N_TICKS) for tick in ticks}
    desc = words(
        "scatter_desc",
        n=len(scores.points),
        held=words.percent(scores.held),
        level=words.percent(scores.margin_level),
    )
    return svg("scatter", [*_axes(frame, labels), *shapes], words, desc=desc)


def round_ticks(values: Iterable[float]) -> list[float]:
    """Return round numbers, equally far apart, that hold all values between the first and the last.

    Example:
        >>> round_ticks([3.2, 17.9])
        [0.0, 5.0, 10.0, 15.0, 20.0]
    """
    known = list(values)
    low, high = min(known), max(known)
    rough = (high - low) / N_TICKS or abs(high) / N_TICKS or 1.0
    size = 10.0 ** math.floor(math.log10(rough))
    step = next(nice * size for nice in NICE_STEPS if nice * size >= 0.8 * rough)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [float(f"{step * place:.12g}") for place in range(first, max(last, first + 1) + 1)]


def _axes(frame: Frame, labels: dict[float, str]) -> Iterable[str]:
    for share, label in labels.items():
        yield text(frame.x(share), HEIGHT - BOTTOM + 18, label, "tick middle")
        yield line(LEFT, frame.y(share), WIDTH - RIGHT, frame.y(share), "grid faint")
        yield text(LEFT - 8, frame.y(share) + 4, label, "tick end")

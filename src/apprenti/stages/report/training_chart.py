"""Score, loss and learning rate of a training by epoch, as one drawing of three panels with a common axis."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from apprenti.domain.dataset import TaskType
from apprenti.domain.network_history import NetworkHistory
from apprenti.stages.report.charts import LEFT, RIGHT, WIDTH, circle, drawing, line, text
from apprenti.stages.report.scatter import round_ticks
from apprenti.stages.report.words import Words

if TYPE_CHECKING:
    from markupsafe import Markup

ABOVE, BELOW = 36, 36
"""Units above a panel, for its name, and below the last one, for the epochs."""
SCORE_HEIGHT, LOSS_HEIGHT, RATE_HEIGHT = 130, 80, 36
MAX_DOTS = 24
"""More epochs are a line without dots."""
MAX_EPOCH_TICKS = 8

Points = Sequence[tuple[float, float]]
"""(epoch, value) pairs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """One curve and its axes.

    Args:
        name: in words.
        points: of the curve.
        ticks: values on the vertical axis, the ends included.
        labels: the same in words; an empty one is not written.
        top: where its area begins, in units.
        height: of its area, in units.
        last_epoch: at the right end.
    """

    name: str
    points: Points
    ticks: Sequence[float]
    labels: Sequence[str]
    top: float
    height: float
    last_epoch: float

    def x(self, epoch: float) -> float:
        """Return the horizontal place of an epoch, in units."""
        return round(LEFT + epoch / self.last_epoch * (WIDTH - LEFT - RIGHT), 1)

    def y(self, value: float) -> float:
        """Return the vertical place of a value, in units; what lies beyond the ticks stands at an end."""
        low, high = self.ticks[0], self.ticks[-1]
        share = min(max((value - low) / (high - low), 0.0), 1.0)
        return round(self.top + (1 - share) * self.height, 1)

    def shapes(self) -> Iterable[str]:
        """Yield what is drawn."""
        yield text(4, self.top - 14, self.name, "axis")
        for tick, label in zip(self.ticks, self.labels, strict=True):
            yield line(LEFT, self.y(tick), WIDTH - RIGHT, self.y(tick), "grid")
            if label:
                yield text(LEFT - 8, self.y(tick) + 4, label, "tick end")
        places = " ".join(f"{self.x(epoch)},{self.y(value)}" for epoch, value in self.points)
        yield f'<polyline class="curve" points="{places}"/>'
        if len(self.points) <= MAX_DOTS:
            yield from (circle(self.x(epoch), self.y(value), 3.5, "dot") for epoch, value in self.points)


def training_chart(history: NetworkHistory, task_type: TaskType, words: Words, *, place: int) -> Markup:
    """Return the drawing.

    Args:
        history: with at least one epoch.
        task_type: of the model, which says what the score is.
        words: of the page.
        place: number of the network on the page, from 1: no two drawings may share a name.
    """
    panels = _panels(history, task_type, words)
    bottom = panels[-1].top + panels[-1].height
    shapes = [shape for panel in panels for shape in panel.shapes()]
    ticks = epoch_ticks(panels[-1].last_epoch)
    shapes += [text(panels[-1].x(tick), bottom + 18, words.count(tick), "tick middle") for tick in ticks]
    shapes.append(text(WIDTH - RIGHT, bottom + BELOW - 2, words("training_x"), "axis end"))
    desc = words(
        "training_desc",
        n=len(history.epochs),
        first=words.decimal(history.epochs[0].loss, 3),
        last=words.decimal(history.epochs[-1].loss, 3),
    )
    return drawing(
        f"training-{place}", shapes, title=words("training_title"), desc=desc, height=bottom + BELOW
    )


def epoch_ticks(last_epoch: float) -> list[int]:
    """Return whole epochs to write below the axis: all, or every second, fifth, tenth...

    Example:
        >>> epoch_ticks(12.0)
        [0, 2, 4, 6, 8, 10, 12]
    """
    last = int(last_epoch)
    step = next(
        size * tens
        for tens in (1, 10, 100, 1000)
        for size in (1, 2, 5)
        if last <= MAX_EPOCH_TICKS * size * tens
    )
    return list(range(0, last + 1, step))


def _panels(history: NetworkHistory, task_type: TaskType, words: Words) -> list[Panel]:
    epochs = history.epochs
    scores = [(one.epoch, one.score) for one in epochs if one.score is not None]
    curves: list[tuple[str, Points, list[float], float]] = []
    if scores:
        name = words(f"training_score_{task_type.value}")
        curves.append((name, scores, round_ticks([score for _, score in scores]), SCORE_HEIGHT))
    losses = [(one.epoch, one.loss) for one in epochs]
    curves.append(
        (words("training_loss"), losses, round_ticks([0.0, *(loss for _, loss in losses)]), LOSS_HEIGHT)
    )
    rates = [(one.epoch, one.rate) for one in epochs]
    highest = max(rate for _, rate in rates) or 1.0
    curves.append((words("term_rate"), rates, [0.0, highest], RATE_HEIGHT))
    panels, top = [], float(ABOVE)
    for place, (name, points, ticks, height) in enumerate(curves):
        is_share = bool(scores) and place == 0 and task_type is not TaskType.REGRESSION
        labels = [words.percent(tick) if is_share else _short(tick, ticks, words) for tick in ticks]
        panels.append(
            Panel(
                name=name,
                points=points,
                ticks=ticks,
                labels=labels,
                top=top,
                height=height,
                last_epoch=max(1.0, epochs[-1].epoch),
            )
        )
        top += height + ABOVE
    return panels


def _short(value: float, ticks: Sequence[float], words: Words) -> str:
    return words.amount(value, 3 * (ticks[-1] - ticks[0])) if value else words.count(0)

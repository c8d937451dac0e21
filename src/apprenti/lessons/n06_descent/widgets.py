"""What lesson 6 draws: the map of a loss with two ways down it, a curve with two valleys, and a ravine."""

from __future__ import annotations

import math

import numpy as np
from markupsafe import Markup

from apprenti.lessons.kit import BOTTOM, HEIGHT, LEFT, RIGHT, TOP, WIDTH, Kit, Plane
from apprenti.lessons.n06_descent.compute import (
    CONDITION,
    N_FIRST,
    N_POINTS,
    N_STEPS,
    RATES,
    RAVINE_MOMENTA,
    RAVINE_RATES,
    RAVINE_START,
    REACH,
    Shown,
    Step,
)

CELL = 2 * REACH / (N_POINTS - 1)
MAP = Plane(x=(-REACH, REACH), y=(-REACH, REACH))
N_BANDS = 14
TOLD = (0, 1, 2, 3, 5, 10, 20, 40, 60)
VALLEYS = Plane(x=(-4, 4), y=(0, 12))
RAVINE = Plane(x=(-12, 12), y=(-5, 5))
RAVINE_RATE = 0.02
LEVELS = (0.1, 2.0, 10.0, 30.0, 60.0)
BATCHES = ("all", "eight", "one")


def draw_surface(shown: Shown, kit: Kit) -> Markup:
    """Return the map, both ways on it, the sliders and what the ways come to."""
    clip = kit.id("clip")
    shapes = [
        Markup('<clipPath id="{}"><rect x="{}" y="{}" width="{}" height="{}"/></clipPath>').format(
            clip, LEFT, TOP, WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM
        ),
        MAP.axes(kit, x_name=kit.say("widget.w1"), y_name=kit.say("widget.w2"), x_form="0", y_form="0"),
        Markup('<g clip-path="url(#{})">{}{}{}</g>').format(
            clip, _bands(shown), _lowest(shown), _ways(shown)
        ),
    ]
    options = Markup("").join(
        Markup('<option value="{}">{}</option>').format(one, kit.say(f"widget.batch.{one}"))
        for one in BATCHES
    )
    batch = Markup(
        '<p class="field"><label for="{0}">{1}</label><select id="{0}" data-batch>{2}</select></p>'
    )
    low, high, step = RATES
    sliders = [
        kit.slider("w1", kit.say("widget.start1"), low=-REACH, high=REACH, step=0.1, value=shown.start[0]),
        kit.slider("w2", kit.say("widget.start2"), low=-REACH, high=REACH, step=0.1, value=shown.start[1]),
        kit.slider("rate", kit.say("widget.rate"), low=low, high=high, step=step, value=shown.rate),
        kit.slider("momentum", kit.say("widget.momentum"), low=0, high=0.99, step=0.01, value=shown.momentum),
        kit.slider("n", kit.say("widget.n"), low=0, high=N_STEPS, step=1, value=N_FIRST, form="0"),
    ]
    legend = Markup('<p class="legend"><span class="key line second">{}</span> <span class="key line">{}</span> '
                    '<span class="key lowest">{}</span></p>')  # fmt: skip
    return Markup('{}{}<div class="sliders two">{}{}</div><p class="count" data-count role="status">{}</p>{}').format(
        kit.svg(shapes, title=kit.say("widget.map_title")),
        legend.format(kit.say("widget.plain"), kit.say("widget.pushed"), kit.say("widget.lowest")),
        Markup("").join(sliders),
        batch.format(kit.id("batch"), kit.say("widget.batch_label"), options),
        kit.say("widget.race", n=N_FIRST, plain=shown.plain[N_FIRST].loss, pushed=shown.pushed[N_FIRST].loss),
        kit.data_table(
            [kit.say(f"widget.head.{one}") for one in ("step", "plain_w", "plain_loss", "pushed_w", "pushed_loss")],
            [_told(step, shown.plain[step], shown.pushed[step], kit) for step in TOLD],
        ),
    )  # fmt: skip


def _told(step: int, plain: Step, pushed: Step, kit: Kit) -> tuple[str, ...]:
    def at(one: Step) -> str:
        return f"{kit.number(one.w1)} ; {kit.number(one.w2)}"

    return str(step), at(plain), kit.number(plain.loss, "4"), at(pushed), kit.number(pushed.loss, "4")


def _bands(shown: Shown) -> Markup:
    """Return the map as one shape for each band of losses, the higher the darker."""
    surface = np.array(shown.surface)
    low, high = float(surface.min()), float(surface.max())
    edges = np.geomspace(1, 21, N_BANDS + 1)
    band = np.digitize(1 + 20 * (surface - low) / ((high - low) or 1.0), edges[1:-1])
    shapes = []
    for number in range(N_BANDS):
        runs = [run for row in range(N_POINTS) for run in _runs(band[row] == number, row)]
        if runs:
            shapes.append(
                Markup('<path class="band" fill-opacity="{}" d="{}"/>').format(
                    round(0.04 + 0.56 * number / (N_BANDS - 1), 3), "".join(runs)
                )
            )
    return Markup('<g data-map shape-rendering="crispEdges">{}</g>').format(Markup("").join(shapes))


def _runs(in_band: np.ndarray, row: int) -> list[str]:
    """Return where a row of the map is in a band, as pieces of a path."""
    ends = np.flatnonzero(np.diff(np.concatenate([[0], in_band.astype(int), [0]])))
    pieces = []
    for begin, end in zip(ends[::2], ends[1::2], strict=True):
        left, top = MAP.place(-REACH + (begin - 0.5) * CELL, -REACH + (row + 0.5) * CELL)
        right, bottom = MAP.place(-REACH + (end - 0.5) * CELL, -REACH + (row - 0.5) * CELL)
        pieces.append(f"M{left} {top}H{right}V{bottom}H{left}z")
    return pieces


def _lowest(shown: Shown) -> Markup:
    x, y = MAP.place(shown.lowest.w1, shown.lowest.w2)
    return Markup('<path class="cross" d="M{} {}l10 10m0 -10l-10 10"/>').format(x - 5, y - 5)


def _ways(shown: Shown) -> Markup:
    plain, pushed = ([(one.w1, one.w2) for one in way[: N_FIRST + 1]] for way in (shown.plain, shown.pushed))
    return Markup("<g data-plain>{}{}</g><g data-pushed>{}{}</g>").format(
        MAP.curve(plain, "curve second thin"), MAP.dot(*plain[-1], "dot second", 6),
        MAP.curve(pushed, "curve thin"), MAP.dot(*pushed[-1], "dot", 6),
    )  # fmt: skip


def height_of(w: float) -> float:
    """Return the height of the curve with two valleys."""
    return (w * w - 4) ** 2 / 8 + 0.4 * w + 1


def draw_valleys(shown: Shown, kit: Kit) -> Markup:
    """Return a curve with two valleys and a ball on it."""
    points = [(step / 20, height_of(step / 20)) for step in range(-76, 77)]
    shapes = [
        VALLEYS.axes(
            kit, x_name=kit.say("widget.weight"), y_name=kit.say("widget.loss"), x_form="0", y_form="0"
        ),
        VALLEYS.curve([one for one in points if one[1] <= VALLEYS.y[1]]),
        Markup("<g data-way></g><g data-ball>{}</g>").format(
            VALLEYS.dot(3.3, height_of(3.3), "dot second", 7)
        ),
    ]
    sliders = [
        kit.slider("start", kit.say("widget.start"), low=-3.6, high=3.6, step=0.1, value=3.3),
        kit.slider("rate", kit.say("widget.rate"), low=0.01, high=0.2, step=0.01, value=0.03),
        kit.slider("momentum", kit.say("widget.momentum"), low=0, high=0.99, step=0.01, value=0),
    ]
    rows = [(kit.number(w, "1"), kit.number(height_of(w))) for w in np.arange(-3.5, 3.6, 0.5)]
    end = _rest(3.3, 0.03, 0.0)
    return Markup('{}<div class="sliders">{}</div><p class="count" data-count role="status">{}</p>{}').format(
        kit.svg(shapes, title=kit.say("widget.valleys_title")),
        Markup("").join(sliders),
        kit.say("widget.rests_high", w=end, height=height_of(end)),
        kit.data_table([kit.say("widget.weight"), kit.say("widget.loss")], rows),
    )


def _rest(w: float, rate: float, momentum: float) -> float:
    """Return where the ball is after 200 steps."""
    v = 0.0
    for _ in range(200):
        v = momentum * v - rate * (w * (w * w - 4) / 2 + 0.4)
        w += v
    return w


def draw_ravine(shown: Shown, kit: Kit) -> Markup:
    """Return a ravine of condition 25 as lines of equal loss, the way down it, and both sliders."""
    x, y = RAVINE.place(0, 0)
    clip = kit.id("clip")
    rings = Markup("").join(
        Markup('<ellipse class="ring" cx="{}" cy="{}" rx="{}" ry="{}"/>').format(
            x, y, round(RAVINE.place(math.sqrt(2 * level), 0)[0] - x, 1),
            round(y - RAVINE.place(0, math.sqrt(2 * level / CONDITION))[1], 1),
        )
        for level in LEVELS
    )  # fmt: skip
    shapes = [
        Markup('<clipPath id="{}"><rect x="{}" y="{}" width="{}" height="{}"/></clipPath>').format(
            clip, LEFT, TOP, WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM
        ),
        RAVINE.axes(kit, x_name=kit.say("widget.along"), y_name=kit.say("widget.across"), x_form="0", y_form="1"),
        Markup('<g clip-path="url(#{})">{}{}<g data-way>{}</g><g data-dots></g></g>').format(
            clip, rings, RAVINE.dot(*RAVINE_START, "dot second", 6),
            RAVINE.curve(_ravine_way(RAVINE_RATE, 0.0), "curve thin"),
        ),
    ]  # fmt: skip
    sliders = [
        kit.slider("rate", kit.say("widget.rate"), low=RAVINE_RATES[0], high=RAVINE_RATES[1], step=RAVINE_RATES[2],
                   value=RAVINE_RATE, form="3"),
        kit.slider("momentum", kit.say("widget.momentum"), low=RAVINE_MOMENTA[0], high=RAVINE_MOMENTA[1],
                   step=RAVINE_MOMENTA[2], value=0),
    ]  # fmt: skip
    rows = [
        (kit.number(rate, "3"), kit.number(momentum), n)
        for rate, momentum, n in (
            (RAVINE_RATE, 0, shown.ravine.n_start),
            (shown.ravine.plain_rate, 0, shown.ravine.n_plain),
        )
    ]
    heads = [kit.say("widget.rate"), kit.say("widget.momentum"), kit.say("widget.steps")]
    return Markup('{}<div class="sliders">{}</div><p class="count" data-count role="status">{}</p>{}').format(
        kit.svg(shapes, title=kit.say("widget.ravine_title")),
        Markup("").join(sliders),
        kit.say("widget.takes", n=shown.ravine.n_start),
        kit.data_table(heads, rows),
    )


def _ravine_way(rate: float, momentum: float) -> list[tuple[float, float]]:
    (x, y), vx, vy = RAVINE_START, 0.0, 0.0
    way = [(x, y)]
    for _ in range(100):
        vx, vy = momentum * vx - rate * x, momentum * vy - rate * CONDITION * y
        x, y = x + vx, y + vy
        way.append((x, y))
    return way


WIDGETS = {"surface": draw_surface, "valleys": draw_valleys, "ravine": draw_ravine}

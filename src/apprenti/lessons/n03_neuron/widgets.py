"""What lesson 3 draws: the plane of photos with the neuron's line, and the curve of the sigmoid."""

from __future__ import annotations

import numpy as np
from markupsafe import Markup
from numpy.typing import NDArray

from apprenti.lessons.kit import LEFT, RIGHT, WIDTH, Kit, Plane
from apprenti.lessons.n03_neuron.compute import FURTHEST, STEP, Shown, sigmoid, weighted_sum

PHOTO = 26
SIGMOID = Plane(x=(-6, 6), y=(0, 1))


def draw_neuron(shown: Shown, kit: Kit) -> Markup:
    """Return the photos on their plane, the line of the first weights, the sliders and what they come to."""
    plane = plane_of(shown)
    photos = Markup("").join(_photo(shown, kit, plane, place) for place in range(shown.n_shown))
    w1, w2, b = shown.start
    shapes = [
        plane.axes(kit, x_name=kit.say("widget.x1"), y_name=kit.say("widget.x2"), x_form="1", y_form="1"),
        Markup('<g data-photos>{}</g><line class="boundary" data-boundary{}/>').format(
            photos, _line(shown, plane)
        ),
    ]
    sliders = Markup("").join(
        kit.slider(name, kit.say(f"widget.{name}"), low=-FURTHEST, high=FURTHEST, step=STEP, value=value)
        for name, value in (("w1", w1), ("w2", w2), ("b", b))
    )
    legend = Markup('<p class="legend"><span class="key first">{}</span> <span class="key second">{}</span> '
                    '<span class="key missed">{}</span></p>').format(
        kit.say("widget.says", label=shown.first), kit.say("widget.says", label=shown.second), kit.say("widget.wrong")
    )  # fmt: skip
    return Markup(
        '{}{}<div class="sliders">{}</div><p class="count" data-count role="status">{}</p>{}'
    ).format(
        kit.svg(shapes, title=kit.say("widget.title")),
        legend,
        sliders,
        kit.say("widget.count", right=shown.start_right),
        _table(shown, kit),
    )


def draw_activation(shown: Shown, kit: Kit) -> Markup:
    """Return the sigmoid, a slider along it, and the photo worked out in the text on it."""
    points = [(step / 10, sigmoid(step / 10)) for step in range(-60, 61)]
    z = max(-6.0, min(6.0, shown.worked.z))
    shapes = [
        SIGMOID.axes(kit, x_name="z", y_name=kit.say("widget.p"), x_form="0", y_form="percent"),
        SIGMOID.curve(points),
        Markup("<g data-dot>{}</g>").format(SIGMOID.dot(z, sigmoid(z), "dot", 7)),
    ]
    slider = kit.slider("z", kit.say("widget.z"), low=-6, high=6, step=0.05, value=round(z / 0.05) * 0.05)
    rows = [(kit.number(step, "0"), kit.number(sigmoid(step), "percent1")) for step in range(-6, 7)]
    return Markup('{}{}<p class="count" data-count role="status">{}</p>{}').format(
        kit.svg(shapes, title=kit.say("widget.sigmoid_title")),
        slider,
        kit.say("widget.activated", z=z, p=sigmoid(z)),
        kit.data_table(["z", kit.say("widget.p")], rows),
    )


def draw_missed(shown: Shown, kit: Kit) -> Markup:
    """Return the photos that even the fitted neuron gets wrong."""
    names = dict(zip(shown.rows, zip(shown.names, shown.truth, strict=True), strict=True))
    items = Markup("").join(
        Markup("<li>{}<code>{}</code></li>").format(
            kit.photo(row, kit.say("widget.missed_alt", label=(shown.first, shown.second)[names[row][1]])),
            names[row][0],
        )
        for row in shown.missed
    )
    return Markup('<ul class="photos">{}</ul>').format(items)


def draw_worked(shown: Shown, kit: Kit) -> Markup:
    """Return the photo worked out in the text, with its inputs."""
    return _one(shown.worked.row, shown.worked.x1, shown.worked.x2, kit.say("widget.worked_alt"), kit)


def draw_by_hand(shown: Shown, kit: Kit) -> Markup:
    """Return the photo the learner works out, with its inputs."""
    return _one(shown.by_hand.row, shown.by_hand.x1, shown.by_hand.x2, kit.say("widget.by_hand_alt"), kit)


def _one(row: int, x1: float, x2: float, alt: str, kit: Kit) -> Markup:
    inputs = [(kit.say("widget.x1"), kit.number(x1)), (kit.say("widget.x2"), kit.number(x2))]
    listed = Markup("").join(Markup("<div><dt>{}</dt><dd>{}</dd></div>").format(*one) for one in inputs)
    return Markup('<div class="one-photo">{}<dl>{}</dl></div>').format(
        kit.photo(row, alt, class_="photo large"), listed
    )


def plane_of(shown: Shown) -> Plane:
    """Return a plane that holds every photo, with a margin."""
    ends = []
    for values in (shown.x1, shown.x2):
        low, high = min(values), max(values)
        margin = 0.08 * (high - low) or 1.0
        ends.append((low - margin, high + margin))
    return Plane(x=ends[0], y=ends[1])


def _photo(shown: Shown, kit: Kit, plane: Plane, place: int) -> Markup:
    x, y = plane.place(shown.x1[place], shown.x2[place])
    answer = int(weighted_sum(shown.start, _point(shown, place))[0] > 0)
    missed = "" if answer == shown.truth[place] else " missed"
    label = (shown.first, shown.second)[shown.truth[place]]
    return Markup(
        '<g class="onplane {}{}" data-place="{}"><image href="{}" x="{}" y="{}" width="{}" height="{}" '
        'preserveAspectRatio="xMidYMid slice"/><rect x="{}" y="{}" width="{}" height="{}"><title>{}</title></rect></g>'
    ).format(
        ("first", "second")[answer], missed, place, kit.photo_url(shown.rows[place]),
        x - PHOTO / 2, y - PHOTO / 2, PHOTO, PHOTO, x - PHOTO / 2, y - PHOTO / 2, PHOTO, PHOTO, label,
    )  # fmt: skip


def _point(shown: Shown, place: int) -> NDArray[np.float64]:
    return np.array([[shown.x1[place], shown.x2[place]]])


def _line(shown: Shown, plane: Plane) -> Markup:
    """Return the ends of the first line: where w2 is 1 and w1 is 0 it lies flat at −b."""
    y = plane.place(0, -shown.start[2] / shown.start[1])[1]
    return Markup(' x1="{}" y1="{}" x2="{}" y2="{}"').format(LEFT, y, WIDTH - RIGHT, y)


def _table(shown: Shown, kit: Kit) -> Markup:
    rows = [
        (name, (shown.first, shown.second)[truth], kit.number(x1), kit.number(x2))
        for name, truth, x1, x2 in zip(shown.names, shown.truth, shown.x1, shown.x2, strict=True)
    ]
    heads = [kit.say("widget.photo"), kit.say("widget.class"), kit.say("widget.x1"), kit.say("widget.x2")]
    return kit.data_table(heads, rows)


WIDGETS = {
    "neuron": draw_neuron,
    "activation": draw_activation,
    "worked": draw_worked,
    "by_hand": draw_by_hand,
    "missed": draw_missed,
}

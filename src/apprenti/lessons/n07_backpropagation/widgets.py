"""What lesson 7 draws: the network with its numbers both ways, measured slopes, and three programs."""

from __future__ import annotations

import math

from markupsafe import Markup

from apprenti.lessons.kit import HEIGHT, WIDTH, Kit, Plane, words
from apprenti.lessons.n07_backpropagation.compute import (
    EXPONENTS,
    N_MEASURED,
    N_STEPS,
    N_TOLD,
    Passed,
    Shown,
    respond,
)
from apprenti.lessons.n07_backpropagation.network import NAMES

SIGNS = {
    "w11": "w₁₁", "w12": "w₁₂", "b1": "b₁", "w21": "w₂₁", "w22": "w₂₂", "b2": "b₂", "v1": "v₁", "v2": "v₂", "c": "c",
    "h1": "h₁", "h2": "h₂", "z1": "z₁", "z2": "z₂", "z": "z", "p": "p", "loss": "L",
}  # fmt: skip
"""How each number is written, in either language."""
NODES = {
    "x1": (46, 76),
    "x2": (46, 244),
    "h1": (214, 76),
    "h2": (214, 244),
    "p": (352, 160),
    "loss": (442, 160),
}
EDGES = (("x1", "h1"), ("x2", "h1"), ("x1", "h2"), ("x2", "h2"), ("h1", "p"), ("h2", "p"), ("p", "loss"))
LABELS = {
    "w11": (128, 62), "w21": (100, 116), "w12": (100, 200), "w22": (128, 262), "b1": (214, 116), "b2": (214, 284),
    "v1": (290, 96), "v2": (290, 230), "c": (352, 200),
}  # fmt: skip
RADIUS = 25
ERRORS = Plane(x=(EXPONENTS[0], EXPONENTS[-1]), y=(-12, 0))
BEGIN_AT = 1
LOSSES = Plane(x=(1, N_STEPS), y=(0, 1))


def draw_net(shown: Shown, kit: Kit) -> Markup:
    """Return the network with the numbers of the first photo, and a button for the next step."""
    answer = respond(None, shown, {})
    photo = shown.photos[0]
    values = {**answer["values"], "x1": photo.x1, "x2": photo.x2, **shown.begin}
    edges = Markup("").join(
        Markup('<line class="edge" x1="{}" y1="{}" x2="{}" y2="{}"/>').format(*NODES[one], *NODES[other])
        for one, other in EDGES
    )
    nodes = Markup("").join(_node(name, values[name], answer["slopes"].get(name), kit) for name in NODES)
    labels = Markup("").join(_label(name, shown.begin[name], answer["slopes"][name], kit) for name in LABELS)
    rows = [
        (
            SIGNS[name],
            *(kit.number(one[name], "4") for one in (shown.begin, answer["slopes"], answer["after"])),
        )
        for name in NAMES
    ]
    heads = [kit.say(f"widget.head.{one}") for one in ("name", "value", "slope", "after")]
    return Markup(
        '<div class="one-photo"><div data-picture>{}</div><p data-truth>{}</p></div>{}'
        '<p class="row"><button type="button" class="primary" data-next hidden>{}</button> '
        '<button type="button" data-round hidden>{}</button> <button type="button" data-again hidden>{}</button></p>'
        '<p class="count" data-count role="status">{}</p>{}'
    ).format(
        kit.photo(photo.row, kit.say("widget.photo_of", label=photo.label), class_="photo large"),
        kit.say("widget.truth", label=photo.label, truth=photo.truth),
        Markup('<div class="net">{}</div>').format(kit.svg([edges, nodes, labels], title=kit.say("widget.net_title"))),
        kit.say("widget.do_forward"), kit.say("widget.do_round"), kit.say("widget.do_again"),
        kit.say("widget.did_backward", p=answer["values"]["p"], loss=answer["values"]["loss"]),
        kit.data_table(heads, rows),
    )  # fmt: skip


def _label(name: str, value: float, slope: float, kit: Kit) -> Markup:
    x, y = LABELS[name]
    said = Markup('<tspan class="sign">{}</tspan> <tspan data-value="{}">{}</tspan>').format(
        SIGNS[name], name, kit.number(value)
    )
    return Markup('<text class="middle" x="{}" y="{}">{}</text>{}').format(
        x, y, said, _slope(name, x, y + 15, slope, kit)
    )


def _node(name: str, value: float, slope: float | None, kit: Kit) -> Markup:
    x, y = NODES[name]
    sign = {"x1": "x₁", "x2": "x₂"}.get(name) or SIGNS[name]
    back = Markup("") if slope is None or name == "loss" else _slope(name, x, y - RADIUS - 6, slope, kit)
    said = Markup('<text class="middle" x="{}" y="{}" data-value="{}">{}</text>').format(
        x, y + 12, name, kit.number(value)
    )
    return Markup('<circle class="node" cx="{}" cy="{}" r="{}"/>{}{}{}').format(
        x, y, RADIUS, words(x, y - 6, sign, "middle sign"), said, back
    )


def _slope(name: str, x: float, y: float, slope: float, kit: Kit) -> Markup:
    return Markup('<text class="middle slope" x="{}" y="{}" data-slope="{}">{}</text>').format(
        x, y, name, kit.number(slope, "3")
    )


def draw_wiggle(shown: Shown, kit: Kit) -> Markup:
    """Return how far measured slopes are from those of backpropagation, for each distance."""
    points = [(k, _power(apart)) for k, apart in zip(shown.exponents, shown.apart, strict=True)]
    ticks = Markup("").join(
        ERRORS.line((EXPONENTS[0], power), (EXPONENTS[-1], power), "grid")
        + words(44, ERRORS.place(1, power)[1] + 4, f"10{_raised(power)}", "tick end")
        for power in range(-12, 1, 3)
    )
    below = Markup("").join(
        words(ERRORS.place(k, -12)[0], HEIGHT - 25, f"10{_raised(-k)}", "tick middle") for k in EXPONENTS[::2]
    )
    names = words(WIDTH - 16, HEIGHT - 6, kit.say("widget.h"), "axis end") + words(
        52, 11, kit.say("widget.apart"), "axis"
    )
    at = points[BEGIN_AT - 1]
    shapes = [
        ticks,
        below,
        names,
        ERRORS.curve(points),
        Markup("<g data-dot>{}</g>").format(ERRORS.dot(*at, "dot", 7)),
    ]
    slider = kit.slider(
        "k", kit.say("widget.k"), low=EXPONENTS[0], high=EXPONENTS[-1], step=1, value=BEGIN_AT, form="0"
    )
    rows = [
        (SIGNS[name], kit.number(shown.worked.slopes[name], "6"), kit.number(slope, "6"))
        for name, slope in zip(NAMES, shown.measured[BEGIN_AT - 1], strict=True)
    ]
    heads = [kit.say(f"widget.head.{one}") for one in ("name", "slope", "measured")]
    return Markup('{}{}<p class="count" data-count role="status">{}</p>{}').format(
        kit.svg(shapes, title=kit.say("widget.wiggle_title")),
        slider,
        kit.say("widget.off_by", k=BEGIN_AT, apart=_scientific(shown.apart[BEGIN_AT - 1], kit)),
        kit.table(heads, rows),
    )  # fmt: skip


def _power(value: float) -> float:
    return max(-12.0, math.log10(value)) if value > 0 else -12.0


def _raised(power: int) -> str:
    return str(power).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))


def _scientific(value: float, kit: Kit) -> str:
    power = math.floor(math.log10(value)) if value > 0 else -12
    return f"{kit.number(value / 10.0**power, '1')} × 10{_raised(power)}"


def draw_asked(shown: Shown, kit: Kit) -> Markup:
    """Return the photo for the learner, with what the forward pass left."""
    return _passed(shown.asked, kit)


def draw_worked(shown: Shown, kit: Kit) -> Markup:
    """Return the photo worked out in the text."""
    return _passed(shown.worked, kit)


def _passed(one: Passed, kit: Kit) -> Markup:
    given = [
        ("x₁", kit.number(one.photo.x1)),
        ("y", str(one.photo.truth)),
        ("h₁", kit.number(one.values["h1"], "4")),
        ("p", kit.number(one.values["p"], "4")),
    ]
    listed = Markup("").join(Markup("<div><dt>{}</dt><dd>{}</dd></div>").format(*pair) for pair in given)
    return Markup('<div class="one-photo">{}<dl>{}</dl></div>').format(
        kit.photo(one.photo.row, kit.say("widget.photo_of", label=one.photo.label), class_="photo large"),
        listed,
    )


def draw_programs(shown: Shown, kit: Kit) -> Markup:
    """Return the losses of three programs, and the gradients they hold in their first steps."""
    most = max(max(run.losses) for run in shown.runs.values())
    plane = Plane(x=LOSSES.x, y=(0, math.ceil(10 * most) / 10))
    kinds = {"a": "curve", "b": "curve second", "c": "curve third"}
    curves = [
        plane.curve([(step, loss) for step, loss in enumerate(run.losses, start=1)], kinds[name])
        for name, run in shown.runs.items()
    ]
    axes = plane.axes(
        kit, x_name=kit.say("widget.step"), y_name=kit.say("widget.mean_loss"), x_form="0", n_ticks=5
    )
    legend = Markup('<p class="legend"><span class="key line">A</span> <span class="key line second">B</span> '
                    '<span class="key line third">C</span></p>')  # fmt: skip
    rows = []
    for step in range(N_TOLD):
        cells = []
        for run in shown.runs.values():
            cells.append(kit.number(run.reported[step], "4"))
            cells.append(kit.number(run.measured[step] if step < N_MEASURED else None, "4"))
        rows.append((step + 1, *cells))
    heads = [kit.say("widget.step")]
    for name in shown.runs:
        heads += [kit.say("widget.holds", name=name.upper()), kit.say("widget.really", name=name.upper())]
    losses = [
        (step + 1, *(kit.number(run.losses[step], "3") for run in shown.runs.values()))
        for step in range(0, N_STEPS, 6)
    ]
    return Markup("{}{}{}{}").format(
        kit.svg([axes, *curves], title=kit.say("widget.programs_title")),
        legend,
        kit.table(heads, rows, caption=kit.say("widget.holds_caption")),
        kit.data_table([kit.say("widget.step"), "A", "B", "C"], losses),
    )


WIDGETS = {
    "net": draw_net,
    "worked": draw_worked,
    "wiggle": draw_wiggle,
    "asked": draw_asked,
    "programs": draw_programs,
}

"""What lesson 10 draws: the ladder with its intervals, two ways at few and many photos, and networks to choose from."""

from __future__ import annotations

from markupsafe import Markup

from apprenti.lessons.kit import LEFT, RIGHT, WIDTH, Kit, Plane, words
from apprenti.lessons.n10_transfer.compute import Shown

STEP, TOP = 34, 30
LABELS = 190


def draw_ladder(shown: Shown, kit: Kit) -> Markup:
    """Return each rung with its share and interval, the lowest first."""
    height = TOP + STEP * len(shown.rungs) + 12

    def at(share: float) -> float:
        return round(LABELS + share * (WIDTH - LABELS - RIGHT), 1)

    shapes = []
    for share in (0.0, 0.25, 0.5, 0.75, 1.0):
        shapes.append(
            Markup('<line class="grid" x1="{x}" x2="{x}" y1="{top}" y2="{bottom}"/>').format(
                x=at(share), top=TOP - 8, bottom=height - 12
            )
        )
        shapes.append(words(at(share), TOP - 14, kit.number(share, "percent"), "tick middle"))
    for place, rung in enumerate(shown.rungs):
        y = TOP + STEP * place + 14
        shapes.append(words(0, y + 4, kit.say(f"widget.short_{rung.name}"), "rung"))
        if rung.accuracy is None or rung.interval is None:
            shapes.append(words(at(0) + 6, y + 4, kit.say("widget.not_done"), "tick"))
            continue
        kind = " second" if rung.name == "digits" else ""
        shapes.append(
            Markup('<line class="whisker{}" x1="{}" x2="{}" y1="{y}" y2="{y}"/>').format(
                kind, at(rung.interval.low), at(rung.interval.high), y=y
            )
        )
        shapes.append(
            Markup('<circle class="dot{}" cx="{}" cy="{}" r="5"/>').format(kind, at(rung.accuracy), y)
        )
    rows = [
        (kit.say(f"widget.rung_{rung.name}"), kit.number(rung.n, "count") if rung.n else "–",
         kit.number(rung.accuracy, "percent1"), kit.number(rung.interval, "range"))
        for rung in shown.rungs
    ]  # fmt: skip
    heads = [kit.say(f"widget.{name}") for name in ("rung", "judged", "right", "interval")]
    return Markup("{}{}").format(
        kit.svg(shapes, title=kit.say("widget.ladder"), height=height), kit.table(heads, rows)
    )


def draw_curve(shown: Shown, kit: Kit) -> Markup:
    """Return both ways by photos a class, folded until the guess is made."""
    plane = Plane(x=(0, max(3, shown.points[-1].n_each)), y=(0, 1))
    shapes = [plane.axes(kit, x_name=kit.say("widget.n_each"), y_name=kit.say("widget.right"), x_form="0",
                         y_form="percent")]  # fmt: skip
    for name, kind in (("pixels", " second"), ("frozen", "")):
        values = [(one.n_each, getattr(one, name)) for one in shown.points]
        shapes.append(plane.curve(values, f"curve{kind}"))
        shapes += [plane.dot(x, y, f"dot{kind}") for x, y in values]
    rows = [
        (str(one.n_each), kit.number(one.pixels, "percent1"), kit.number(one.frozen, "percent1"))
        for one in shown.points
    ]
    legend = Markup(
        '<p class="legend"><span class="key first">{}</span> <span class="key second">{}</span></p>'
    ).format(kit.say("widget.frozen"), kit.say("widget.pixels"))
    heads = [kit.say(f"widget.{name}") for name in ("n_each", "pixels", "frozen")]
    return Markup("<details><summary>{}</summary>{}{}{}</details>").format(
        kit.say("widget.open"),
        kit.svg(shapes, title=kit.say("widget.curve")),
        legend,
        kit.data_table(heads, rows),
    )


def draw_networks(shown: Shown, kit: Kit) -> Markup:
    """Return five networks by arithmetic and accuracy, and two limits to set."""
    plane = Plane(x=(0, 20), y=(0.70, 0.82))
    shapes = [plane.axes(kit, x_name=kit.say("widget.giga"), y_name=kit.say("widget.imagenet"), x_form="0",
                         y_form="percent")]  # fmt: skip
    for one in shown.networks:
        x, y = plane.place(one.giga, one.right)
        side, end = (10, "") if x < (LEFT + WIDTH) / 2 else (-10, " end")
        shapes.append(
            Markup('<g data-network="{}"><circle class="dot" cx="{}" cy="{}" r="6"/>{}</g>').format(
                one.id, x, y, words(x + side, y + 4, one.name, f"tick{end}")
            )
        )
    most_mb, most_giga = 600, 20
    sliders = Markup("{}{}").format(
        kit.slider("mb", kit.say("widget.most_mb"), low=10, high=most_mb, step=5, value=most_mb, form="0"),
        kit.slider(
            "giga", kit.say("widget.most_giga"), low=0.2, high=most_giga, step=0.1, value=most_giga, form="1"
        ),
    )
    best = max(shown.networks, key=lambda one: one.right)
    rows = [
        (one.name, kit.number(one.n_weights / 1e6, "1"), kit.number(one.size_mb, "1"), kit.number(one.giga, "2"),
         kit.number(one.right, "percent1"))
        for one in shown.networks
    ]  # fmt: skip
    heads = [kit.say(f"widget.{name}") for name in ("network", "millions", "mb", "giga", "imagenet")]
    return Markup('{}<div class="sliders">{}</div><p class="count" data-count role="status">{}</p>{}').format(
        kit.svg(shapes, title=kit.say("widget.networks")),
        sliders,
        kit.say("widget.best", name=best.name, share=best.right, mb=best.size_mb, giga=best.giga),
        kit.table(heads, rows),
    )


WIDGETS = {"ladder": draw_ladder, "curve": draw_curve, "networks": draw_networks}

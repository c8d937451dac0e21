"""What lesson 1 draws: what photos bring, what methods bring, and the sliders that foretell a training's time."""

from __future__ import annotations

from markupsafe import Markup

from apprenti.lessons.kit import Kit, Plane
from apprenti.lessons.n01_pillars.compute import Shown


def draw_photos(shown: Shown, kit: Kit) -> Markup:
    """Return the score by number of photos."""
    if not shown.steps:
        return Markup("")
    plane = Plane(x=(0, shown.n_most), y=(0, 1))
    shapes = [
        plane.axes(kit, x_name=kit.say("widget.n"), y_name=kit.say("widget.right"), x_form="0", y_form="percent"),
        plane.curve([(one.n, one.accuracy) for one in shown.steps]),
        *(plane.dot(one.n, one.accuracy) for one in shown.steps),
    ]  # fmt: skip
    rows = [(kit.number(one.n, "count"), kit.number(one.accuracy, "percent1")) for one in shown.steps]
    return kit.svg(shapes, title=kit.say("widget.photos_title")) + kit.data_table(
        [kit.say("widget.n"), kit.say("widget.right")], rows
    )


def draw_methods(shown: Shown, kit: Kit) -> Markup:
    """Return the recipes that were tried, with their scores."""
    rows = [(one.name, kit.number(one.score, "percent1")) for one in shown.methods]
    return kit.table([kit.say("widget.method"), kit.say("widget.score")], rows)


def draw_time(shown: Shown, kit: Kit) -> Markup:
    """Return the sliders of a training's time."""
    ranges = {
        "photos": (10, 20000, 1, min(20000, shown.n_train)),
        "passes": (1, 100, 1, shown.n_passes),
        "rate": (1, 2000, 1, min(2000, shown.rate)),
    }
    sliders = Markup("").join(
        kit.slider(name, kit.say(f"widget.{name}"), low=low, high=high, step=step, value=value, form="count")
        for name, (low, high, step, value) in ranges.items()
    )
    photos, passes, rate = (one[3] for one in ranges.values())
    said = kit.say("widget.takes", seconds=photos * passes / rate, minutes=photos * passes / rate / 60)
    return Markup('<div class="sliders">{}</div><p class="count" data-count role="status">{}</p>').format(
        sliders, said
    )


WIDGETS = {"photos": draw_photos, "methods": draw_methods, "time": draw_time}

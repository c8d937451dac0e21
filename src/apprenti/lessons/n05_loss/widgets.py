"""What lesson 5 draws: the two curves of a loss, photos in the order of theirs, and what the dearest weigh."""

from __future__ import annotations

import math

from markupsafe import Markup

from apprenti.lessons.kit import Kit, Plane
from apprenti.lessons.n05_loss.compute import MOST_LEFT_OUT, Cost, Shown

BEGIN_P = 0.5
HIGHEST = 5.0
CURVE = Plane(x=(0, 1), y=(0, HIGHEST))
ORDERS = ("loss", "cheap", "sure", "unsure")


def draw_curve(shown: Shown, kit: Kit) -> Markup:
    """Return −ln p and (1 − p)² over p, the learner's photos on the first, and a slider along both."""
    ps = [math.exp(-HIGHEST), *(step / 100 for step in range(1, 101))]
    photos = Markup("").join(
        CURVE.dot(
            one.p, min(one.loss, HIGHEST), "dot faint", 3.5, title=f"{one.label}: {kit.number(one.loss)}"
        )
        for one in shown.sorted
    )
    shapes = [
        CURVE.axes(kit, x_name=kit.say("widget.p_axis"), y_name=kit.say("widget.cost"), x_form="percent", y_form="0",
                   n_ticks=6),
        CURVE.curve([(p, min(-math.log(p), HIGHEST)) for p in ps]),
        CURVE.curve([(p, (1 - p) ** 2) for p in ps], "curve second"),
        photos,
        Markup("<g data-dots>{}{}</g>").format(
            CURVE.dot(BEGIN_P, -math.log(BEGIN_P), "dot", 7), CURVE.dot(BEGIN_P, (1 - BEGIN_P) ** 2, "dot second", 7)
        ),
    ]  # fmt: skip
    legend = Markup(
        '<p class="legend"><span class="key line">{}</span> <span class="key line second">{}</span></p>'
    )
    rows = [
        (kit.number(p, "percent"), kit.number(-math.log(p)), kit.number((1 - p) ** 2))
        for p in (0.01, 0.02, 0.05, *(step / 10 for step in range(1, 11)))
    ]
    heads = [kit.say("widget.p_axis"), kit.say("widget.cross_entropy"), kit.say("widget.squared")]
    slider = kit.slider("p", kit.say("widget.p"), low=0.01, high=1, step=0.01, value=BEGIN_P)
    return Markup('{}{}{}<p class="count" data-count role="status">{}</p><p class="soft" data-pull>{}</p>{}').format(
        kit.svg(shapes, title=kit.say("widget.curve_title")),
        legend.format(kit.say("widget.cross_entropy"), kit.say("widget.squared")),
        slider,
        kit.say("widget.costs", p=BEGIN_P, loss=-math.log(BEGIN_P), squared=(1 - BEGIN_P) ** 2),
        kit.say("widget.pulls", cross=1 - BEGIN_P, squared=2 * BEGIN_P * (1 - BEGIN_P) ** 2),
        kit.data_table(heads, rows),
    )  # fmt: skip


def draw_sort(shown: Shown, kit: Kit) -> Markup:
    """Return photos with what each costs, and a choice of their order."""
    options = Markup("").join(
        Markup('<option value="{}">{}</option>').format(order, kit.say(f"widget.order.{order}"))
        for order in ORDERS
    )
    choice = Markup(
        '<p class="field"><label for="{0}">{1}</label><select id="{0}" data-order>{2}</select></p>'
    )
    photos = Markup("").join(_photo(one, kit, place) for place, one in enumerate(shown.sorted))
    return Markup('{}<ul class="photos costs" data-photos>{}</ul><p class="soft" data-said role="status"></p>').format(
        choice.format(kit.id("order"), kit.say("widget.order_by"), options), photos
    )  # fmt: skip


def _photo(one: Cost, kit: Kit, place: int) -> Markup:
    mark = "" if one.is_right else " wrong-answer"
    key = "widget.is_right" if one.is_right else "widget.is_wrong"
    return Markup(
        '<li data-place="{}" class="cost{}">{}<b>{}</b><span>{}</span><span>{}</span></li>'
    ).format(
        place, mark, kit.photo(one.row, kit.say("widget.photo_of", label=one.label)),
        kit.say("widget.loss_of", loss=one.loss), kit.say(key, label=one.label, answer=one.answer),
        kit.say("widget.given", p=_share(one.p, kit)),
    )  # fmt: skip


def draw_weight(shown: Shown, kit: Kit) -> Markup:
    """Return a bar for each of the dearest photos, and the mean without some of them."""
    losses = shown.losses or (0.0,)
    plane = Plane(x=(0, len(losses) + 0.5), y=(0, math.ceil(losses[0]) or 1))
    bars = Markup("").join(plane.bar(place, 0.8, loss) for place, loss in enumerate(losses, start=1))
    ticks = plane.axes(
        kit, x_name=kit.say("widget.by_loss"), y_name=kit.say("widget.cost"), x_form="0", y_form="2"
    )
    most = min(MOST_LEFT_OUT, max(len(shown.without) - 1, 0))
    slider = kit.slider("n", kit.say("widget.left_out"), low=0, high=most, step=1, value=0, form="0")
    rows = [(place, kit.number(loss, "3")) for place, loss in enumerate(losses, start=1)]
    mean = shown.without[0] if shown.without else 0.0
    return Markup('{}{}<p class="count" data-count role="status">{}</p>{}').format(
        kit.svg([ticks, Markup("<g data-bars>{}</g>").format(bars)], title=kit.say("widget.weight_title")),
        slider,
        kit.say("widget.mean_all", mean=mean),
        kit.data_table([kit.say("widget.rank"), kit.say("widget.loss")], rows),
    )


def draw_by_hand(shown: Shown, kit: Kit) -> Markup:
    """Return the photo the learner works out."""
    one = shown.by_hand
    return Markup('<div class="one-photo">{}<dl><div><dt>{}</dt><dd>{}</dd></div></dl></div>').format(
        kit.photo(one.row, kit.say("widget.photo_of", label=one.label), class_="photo large"),
        kit.say("widget.p_true", label=one.label),
        kit.number(one.p, "percent"),
    )


def draw_asked(shown: Shown, kit: Kit) -> Markup:
    """Return the photos to choose from, with everything but their loss."""
    rows = [
        (
            place,
            kit.photo(one.row, kit.common("learn.photo_number", number=place)),
            one.label,
            one.answer,
            _share(one.sure, kit),
            _share(one.p, kit),
        )
        for place, one in enumerate(shown.asked, start=1)
    ]
    heads = [kit.say(f"widget.head.{name}") for name in ("n", "photo", "label", "answer", "sure", "p")]
    return kit.table(heads, rows)


def _share(p: float, kit: Kit) -> str:
    """Return a probability with a decimal, but never a round 0 or 100 that it is not."""
    return kit.number(p, "percent" if p > 0.999 or p < 0.001 else "percent1")


def draw_to_look(shown: Shown, kit: Kit) -> Markup:
    """Return the training photos that cost most."""
    return Markup('<ul class="photos costs">{}</ul>').format(
        Markup("").join(_named(one, kit) for one in shown.to_look)
    )


def _named(one: Cost, kit: Kit) -> Markup:
    return Markup("<li>{}<b>{}</b><span>{}</span><code>{}</code></li>").format(
        kit.photo(one.row, kit.say("widget.photo_of", label=one.label)),
        kit.say("widget.loss_of", loss=one.loss),
        kit.say("widget.is_right" if one.is_right else "widget.is_wrong", label=one.label, answer=one.answer),
        one.name,
    )


WIDGETS = {
    "curve": draw_curve,
    "sort": draw_sort,
    "weight": draw_weight,
    "by_hand": draw_by_hand,
    "asked": draw_asked,
    "to_look": draw_to_look,
}

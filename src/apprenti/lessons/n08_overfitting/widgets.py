"""What lesson 8 draws: a network to train, its two losses, the remedies side by side, and the run’s own epochs."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from apprenti.lessons.kit import Kit, Plane
from apprenti.lessons.n08_overfitting.compute import WIDER, Shown


def draw_network(shown: Shown, kit: Kit) -> Markup:
    """Return five things to turn and the accuracies they lead to, epoch by epoch."""
    plane = Plane(x=(1, shown.n_epochs), y=(0, 1))
    shapes = [
        plane.axes(
            kit, x_name=kit.say("widget.epoch"), y_name=kit.say("widget.right"), x_form="0", y_form="percent"
        ),
        _marked(plane, shown.start.accuracy, "curve", "learnt"),
        _marked(plane, shown.start.held_accuracy, "curve second", "held"),
    ]
    sliders = Markup("").join(
        (
            kit.slider("n", kit.say("widget.n"), low=min(4, shown.n_photos), high=shown.n_photos, step=1,
                       value=shown.n_half, form="0"),
            kit.slider("width", kit.say("widget.width"), low=1, high=WIDER, step=1, value=shown.width, form="0"),
            kit.slider("penalty", kit.say("widget.penalty"), low=0, high=0.3, step=0.01, value=0),
            kit.slider("dropout", kit.say("widget.dropout"), low=0, high=0.8, step=0.05, value=0),
        )
    )  # fmt: skip
    flips = Markup('<label class="option"><input type="checkbox" data-flips> <span>{}</span></label>').format(
        kit.say("widget.flips")
    )
    return Markup('{}{}<div class="sliders">{}{}</div><p class="count" data-count role="status">{}</p>{}').format(
        kit.svg(shapes, title=kit.say("widget.accuracies")),
        _legend(kit, "widget.learnt", "widget.held"),
        sliders,
        flips,
        kit.say("widget.gap_now", a=shown.start.accuracy[-1], b=shown.start.held_accuracy[-1], gap=100 * shown.gap,
                n_weights=shown.n_weights),
        _by_epoch(kit, shown.start.accuracy, shown.start.held_accuracy, "percent1"),
    )  # fmt: skip


def draw_stop(shown: Shown, kit: Kit) -> Markup:
    """Return both losses of the first training, and a line to put where it should have ended."""
    most = max(*shown.start.loss, *shown.start.held_loss)
    plane = Plane(x=(1, shown.n_epochs), y=(0, most))
    shapes = [
        plane.axes(kit, x_name=kit.say("widget.epoch"), y_name=kit.say("widget.loss"), x_form="0"),
        _marked(plane, shown.start.loss, "curve", "learnt"),
        _marked(plane, shown.start.held_loss, "curve second", "held"),
        Markup("<g data-stop>{}</g>").format(
            plane.line((shown.n_epochs, 0), (shown.n_epochs, most), "boundary")
        ),
    ]
    last = shown.n_epochs
    return Markup('{}{}{}<p class="count" data-count role="status">{}</p>{}').format(
        kit.svg(shapes, title=kit.say("widget.losses")),
        _legend(kit, "widget.loss_learnt", "widget.loss_held"),
        kit.slider("epoch", kit.say("widget.stop"), low=1, high=last, step=1, value=last, form="0"),
        kit.say(
            "widget.stopped",
            epoch=last,
            a=shown.start.loss[-1],
            b=shown.start.held_loss[-1],
            p=shown.start.held_accuracy[-1],
        ),
        _by_epoch(kit, shown.start.loss, shown.start.held_loss, "3"),
    )


def draw_remedies(shown: Shown, kit: Kit) -> Markup:
    """Return what each change by itself comes to, in a table that is opened after the guess."""
    rows = [
        (
            kit.say(f"check.narrows.options.{one.name}") if one.name != "base" else kit.say("widget.base"),
            kit.number(one.accuracy, "percent"),
            kit.number(one.held_accuracy, "percent"),
            kit.say("widget.points", gap=one.gap),
        )
        for one in (shown.base, *shown.remedies)
    ]
    heads = [kit.say(f"widget.{name}") for name in ("change", "learnt", "held", "gap")]
    return Markup("<details><summary>{}</summary>{}</details>").format(
        kit.say("widget.open"), kit.table(heads, rows)
    )


def draw_own(shown: Shown, kit: Kit) -> Markup:
    """Return the epochs of the network that the report tells of; a sentence where none was trained."""
    if not shown.own:
        return Markup("<p>{}</p>").format(kit.say("widget.none_trained"))
    end = max(1.0001, shown.own[-1].epoch)
    plane = Plane(x=(0, end), y=(0, max(1.0, *(one.loss for one in shown.own))))
    scored = [(one.epoch, one.score) for one in shown.own if one.score is not None]
    shapes = [
        plane.axes(kit, x_name=kit.say("widget.epoch"), y_name="", x_form="0", y_form="1"),
        plane.curve([(one.epoch, one.loss) for one in shown.own]),
        plane.curve(scored, "curve second") if scored else Markup(""),
    ]
    rows = [
        (kit.number(one.epoch, "1"), kit.number(one.loss, "3"), kit.number(one.score, "percent1"))
        for one in shown.own
    ]
    heads = [kit.say(f"widget.{name}") for name in ("epoch", "loss_learnt", "held")]
    return Markup("{}{}{}").format(
        kit.svg(shapes, title=kit.say("widget.own_title")),
        _legend(kit, "widget.loss_learnt", "widget.held"),
        kit.data_table(heads, rows),
    )


def _marked(plane: Plane, values: Sequence[float], kind: str, name: str) -> Markup:
    return Markup("<g data-{}>{}</g>").format(name, plane.curve(list(enumerate(values, start=1)), kind))


def _legend(kit: Kit, first: str, second: str) -> Markup:
    return Markup(
        '<p class="legend"><span class="key first">{}</span> <span class="key second">{}</span></p>'
    ).format(kit.say(first), kit.say(second))


def _by_epoch(kit: Kit, learnt: Sequence[float], held: Sequence[float], form: str) -> Markup:
    rows = [
        (str(epoch), kit.number(a, form), kit.number(b, form))
        for epoch, (a, b) in enumerate(zip(learnt, held, strict=True), start=1)
    ]
    return kit.data_table(
        [kit.say("widget.epoch"), kit.say("widget.on_learnt"), kit.say("widget.on_held")], rows
    )


WIDGETS = {"network": draw_network, "stop": draw_stop, "remedies": draw_remedies, "own": draw_own}

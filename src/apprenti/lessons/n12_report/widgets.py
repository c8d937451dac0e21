"""What lesson 12 draws: a share with its interval, the mix-ups with their photos, classes, a threshold, calibration."""

from __future__ import annotations

from markupsafe import Markup

from apprenti.blocks.metrics import wilson_interval
from apprenti.lessons.kit import LEFT, RIGHT, WIDTH, Kit, Plane, words
from apprenti.lessons.n12_report.compute import PRICE, Shown

LINE_HEIGHT = 84
MIDDLE = 30
UNIT = Plane(x=(0, 1), y=(0, 1))
N_START, N_MOST = 10, 500


def draw_interval(shown: Shown, kit: Kit) -> Markup:
    """Return a share on a line from 0 to 1 with what it leaves open, and two sliders."""
    interval = wilson_interval(N_START, N_START)
    ends = [(across(step / 4), kit.number(step / 4, "percent")) for step in range(5)]
    shapes = [
        Markup('<line class="grid" x1="{}" y1="{y}" x2="{}" y2="{y}"/>').format(
            LEFT, WIDTH - RIGHT, y=MIDDLE
        ),
        *(words(x, MIDDLE + 34, said, "tick middle") for x, said in ends),
        Markup('<line class="open" data-open x1="{}" y1="{y}" x2="{}" y2="{y}"/>').format(
            across(interval.low), across(interval.high), y=MIDDLE
        ),
        Markup('<circle class="dot" data-share cx="{}" cy="{}" r="7"/>').format(across(1.0), MIDDLE),
    ]
    said = kit.say(
        "widget.interval_said", n=N_START, right=N_START, share=1.0, low=interval.low, high=interval.high
    )
    rows = [
        (
            kit.number(one.n, "count"),
            kit.number(one.n_right, "count"),
            kit.number((one.low, one.high), "range"),
        )
        for one in shown.like
    ]
    heads = [kit.say(f"widget.{name}") for name in ("n_photos", "n_right", "open")]
    return Markup('{}{}{}<p class="count" data-count role="status">{}</p>{}').format(
        kit.svg(shapes, title=kit.say("widget.interval_title"), height=LINE_HEIGHT),
        kit.slider("n", kit.say("widget.n_photos"), low=5, high=N_MOST, step=5, value=N_START, form="count"),
        kit.slider("wrong", kit.say("widget.n_wrong"), low=0, high=50, step=1, value=0, form="count"),
        said,
        kit.data_table(heads, rows),
    )


def draw_mixed(shown: Shown, kit: Kit) -> Markup:
    """Return the confusion table where it fits, and the commonest mix-ups, each with its photos folded behind it."""
    pairs = Markup("").join(
        Markup('<li><details><summary>{}</summary><ul class="photos">{}</ul></details></li>').format(
            kit.say("widget.pair", true=pair.true, predicted=pair.predicted, n=pair.n),
            Markup("").join(
                Markup("<li>{}</li>").format(
                    kit.photo(row, kit.say("widget.pair_alt", true=pair.true, predicted=pair.predicted))
                )
                for row in pair.rows
            )
            or Markup("<li>{}</li>").format(kit.say("widget.no_photo")),
        )
        for pair in shown.pairs
    )
    listed = Markup('<ol class="mix-ups">{}</ol>').format(pairs) if pairs else Markup("")
    return Markup("{}{}").format(_matrix(shown, kit), listed)


def _matrix(shown: Shown, kit: Kit) -> Markup:
    if not shown.matrix:
        return Markup("<p>{}</p>").format(kit.say("widget.many_classes"))
    head = Markup("").join(Markup('<th scope="col">{}</th>').format(label) for label in shown.labels)
    body = Markup("").join(
        Markup('<tr><th scope="row">{}</th>{}</tr>').format(
            label,
            Markup("").join(
                Markup('<td class="{}">{}</td>').format(_kind(place == column, n), kit.number(n, "count"))
                for column, n in enumerate(row)
            ),
        )
        for place, (label, row) in enumerate(zip(shown.labels, shown.matrix, strict=True))
    )
    return Markup(
        '<div class="wide" tabindex="0" role="group" aria-label="{}"><table class="mixed"><caption>{}</caption>'
        '<thead><tr><th scope="col">{}</th>{}</tr></thead>'
        "<tbody>{}</tbody></table></div>"
    ).format(kit.say("widget.matrix"), kit.say("widget.matrix"), kit.say("widget.true_class"), head, body)


def _kind(is_right: bool, n: int) -> str:
    return ("right" if is_right else "wrong") if n else "none"


def draw_classes(shown: Shown, kit: Kit) -> Markup:
    """Return every class with its counts and what they come to."""
    names = ("class", "n_photos", "n_right", "n_given", "recall", "precision", "f1")
    rows = [
        (
            one.label,
            *(kit.number(n, "count") for n in (one.n, one.n_right, one.n_predicted)),
            *(kit.number(share, "percent") for share in (one.recall, one.precision)),
            kit.number(one.f1, "2"),
        )
        for one in sorted(shown.rows, key=lambda one: (one.recall is None, one.recall or 0.0))
    ]
    return kit.table([kit.say(f"widget.{name}") for name in names], rows)


def draw_threshold(shown: Shown, kit: Kit) -> Markup:
    """Return the sliders of confidence and price, for which answers, and what they come to on all test photos."""
    one = shown.alone
    options = Markup('<option value="-1">{}</option>').format(kit.say("widget.every_class")) + Markup(
        ""
    ).join(
        Markup('<option value="{}">{}</option>').format(place, label)
        for place, label in enumerate(shown.labels)
    )
    choice = Markup(
        '<p class="field"><label for="{id}">{}</label> <select id="{id}" data-label>{}</select></p>'
    ).format(kit.say("widget.which"), options, id=kit.id("label"))
    heads = [
        kit.say(f"widget.{name}") for name in ("answered", "of_those_right", "of_those_wrong", "to_person")
    ]
    cells = [
        Markup("<td data-{}>{}</td>").format(name, kit.number(n, "count"))
        for name, n in (
            ("alone", one.n_alone),
            ("right", one.n_right),
            ("wrong", one.n_wrong),
            ("asked", one.n_asked),
        )
    ]
    table = Markup(
        '<div class="wide" tabindex="0" role="group" aria-label="{}"><table><thead><tr>{}</tr></thead>'
        "<tbody><tr>{}</tr></tbody></table></div>"
    ).format(
        kit.common("learn.numbers"),
        Markup("").join(Markup('<th scope="col">{}</th>').format(head) for head in heads),
        Markup("").join(cells),
    )
    start = round(one.threshold, 2)
    return Markup('{}{}{}{}<p class="count" data-count role="status">{}</p>').format(
        choice,
        kit.slider(
            "threshold", kit.say("widget.from"), low=0, high=1, step=0.01, value=start, form="percent"
        ),
        kit.slider("price", kit.say("widget.price"), low=1, high=50, step=1, value=PRICE, form="count"),
        table,
        kit.say("widget.cost", wrong=one.n_wrong, asked=one.n_asked, price=PRICE, cost=one.cost),
    )


def draw_reliability(shown: Shown, kit: Kit) -> Markup:
    """Return what was promised and what came of it, by confidence."""
    most = max((one.n for one in shown.bins), default=1)
    shapes = [
        UNIT.axes(
            kit, x_name=kit.say("widget.promised"), y_name=kit.say("widget.kept"), x_form="percent",
            y_form="percent",
        ),
        UNIT.line((0, 0), (1, 1), "ideal"),
        *(UNIT.dot(one.confidence, one.accuracy, "dot", 3 + 6 * (one.n / most) ** 0.5) for one in shown.bins),
    ]  # fmt: skip
    rows = [
        (
            kit.number(one.confidence, "percent1"),
            kit.number(one.accuracy, "percent1"),
            kit.number(one.n, "count"),
        )
        for one in shown.bins
    ]
    heads = [kit.say(f"widget.{name}") for name in ("promised", "kept", "n_photos")]
    return Markup("{}{}").format(
        kit.svg(shapes, title=kit.say("widget.reliability_title")), kit.data_table(heads, rows)
    )


def across(share: float) -> float:
    """Return where a share lies on the line."""
    return round(LEFT + share * (WIDTH - LEFT - RIGHT), 1)


WIDGETS = {
    "interval": draw_interval,
    "mixed": draw_mixed,
    "classes": draw_classes,
    "threshold": draw_threshold,
    "reliability": draw_reliability,
}

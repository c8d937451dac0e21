"""What lesson 11 draws: three sets of data, the ten on each, the ten on the learner's photos, and the hard photos."""

from __future__ import annotations

from markupsafe import Markup

from apprenti.lessons.kit import RIGHT, WIDTH, Kit, Plane, words
from apprenti.lessons.n11_algorithms.compute import Cell, Shown

STEP, TOP = 28, 30
LABELS = 170


def draw_sets(shown: Shown, kit: Kit) -> Markup:
    """Return a picture of each drawn set."""
    pictures = []
    for one in shown.points:
        plane = Plane(x=(min(one.x), max(one.x)), y=(min(one.y), max(one.y)))
        dots = [
            plane.dot(x, y, "dot second" if truth else "dot", 9)
            for x, y, truth in zip(one.x, one.y, one.truth, strict=True)
        ]
        name = kit.say(f"widget.set_{one.set}")
        pictures.append(Markup("<div><p>{}</p>{}</div>").format(name, kit.svg(dots, title=name)))
    rows = [
        (kit.say(f"widget.set_{one.set}"), kit.number(x), kit.number(y), kit.say(f"widget.class_{truth}"))
        for one in shown.points
        for x, y, truth in zip(one.x, one.y, one.truth, strict=True)
    ]
    heads = [kit.say(f"widget.{name}") for name in ("set", "first_column", "second_column", "class")]
    return Markup('<div class="three-pictures">{}</div>{}').format(
        Markup("").join(pictures), kit.data_table(heads, rows)
    )


def draw_board(shown: Shown, kit: Kit) -> Markup:
    """Return the ten on one drawn set as bars, with the set, its size, its noise and the ten to choose."""
    begun = next(
        one for one in shown.cells if (one.n_each, one.noise) == (shown.asked_size, shown.asked_noise)
    )
    choices = Markup("").join(
        (
            _select("set", kit, [(one, kit.say(f"widget.set_{one}")) for one in shown.sets], begun.set),
            _select("n", kit, [(str(one), str(one)) for one in shown.sizes], str(begun.n_each)),
            _select(
                "noise",
                kit,
                [(str(one), kit.number(one, "percent")) for one in shown.noises],
                str(begun.noise),
            ),
        )
    )
    ticks = Markup("").join(
        Markup(
            '<label class="option"><input type="checkbox" data-tick="{}" checked> <span>{}</span></label>'
        ).format(one, kit.say(f"widget.{one}"))
        for one in shown.ids
    )
    best = max(begun.right)
    return Markup(
        '<div class="chosen-data">{}</div>{}<p class="count" data-count role="status">{}</p>'
        '<fieldset class="options inline"><legend>{}</legend>{}</fieldset>{}'
    ).format(
        choices,
        _bars(shown, kit, begun),
        kit.say("widget.winner", names=", ".join(_with(shown, kit, begun, best)), share=best),
        kit.say("widget.take_part"),
        ticks,
        _all_cells(shown, kit),
    )


def _with(shown: Shown, kit: Kit, cell: Cell, share: float) -> list[str]:
    """Return what the algorithms are called that have this share on a set."""
    return [
        kit.say(f"widget.{one}") for one, right in zip(shown.ids, cell.right, strict=True) if right == share
    ]


def _select(name: str, kit: Kit, options: list[tuple[str, str]], chosen: str) -> Markup:
    items = Markup("").join(
        Markup('<option value="{}"{}>{}</option>').format(
            value, Markup(" selected") if value == chosen else "", said
        )
        for value, said in options
    )
    return Markup(
        '<p><label for="{id}">{said}</label> <select id="{id}" data-choice="{name}">{items}</select></p>'
    ).format(id=kit.id(name), said=kit.say(f"widget.choose_{name}"), name=name, items=items)


def _at(share: float) -> float:
    return round(LABELS + share * (WIDTH - LABELS - RIGHT - 44), 1)


def _bars(shown: Shown, kit: Kit, cell: Cell) -> Markup:
    height = TOP + STEP * len(shown.ids)
    shapes = _scale(kit, height)
    for place, (one, right) in enumerate(zip(shown.ids, cell.right, strict=True)):
        y = TOP + STEP * place
        shapes.append(
            Markup(
                '<g data-row="{}"><rect class="bar{}" x="{}" y="{}" width="{}" height="16"/>{}{}</g>'
            ).format(
                one,
                "" if right == max(cell.right) else " pale",
                LABELS,
                y,
                round(_at(right) - LABELS, 1),
                words(0, y + 13, kit.say(f"widget.{one}"), "rung"),
                words(_at(right) + 6, y + 13, kit.number(right, "percent1"), "tick"),
            )
        )
    return kit.svg(shapes, title=kit.say("widget.board"), height=height)


def _scale(kit: Kit, height: int) -> list[Markup]:
    shapes = []
    for share in (0.0, 0.25, 0.5, 0.75, 1.0):
        shapes.append(
            Markup('<line class="grid" x1="{x}" x2="{x}" y1="{top}" y2="{bottom}"/>').format(
                x=_at(share), top=TOP - 8, bottom=height - 6
            )
        )
        shapes.append(words(_at(share), TOP - 14, kit.number(share, "percent"), "tick middle"))
    return shapes


def _all_cells(shown: Shown, kit: Kit) -> Markup:
    heads = [kit.say(f"widget.{name}") for name in ("set", "choose_n", "choose_noise", *shown.ids)]
    rows = [
        (kit.say(f"widget.set_{one.set}"), str(one.n_each), kit.number(one.noise, "percent"),
         *(kit.number(share, "percent1") for share in one.right))
        for one in shown.cells
    ]  # fmt: skip
    return kit.data_table(heads, rows)


def draw_winners(shown: Shown, kit: Kit) -> Markup:
    """Return the best and the worst on each drawn set in the setting of the check, folded until it is answered."""
    rows = []
    for cell in shown.cells:
        if (cell.n_each, cell.noise) == (shown.asked_size, shown.asked_noise):
            best, worst = max(cell.right), min(cell.right)
            rows.append((
                kit.say(f"widget.set_{cell.set}"), ", ".join(_with(shown, kit, cell, best)),
                kit.number(best, "percent1"), ", ".join(_with(shown, kit, cell, worst)),
                kit.number(worst, "percent1"),
            ))  # fmt: skip
    heads = [kit.say(f"widget.{name}") for name in ("set", "best", "right", "worst", "right")]
    return Markup("<details><summary>{}</summary>{}</details>").format(
        kit.say("widget.open"), kit.table(heads, rows)
    )


def draw_own(shown: Shown, kit: Kit) -> Markup:
    """Return the ten on the learner's photos, each with its interval."""
    height = TOP + STEP * len(shown.own)
    shapes = _scale(kit, height)
    for place, one in enumerate(shown.own):
        y = TOP + STEP * place + 8
        shapes.append(words(0, y + 4, kit.say(f"widget.{one.id}"), "rung"))
        if one.right is None or one.interval is None:
            continue
        shapes.append(
            Markup('<line class="whisker" x1="{}" x2="{}" y1="{y}" y2="{y}"/>').format(
                _at(one.interval.low), _at(one.interval.high), y=y
            )
        )
        shapes.append(Markup('<circle class="dot" cx="{}" cy="{}" r="5"/>').format(_at(one.right), y))
    rows = [
        (kit.say(f"widget.{one.id}"), kit.number(one.n_right, "count"), kit.number(one.right, "percent1"),
         kit.number(one.interval, "range"))
        for one in shown.own
    ]  # fmt: skip
    heads = [kit.say(f"widget.{name}") for name in ("algorithm", "n_right", "right", "interval")]
    return Markup("{}{}").format(
        kit.svg(shapes, title=kit.say("widget.own"), height=height), kit.data_table(heads, rows)
    )


def draw_hard(shown: Shown, kit: Kit) -> Markup:
    """Return the photos that most of the ten get wrong, the worst first."""
    items = Markup("").join(
        Markup("<li>{}<code>{}</code><br>{}</li>").format(
            kit.photo(row, kit.say("widget.hard_alt", name=name)), name, kit.say("widget.votes", n=votes)
        )
        for row, name, votes in zip(shown.hard, shown.hard_names, shown.hard_votes, strict=True)
    )
    return Markup('<ul class="photos">{}</ul>').format(items)


WIDGETS = {
    "sets": draw_sets,
    "board": draw_board,
    "winners": draw_winners,
    "own": draw_own,
    "hard": draw_hard,
}

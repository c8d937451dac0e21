"""What lesson 4 draws: recall with and without a group of photos, what the bias b can mend, and the own groups."""

from __future__ import annotations

from markupsafe import Markup

from apprenti.lessons.kit import Kit, Plane
from apprenti.lessons.n04_biases.compute import ADDED, Group, Removal, Shown

BARS = Plane(x=(0.4, 3.6), y=(0, 1))
KINDS = (("bar pale", -0.26), ("bar", 0.0), ("bar second", 0.26))
BAR_WIDTH = 0.22
CURVES = Plane(x=(0, ADDED[-1]), y=(0, 1))


def recalls(found: Removal) -> list[tuple[float, float, float]]:
    """Return for the group, the rest of its class, and the other classes: with all, at random, without."""
    first, sibling = found.groups[:2]
    return [
        (_of(first.before, first.n), _of(found.random_right, first.n), _of(first.after, first.n)),
        (_of(sibling.before, sibling.n), _of(found.sibling_random, sibling.n), _of(sibling.after, sibling.n)),
        (found.others_before, found.others_random, found.others_after),
    ]


def _of(part: int, whole: int) -> float:
    return part / whole if whole else 0.0


def draw_remove(shown: Shown, kit: Kit) -> Markup:
    """Return the choice of what is left out, pictures of it, and recall of three kinds of photos."""
    found = shown.shown
    bars = Markup("").join(
        BARS.bar(place + shift, BAR_WIDTH, value, kind)
        for place, values in enumerate(recalls(found), start=1)
        for (kind, shift), value in zip(KINDS, values, strict=True)
    )
    grid = Markup("").join(
        BARS.line((0.4, step / 4), (3.6, step / 4), "grid") + _tick(step / 4, kit) for step in range(5)
    )
    names = Markup("").join(
        Markup('<text class="middle axis" x="{}" y="{}" data-name="{}">{}</text>').format(
            BARS.place(place + 1, 0)[0], 298, place, name
        )
        for place, name in enumerate(_names(found, kit))
    )
    keys = (("", "random"), ("second", "without"))
    legend = Markup('<p class="legend"><span class="key full pale">{}</span> {}</p>').format(
        kit.say("widget.with_all"),
        Markup(" ").join(
            Markup('<span class="key full {}">{}</span>').format(kind, kit.say(f"widget.{key}"))
            for kind, key in keys
        ),
    )
    heads = [kit.say(f"widget.head.{one}") for one in ("photos", "with_all", "random", "without")]
    rows = [
        (name, *(kit.number(one, "percent") for one in values))
        for name, values in zip(_names(found, kit), recalls(found), strict=True)
    ]
    return Markup('{}{}{}{}<p class="count" data-count role="status">{}</p><p class="soft" data-all>{}</p>{}').format(
        _choices(shown, kit),
        _pictures(found, kit),
        kit.svg([grid, names, Markup("<g data-bars>{}</g>").format(bars)], title=kit.say("widget.bars_title")),
        legend,
        _said(found, kit),
        kit.say("widget.overall", before=found.accuracy_before, after=found.accuracy_after),
        kit.data_table(heads, rows),
    )  # fmt: skip


def _said(found: Removal, kit: Kit) -> str:
    first = found.groups[0]
    return kit.say(
        f"widget.falls.{_light(found.is_dark)}",
        label=found.label, n=found.n_removed, before=_of(first.before, first.n), after=_of(first.after, first.n),
        random=_of(found.random_right, first.n),
    )  # fmt: skip


def _light(is_dark: bool) -> str:
    return "dark" if is_dark else "bright"


def _names(found: Removal, kit: Kit) -> list[str]:
    return [
        kit.say(f"widget.group.{_light(found.is_dark)}", label=found.label),
        kit.say(f"widget.group.{_light(not found.is_dark)}", label=found.label),
        kit.say("widget.group.others"),
    ]


def _tick(share: float, kit: Kit) -> Markup:
    return Markup('<text class="tick end" x="44" y="{}">{}</text>').format(
        BARS.place(0.4, share)[1] + 4, kit.number(share, "percent")
    )


def _choices(shown: Shown, kit: Kit) -> Markup:
    classes = [(place, name, place == shown.shown_class) for place, name in enumerate(shown.classes)]
    lights = [
        (int(is_dark), kit.say(f"widget.light.{_light(is_dark)}"), is_dark == shown.shown.is_dark)
        for is_dark in (True, False)
    ]
    return Markup('<div class="sliders two">{}{}</div>{}').format(
        _select("class", kit.say("widget.class"), classes, kit),
        _select("light", kit.say("widget.which"), lights, kit),
        kit.slider("share", kit.say("widget.share"), low=0, high=100, step=25, value=100, form="0"),
    )


def _select(name: str, label: str, options: list[tuple[int, str, bool]], kit: Kit) -> Markup:
    listed = Markup("").join(
        Markup('<option value="{}"{}>{}</option>').format(
            value, Markup(" selected") if is_first else "", said
        )
        for value, said, is_first in options
    )
    return Markup(
        '<p class="field"><label for="{0}">{1}</label><select id="{0}" data-{2}>{3}</select></p>'
    ).format(kit.id(name), label, name, listed)


def _pictures(found: Removal, kit: Kit) -> Markup:
    parts = []
    for key, rows in (("removed", found.removed), ("kept", found.kept)):
        photos = Markup("").join(
            kit.photo(row, kit.say(f"widget.{key}_alt", label=found.label)) for row in rows
        )
        parts.append(
            Markup('<div><p class="soft">{}</p><p class="strip" data-{}>{}</p></div>').format(
                kit.say(f"widget.{key}"), key, photos
            )
        )
    return Markup('<div class="sides">{}</div>').format(Markup("").join(parts))


def draw_mend(shown: Shown, kit: Kit) -> Markup:
    """Return recall of the group and of all other classes over what is added to the bias of the class."""
    axes = CURVES.axes(
        kit, x_name=kit.say("widget.added"), y_name=kit.say("widget.recall"), x_form="0", y_form="percent"
    )
    first, other = (
        list(zip(ADDED, values, strict=True)) for values in (shown.group_recalls, shown.other_recalls)
    )
    dots = Markup("<g data-dots>{}{}</g>").format(
        CURVES.dot(0, first[0][1], "dot second", 7), CURVES.dot(0, other[0][1], "dot", 7)
    )
    legend = Markup(
        '<p class="legend"><span class="key line second">{}</span> <span class="key line">{}</span></p>'
    )
    heads = [kit.say("widget.added"), kit.say("widget.the_group"), kit.say("widget.group.others")]
    rows = [
        (kit.number(one, "1"), kit.number(group, "percent"), kit.number(others, "percent"))
        for one, group, others in zip(ADDED, shown.group_recalls, shown.other_recalls, strict=True)
    ]
    shapes = [axes, CURVES.curve(other), CURVES.curve(first, "curve second"), dots]
    group, others, n = shown.group_recalls[0], shown.other_recalls[0], shown.n_taken[0]
    return Markup('{}{}{}<p class="count" data-count role="status">{}</p>{}').format(
        kit.svg(shapes, title=kit.say("widget.mend_title")),
        legend.format(kit.say("widget.the_group"), kit.say("widget.group.others")),
        kit.slider("b", kit.say("widget.add"), low=0, high=ADDED[-1], step=ADDED[1], value=0, form="2"),
        kit.say("widget.mended", b=0.0, group=group, others=others, n=n),
        kit.data_table(heads, rows),
    )  # fmt: skip


def draw_asked(shown: Shown, kit: Kit) -> Markup:
    """Return the groups to choose from, with what was recognised before and after."""
    rows = [
        (
            kit.say(f"widget.group.{_light(one.is_dark)}", label=one.label),
            one.n,
            _cell(one, one.before, kit),
            _cell(one, one.after, kit),
        )
        for one in shown.asked.groups
    ]
    return kit.table([kit.say(f"widget.head.{one}") for one in ("photos", "n", "before", "after")], rows)


def _cell(one: Group, n_right: int, kit: Kit) -> str:
    return kit.say("widget.of", n=n_right, all=one.n)


def draw_own(shown: Shown, kit: Kit) -> Markup:
    """Return the learner's classes in the dark and in the light, with the learner's model."""
    rows = [
        (
            one.label, one.n_dark, kit.number(one.dark_recall, "percent"), one.n_bright,
            kit.number(one.bright_recall, "percent"),
        )
        for one in shown.own
    ]  # fmt: skip
    heads = [kit.say(f"widget.head.{one}") for one in ("class", "n_dark", "dark", "n_bright", "bright")]
    return kit.table(heads, rows)


WIDGETS = {"remove": draw_remove, "mend": draw_mend, "asked": draw_asked, "own": draw_own}

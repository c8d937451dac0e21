"""What lesson 13 draws: the groups for a k, what k does, and three groups to be named."""

from __future__ import annotations

import numpy as np
from markupsafe import Markup

from apprenti.lessons.kit import Kit, Plane
from apprenti.lessons.n13_clusters.compute import FEWEST_GROUPS, MOST_GROUPS, Shown


def draw_groups(shown: Shown, kit: Kit) -> Markup:
    """Return the groups of the first k; the others are there, empty and hidden."""
    begun = shown.begun
    if begun is None:
        return Markup("")
    groups = np.array(begun.group)
    parts = []
    for place in range(MOST_GROUPS):
        photos = Markup("").join(
            kit.photo(shown.rows[one], kit.say("widget.photo_alt", number=place + 1))
            for one in np.flatnonzero(groups == place)
        )
        parts.append(
            Markup(
                '<div class="group" data-group{}><h3>{} <span data-hidden-label hidden></span></h3>{}</div>'
            ).format(
                "" if place < begun.k else Markup(" hidden"),
                kit.say("widget.group", number=place + 1),
                photos,
            )
        )
    slider = kit.slider(
        "k",
        kit.say("widget.k"),
        low=FEWEST_GROUPS,
        high=shown.groupings[-1].k,
        step=1,
        value=begun.k,
        form="0",
    )
    reveal = Markup(
        '<label class="option"><input type="checkbox" data-reveal> <span>{}</span></label>'
    ).format(kit.say("widget.reveal"))
    said = kit.say("widget.groups", k=begun.k)
    return Markup('{}{}<p class="count" data-count role="status">{}</p>{}').format(
        slider, reveal, said, Markup("").join(parts)
    )


def draw_measures(shown: Shown, kit: Kit) -> Markup:
    """Return agreement and spread for each k."""
    if not shown.groupings:
        return Markup("")
    plane = Plane(x=(FEWEST_GROUPS, shown.groupings[-1].k), y=(0, 1))
    shapes = [
        plane.axes(kit, x_name="k", y_name=kit.say("widget.share"), x_form="0", y_form="percent", n_ticks=4),
        plane.curve([(one.k, one.agreement) for one in shown.groupings]),
        plane.curve([(one.k, one.spread) for one in shown.groupings], "curve second"),
    ]
    rows = [
        (str(one.k), kit.number(one.agreement, "percent"), kit.number(one.spread, "percent"))
        for one in shown.groupings
    ]
    agreement, spread = kit.say("widget.agreement"), kit.say("widget.spread")
    legend = Markup(
        '<p class="legend"><span class="key first">{}</span> <span class="key second">{}</span></p>'
    ).format(agreement, spread)
    return (
        kit.svg(shapes, title=kit.say("widget.measures"))
        + legend
        + kit.data_table(["k", agreement, spread], rows)
    )


def draw_three(shown: Shown, kit: Kit) -> Markup:
    """Return photos of the three groups to be named."""
    return Markup("").join(
        Markup('<div class="group"><h3>{}</h3>{}</div>').format(
            kit.say("widget.group", number=place),
            Markup("").join(kit.photo(row, kit.say("widget.photo_alt", number=place)) for row in rows),
        )
        for place, rows in enumerate(shown.asked, start=1)
    )


WIDGETS = {"groups": draw_groups, "measures": draw_measures, "three": draw_three}

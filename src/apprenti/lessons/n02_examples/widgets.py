"""What lesson 2 draws: labelled examples, the split, copies across it, the wall to search, doubtful labels."""

from __future__ import annotations

from markupsafe import Markup

from apprenti.lessons.kit import Kit
from apprenti.lessons.n02_examples.compute import Shown


def draw_examples(shown: Shown, kit: Kit) -> Markup:
    """Return a photo of each class with its label."""
    items = Markup("").join(
        Markup("<li>{}{}</li>").format(kit.photo(row, kit.say("widget.example_alt", label=label)), label)
        for row, label in zip(shown.example_rows, shown.example_labels, strict=True)
    )
    return Markup('<ul class="photos">{}</ul>').format(items)


def draw_split(shown: Shown, kit: Kit) -> Markup:
    """Return what the photos were for, as a bar and as a table."""
    parts = [("train", shown.n_train), ("validation", shown.n_validation), ("test", shown.n_test)]
    whole, left, shapes = max(shown.n_photos, 1), 0.0, []
    for name, n in parts:
        width = 480 * n / whole
        shapes.append(
            Markup('<rect class="split-{}" x="{}" y="0" width="{}" height="36"/>').format(
                name, round(left, 1), round(width, 1)
            )
        )
        left += width
    rows = [
        (
            kit.say(f"widget.{name}"),
            kit.number(n, "count"),
            kit.number(n / whole, "percent"),
            kit.say(f"widget.{name}_use"),
        )
        for name, n in parts
    ]
    heads = [kit.say("widget.part"), kit.say("widget.photos"), kit.say("widget.share"), kit.say("widget.use")]
    return kit.svg(shapes, title=kit.say("widget.split_title"), height=36) + kit.table(heads, rows)


def draw_leak(shown: Shown, kit: Kit) -> Markup:
    """Return five test photos, a box for each that puts a copy among the training photos, and the score."""
    items = Markup("").join(
        Markup(
            '<li>{}<span>{}</span><br><span data-says>{}</span>'
            '<label class="option"><input type="checkbox" data-copy="{}"> <span>{}</span></label></li>'
        ).format(
            kit.photo(one.row, kit.say("widget.hidden_alt", label=one.label)),
            kit.say("widget.is", label=one.label),
            kit.say("widget.says", answer=shown.answers[0][place]),
            place,
            kit.say("widget.copy"),
        )
        for place, one in enumerate(shown.hidden)
    )  # fmt: skip
    return Markup('<ul class="photos">{}</ul><p class="count" data-count role="status">{}</p>').format(
        items, kit.say("widget.count", copies=0, right=shown.n_right[0], share=shown.before)
    )


def draw_wall(shown: Shown, kit: Kit) -> Markup:
    """Return the training photos of one class; the planted one is darker and a little tilted."""
    photos = Markup("").join(
        kit.photo(
            row,
            kit.say("widget.wall_alt", number=place),
            class_="photo tilted" if row == shown.planted else "photo",
        )
        for place, row in enumerate(shown.wall, start=1)
    )
    return Markup('<div class="wall">{}</div>').format(photos)


def draw_suspects(shown: Shown, kit: Kit) -> Markup:
    """Return photos whose label looks wrong."""
    items = Markup("").join(
        Markup("<li>{}{}</li>").format(
            kit.photo(row, kit.say("widget.suspect_alt", given=given)),
            kit.say("widget.doubt", given=given, suggested=suggested),
        )
        for row, given, suggested in zip(
            shown.suspect_rows, shown.suspect_given, shown.suspect_suggested, strict=True
        )
    )
    return Markup('<ul class="photos">{}</ul>').format(items)


WIDGETS = {
    "examples": draw_examples,
    "split": draw_split,
    "leak": draw_leak,
    "wall": draw_wall,
    "suspects": draw_suspects,
}

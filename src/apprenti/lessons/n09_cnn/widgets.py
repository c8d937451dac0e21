"""What lesson 9 draws: a photo under a kernel, the maps of a network, and a photo covered bit by bit."""

from __future__ import annotations

import numpy as np
from markupsafe import Markup

from apprenti.lessons.kit import Kit
from apprenti.lessons.n09_cnn.compute import UPRIGHT, Patch, Shown
from apprenti.lessons.pictures import picture_url

PRESETS = {
    "none": (0, 0, 0, 0, 1, 0, 0, 0, 0),
    "blur": (1, 1, 1, 1, 1, 1, 1, 1, 1),
    "lying": (-1, -2, -1, 0, 0, 0, 1, 2, 1),
    "sharp": (0, -1, 0, -1, 5, -1, 0, -1, 0),
}
STAGES = ("convolved", "relu", "pooled")
FURTHEST = 5
NOTHING = Markup("")
CHECKED = {True: Markup(" checked"), False: NOTHING}
HEAT = 280


def draw_kernel(shown: Shown, kit: Kit) -> Markup:
    """Return the photo, nine weights to set, and what comes out; the kernel begins as the one that changes nothing."""
    pictures = Markup("").join(
        Markup("<div><p>{}</p>{}</div>").format(name, _picture(url, name, mark))
        for name, url, mark in (
            (kit.say("widget.photo"), picture_url(np.array(shown.picture, np.uint8)), NOTHING),
            (kit.say("widget.out"), _signed(np.array(shown.picture)[1:-1, 1:-1]), Markup(" data-out")),
            (kit.say("widget.sought"), _signed(np.array(shown.sobel)), NOTHING),
        )
    )
    inputs = Markup("").join(
        Markup(
            '<input type="number" min="-{most}" max="{most}" step="1" value="{value}" data-weight aria-label="{label}">'
        ).format(most=FURTHEST, value=value, label=kit.say("widget.weight", row=place // 3 + 1, column=place % 3 + 1))
        for place, value in enumerate(PRESETS["none"])
    )  # fmt: skip
    presets = Markup("").join(
        Markup('<button type="button" data-preset="{}">{}</button>').format(
            ",".join(map(str, values)), kit.say(f"widget.preset_{name}")
        )
        for name, values in PRESETS.items()
    )
    stages = Markup("").join(
        Markup(
            '<label class="option"><input type="radio" name="{}" value="{}"{}> <span>{}</span></label>'
        ).format(kit.id("stage"), one, CHECKED[place == 0], kit.say(f"widget.{one}"))
        for place, one in enumerate(STAGES)
    )
    return Markup(
        '<div class="three-pictures">{}</div><div class="kernel-desk"><div class="kernel-grid" role="group" '
        'aria-label="{}">{}</div><div><div class="presets">{}</div><fieldset class="options"><legend>{}</legend>{}'
        '</fieldset></div></div><p class="count" data-count role="status">{}</p>'
    ).format(
        pictures, kit.say("widget.kernel"), inputs, presets, kit.say("widget.stage"), stages,
        kit.say("widget.unlike", r=0),
    )  # fmt: skip


def draw_worked(shown: Shown, kit: Kit) -> Markup:
    """Return the place worked out in the text: nine levels beside nine weights."""
    return _patch(shown, shown.worked, kit)


def draw_by_hand(shown: Shown, kit: Kit) -> Markup:
    """Return the place the learner works out."""
    return _patch(shown, shown.by_hand, kit)


def draw_walk(shown: Shown, kit: Kit) -> Markup:
    """Return the maps of the network, layer by layer, and a choice of photos."""
    photos = Markup("").join(
        Markup('<label class="pick"><input type="radio" name="{}" value="{}"{}>{}</label>').format(
            kit.id("photo"), place, CHECKED[place == 0], kit.photo(row, label)
        )
        for place, (row, label) in enumerate(zip(shown.rows, shown.labels, strict=True))
    )
    layers = Markup("").join(
        Markup('<div class="layer"><p>{}</p><div class="maps" data-layer="{}">{}</div></div>').format(
            kit.say("widget.layer", number=number, side=layer.side, n=layer.n_channels),
            number - 1,
            Markup("").join(_picture(url, kit.say("widget.map", number=number)) for url in pictures),
        )
        for number, (layer, pictures) in enumerate(zip(shown.layers, shown.maps, strict=True), start=1)
    )
    return Markup(
        '<fieldset class="picks"><legend>{}</legend>{}</fieldset><div aria-live="polite">{}</div>'
    ).format(kit.say("widget.which"), photos, layers)


def draw_kernels(shown: Shown, kit: Kit) -> Markup:
    """Return the kernels of the network's first layer as they are."""
    tiles = Markup("").join(
        _picture(url, kit.say("widget.tile", number=number))
        for number, url in enumerate(shown.kernels, start=1)
    )
    return Markup('<div class="tiles">{}</div>').format(tiles)


def draw_cover(shown: Shown, kit: Kit) -> Markup:
    """Return the photo with how much each place is worth, sliders that move the patch, and the figures."""
    step = HEAT * 0.75 / (shown.n_covers - 1)
    most = max((shown.sure - p for line in shown.covered for p in line), default=0.0)
    cells = Markup("").join(
        Markup('<rect class="heat" x="{}" y="{}" width="{}" height="{}" fill-opacity="{}"/>').format(
            round(x * HEAT / shown.n_covers, 1), round(y * HEAT / shown.n_covers, 1),
            round(HEAT / shown.n_covers, 1), round(HEAT / shown.n_covers, 1),
            round(0.75 * max(0.0, shown.sure - p) / most, 3) if most > 1e-6 else 0,
        )
        for y, line in enumerate(shown.covered)
        for x, p in enumerate(line)
    )  # fmt: skip
    photo = Markup('<image href="{}" x="0" y="0" width="{}" height="{}" preserveAspectRatio="none"/>').format(
        kit.photo_url(shown.rows[0]), HEAT, HEAT
    )
    x, y = (round((place - 1) * step, 1) for place in (shown.least_x, shown.least_y))
    patch = Markup('<rect class="cover" data-patch fill="{}" x="{}" y="{}" width="{}" height="{}"/>').format(
        shown.colour, x, y, HEAT / 4, HEAT / 4
    )
    drawings = Markup('<div class="two-pictures">{}{}</div>').format(
        kit.svg([photo, patch], title=kit.say("widget.covered_title"), width=HEAT, height=HEAT),
        kit.svg([photo, cells], title=kit.say("widget.heat_title"), width=HEAT, height=HEAT),
    )
    sliders = Markup("").join(
        kit.slider(name, kit.say(f"widget.{name}"), low=1, high=shown.n_covers, step=1, value=value, form="0")
        for name, value in (("column", shown.least_x), ("row", shown.least_y))
    )
    rows = [
        (str(number), *[kit.number(p, "percent") for p in line])
        for number, line in enumerate(shown.covered, start=1)
    ]
    heads = [kit.say("widget.row"), *map(str, range(1, shown.n_covers + 1))]
    return Markup('{}<div class="sliders">{}</div><p class="count" data-count role="status">{}</p>{}').format(
        drawings, sliders,
        kit.say("widget.covered", p=shown.least, x=shown.least_x, y=shown.least_y), kit.data_table(heads, rows),
    )  # fmt: skip


def _patch(shown: Shown, patch: Patch, kit: Kit) -> Markup:
    where = Markup('<rect class="patch" x="{}" y="{}" width="3" height="3"/>').format(patch.x, patch.y)
    photo = Markup('<image href="{}" width="{}" height="{}"/>').format(
        picture_url(np.array(shown.picture, np.uint8)), shown.side, shown.side
    )
    drawing = kit.svg(
        [photo, where], title=kit.say("widget.patch_title"), width=shown.side, height=shown.side
    )
    grids = Markup("").join(
        Markup('<div><p>{}</p><div class="numbers-grid">{}</div></div>').format(
            name,
            Markup("").join(
                Markup("<span>{}</span>").format(kit.number(n, "0")) for line in grid for n in line
            ),
        )
        for name, grid in ((kit.say("widget.levels"), patch.levels), (kit.say("widget.kernel"), UPRIGHT))
    )
    return Markup('<div class="patch-row"><div class="where">{}</div>{}</div>').format(drawing, grids)


def _signed(values: np.ndarray) -> str:
    """Return a map as a picture: grey for 0, lighter above, darker below."""
    scale = float(np.abs(values).max()) or 1.0
    return picture_url(np.asarray(np.rint(127.5 + 127.5 * values / scale), np.uint8))


def _picture(url: str, alt: str, mark: Markup = NOTHING) -> Markup:
    return Markup('<img class="pixels" src="{}" alt="{}"{}>').format(url, alt, mark)


WIDGETS = {
    "kernel": draw_kernel,
    "worked": draw_worked,
    "by_hand": draw_by_hand,
    "walk": draw_walk,
    "kernels": draw_kernels,
    "cover": draw_cover,
}

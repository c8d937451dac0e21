"""What lesson 16 draws: one answer, the sliders of volume, the sliders of build or buy."""

from __future__ import annotations

from markupsafe import Markup

from apprenti.lessons.kit import Kit
from apprenti.lessons.n16_api.compute import Shown


def draw_answer(shown: Shown, kit: Kit) -> Markup:
    """Return a photo and the probabilities an API returns for it."""
    rows = [
        (label, kit.number(p, "percent1")) for label, p in zip(shown.top_labels, shown.top_p, strict=True)
    ]
    table = kit.table([kit.say("widget.label"), kit.say("widget.probability")], rows)
    return Markup('<div class="one-photo">{}{}</div>').format(
        kit.photo(shown.row, kit.say("widget.photo_alt"), class_="photo large"), table
    )


def _sliders(kit: Kit, ranges: dict[str, tuple[float, float, float, float]], said: str) -> Markup:
    sliders = Markup("").join(
        kit.slider(name, kit.say(f"widget.{name}"), low=low, high=high, step=step, value=value, form="1")
        for name, (low, high, step, value) in ranges.items()
    )
    return Markup('<div class="sliders">{}</div><p class="count" data-count role="status">{}</p>').format(
        sliders, said
    )


def draw_volume(shown: Shown, kit: Kit) -> Markup:
    """Return sliders for photos a day and their size."""
    ranges = {
        "photos": (1000.0, 1_000_000.0, 1000.0, float(shown.photos_a_day)),
        "kilobytes": (20.0, 5000.0, 20.0, float(shown.kilobytes)),
    }
    said = kit.say("widget.volume", terabytes=shown.terabytes, per_second=shown.per_second)
    return _sliders(kit, ranges, said)


def draw_cost(shown: Shown, kit: Kit) -> Markup:
    """Return sliders for months of work and the price of a service."""
    ranges = {"months": (1.0, 24.0, 1.0, float(shown.months)), "price": (0.1, 20.0, 0.1, shown.price)}
    return _sliders(kit, ranges, kit.say("widget.cost", build=shown.build, years=shown.years))


WIDGETS = {"answer": draw_answer, "volume": draw_volume, "cost": draw_cost}

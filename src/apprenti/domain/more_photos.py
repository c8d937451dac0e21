"""What more photos should bring, said before anything is trained."""

from __future__ import annotations

from dataclasses import dataclass

from apprenti.domain.figures import decimal
from apprenti.domain.recipe import Interval
from apprenti.texts import Lang, say

WORTH_SAYING = 0.01
"""What should bring less than a point is not asked for."""
_WIDE_POINTS = 3.0
"""Of an interval as wide as this, decimals say nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gain:
    """What so many more photos to learn from should bring.

    Args:
        label: the class they are of; ``None``: of every class, as many again as it has.
        n_photos: how many more, all together.
        gain: change of the balanced accuracy, −1..1; that of the whole, also where the photos are of one class.
        interval: where the change should lie.
    """

    label: str | None
    n_photos: int
    gain: float
    interval: Interval


@dataclass(frozen=True, slots=True, kw_only=True)
class MorePhotos:
    """Whether more photos should help, and of what.

    Args:
        every_class: what twice the photos of every class should bring.
        one_class: what more photos of the one class that would gain most should bring; ``None`` where no class
            alone should bring a point.
        p_right: how often what was gained lay within the interval, 0..1, on data sets that nothing was tuned on.
    """

    every_class: Gain
    one_class: Gain | None
    p_right: float

    def said(self, lang: Lang) -> tuple[str, ...]:
        """Return it in sentences: of one class, of every class, how often such sentences were right."""
        every, one = self.every_class, self.one_class
        flat = every.gain < WORTH_SAYING and one is None
        times = int(10 * self.p_right + 1e-9)  # rounded down: never more than was measured
        return (
            *(() if flat else (_said("no_class" if one is None else "one_class", one or every, lang),)),
            _said("flat" if flat else "every_class", every, lang),
            say("more_photos.how_often", lang, times=times),
        )


def _said(key: str, gain: Gain, lang: Lang) -> str:
    low, high = 100 * gain.interval.low, 100 * gain.interval.high
    digits = 0 if high - low >= _WIDE_POINTS else 1
    points = round(100 * gain.gain, digits)
    values = {"label": gain.label, "low": decimal(low, lang, digits), "high": decimal(high, lang, digits)}
    signed = ("+" if points > 0 else "") + decimal(points, lang, digits)
    shown = say("more_photos.points", lang, n=abs(points), shown=signed)
    return say(f"more_photos.{key}", lang, n=_about(gain.n_photos), gain=shown, **values)


def _about(n: int) -> int:
    """Return ``n`` with two digits that say something."""
    return int(round(n, 2 - len(str(n))))

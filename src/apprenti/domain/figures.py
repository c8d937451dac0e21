"""Numbers as a reader of the language writes them: ``88.7%`` in English, ``88,7 %`` in French."""

from __future__ import annotations

import math

from apprenti.domain.metric import Metric
from apprenti.domain.recipe import Interval
from apprenti.texts import Lang

NARROW_NO_BREAK_SPACE = "\u202f"
NO_BREAK_SPACE = "\u00a0"


def decimal(value: float, lang: Lang, digits: int) -> str:
    """Return ``value`` with ``digits`` decimals."""
    text = f"{round(value, digits) + 0.0:,.{digits}f}"  # + 0.0: never "−0"
    if lang == "fr":
        text = text.replace(",", NARROW_NO_BREAK_SPACE).replace(".", ",")
    return text.replace("-", "−")


def hundredths(share: float, lang: Lang) -> str:
    """Return how many of 100 a share is: whole, but with a decimal near the ends, where it matters.

    Example:
        >>> [hundredths(share, "en") for share in (0.879, 0.99, 0.9946, 0.99999, 1)]
        ['88', '99', '99.5', '>99.9', '100']
    """
    percent = round(100 * share, 10)
    if percent > 99.9 and percent < 100:
        return ">" + decimal(99.9, lang, 1)
    if percent < 0.1 and percent > 0:
        return "<" + decimal(0.1, lang, 1)
    is_near_an_end = not 1.5 <= percent <= 98.5
    return decimal(percent, lang, 1 if is_near_an_end and round(percent, 1) % 1 else 0)


def percent(share: float, lang: Lang, digits: int | None = None) -> str:
    """Return a share 0..1 as a percentage, as precise as ``hundredths`` or with ``digits`` decimals."""
    number = hundredths(share, lang) if digits is None else decimal(100 * share, lang, digits)
    return number + percent_sign(lang)


def percent_range(interval: Interval, lang: Lang, digits: int | None = None) -> str:
    """Return an interval of shares as ``84–91%``.

    Both ends have the same decimals: none, unless the interval is narrow. An end not quite 0 or 100 is
    not written so.
    """
    if digits is None:
        digits = 0 if interval.high - interval.low >= 0.03 else 1
    step = 10.0**-digits
    ends = []
    for share in (interval.low, interval.high):
        value = 100 * share
        if 0 < value < 100:
            value = min(max(value, step), 100 - step)
        ends.append(decimal(value, lang, digits if 0 < value < 100 else 0))
    return f"{ends[0]}–{ends[1]}{percent_sign(lang)}"


def percent_sign(lang: Lang) -> str:
    """Return the sign with the space that goes before it."""
    return f"{NARROW_NO_BREAK_SPACE}%" if lang == "fr" else "%"


def amount(value: float, lang: Lang, *, precision: float) -> str:
    """Return a number with as many decimals as leave two digits of ``precision``: how far off it may be.

    Example:
        >>> amount(3.14159, "en", precision=0.2), amount(1234.5, "en", precision=80.0)
        ('3.14', '1,234')
    """
    if not precision > 0:
        return decimal(value, lang, 2)
    return decimal(value, lang, min(max(1 - math.floor(math.log10(precision)), 0), 6))


def score(value: float, metric: Metric, lang: Lang, digits: int | None = None) -> str:
    """Return a score as its metric is read: accuracy as a percentage, others as a number up to 1."""
    return percent(value, lang, digits) if metric.is_share else decimal(value, lang, 3)


def score_range(interval: Interval, metric: Metric, lang: Lang, digits: int | None = None) -> str:
    """Return an interval of scores: ``84–91%`` or ``0.801–0.884``."""
    if metric.is_share:
        return percent_range(interval, lang, digits)
    return decimal_range(interval, lang, 3)


def decimal_range(interval: Interval, lang: Lang, digits: int) -> str:
    """Return an interval of numbers: ``0.801–0.884``; ``−0.1 … 0.2`` where a dash could be taken for a sign.

    Example:
        >>> decimal_range(Interval(low=-0.1, high=0.2), "en", 1)
        '−0.1 … 0.2'
    """
    low, high = decimal(interval.low, lang, digits), decimal(interval.high, lang, digits)
    return f"{low} … {high}" if interval.low < 0 else f"{low}–{high}"


def file_size(n_bytes: int, lang: Lang) -> str:
    """Return ``10 B``, ``81.2 kB``, ``7.9 MB``; ``81,2 ko`` in French.

    Example:
        >>> file_size(7_851_642, "en").replace(NO_BREAK_SPACE, " ")
        '7.9 MB'
    """
    byte = "B" if lang == "en" else "o"
    if n_bytes < 1e3:
        return f"{n_bytes}{NO_BREAK_SPACE}{byte}"
    if n_bytes < 1e6:
        return f"{decimal(n_bytes / 1e3, lang, 1)}{NO_BREAK_SPACE}k{byte}"
    return f"{decimal(n_bytes / 1e6, lang, 1)}{NO_BREAK_SPACE}M{byte}"


def points_range(interval: Interval, lang: Lang) -> str:
    """Return an interval of differences of shares in points, signs written: ``−2.1 to +1.0``, ``de −2,1 à +1,0``.

    Example:
        >>> points_range(Interval(low=-0.021, high=0.01), "en")
        '−2.1 to +1.0'
    """
    low, high = (_signed(100 * end, lang) for end in (interval.low, interval.high))
    return f"{low} to {high}" if lang == "en" else f"{low} à {high}"


def _signed(value: float, lang: Lang) -> str:
    text = decimal(value, lang, 1)
    return text if text.startswith("−") else f"+{text}"


def duration(seconds: float, lang: Lang) -> str:
    """Return ``0.4 s``, ``12 s``, ``1 min 30 s``."""
    if seconds < 9.95:
        return f"{decimal(seconds, lang, 1)}{NO_BREAK_SPACE}s"
    whole = round(seconds)
    if whole < 100:
        return f"{whole}{NO_BREAK_SPACE}s"
    return f"{whole // 60}{NO_BREAK_SPACE}min{NO_BREAK_SPACE}{whole % 60:02d}{NO_BREAK_SPACE}s"

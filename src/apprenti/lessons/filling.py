"""Computed values in words: ``{{accuracy:percent}}`` becomes ``88.7%`` in English and ``88,7 %`` in French."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from apprenti.domain import figures
from apprenti.domain.recipe import Interval
from apprenti.lessons.text import PLACEHOLDER
from apprenti.texts import Lang, plural_form, written

NOTHING = "–"
"""What stands where there is no value."""

_LIST_MARKS = {"en": (", ", " and "), "fr": (", ", " et ")}


def value_of(shown: Any, name: str) -> Any:
    """Return a value by its dotted name, from a dataclass or a mapping.

    Raises:
        KeyError: there is none of that name.
    """
    for part in name.split("."):
        if isinstance(shown, Mapping):
            shown = shown[part]
        elif isinstance(shown, (tuple, list)):
            shown = shown[int(part)]
        elif hasattr(shown, part):
            shown = getattr(shown, part)
        else:
            raise KeyError(name)
    return shown


def formatted(value: Any, form: str | None, lang: Lang) -> str:
    """Return a value as ``form`` says.

    Args:
        value: a number, a word, an interval, a list of words; ``None`` for nothing.
        form: ``percent``, ``percent1`` (decimals), ``range`` of an interval, ``points`` of a difference of shares,
            ``2`` (decimals), ``count``, ``seconds``, ``size``, ``list``; ``plural photo/photos`` gives the word, chosen
            by the number; without one, a word stays as it is, whole numbers get their thousands mark.
        lang: language.

    Raises:
        ValueError: no such form.
    """
    if value is None:
        return NOTHING
    if form is None:
        return str(written(value, lang))
    if form.startswith("plural "):
        one, _, other = form.removeprefix("plural ").partition("/")
        return one if plural_form(float(value), lang) == "one" else other
    if form.isdigit():
        return figures.decimal(float(value), lang, int(form))
    if form.startswith("percent") and form[7:].isdigit():
        return figures.percent(float(value), lang, int(form[7:]))
    if form not in FORMS:
        raise ValueError(f"no form {form!r} for values")
    return FORMS[form](value, lang)


def filled(text: str, values: Callable[[str], Any], lang: Lang) -> str:
    """Return plain text with its placeholders filled."""
    return PLACEHOLDER.sub(lambda match: formatted(values(match["name"]), match["form"], lang), text)


def listed(words: Sequence[str], lang: Lang) -> str:
    """Return ``a, b and c``."""
    comma, last = _LIST_MARKS[lang]
    return comma.join(words[:-1]) + (last if len(words) > 1 else "") + "".join(words[-1:])


def _points(value: Any, lang: Lang) -> str:
    return figures.decimal(100 * float(value), lang, 1)


FORMS: Mapping[str, Callable[[Any, Lang], str]] = {
    "percent": lambda value, lang: figures.percent(float(value), lang),
    "range": lambda value, lang: figures.percent_range(
        value if isinstance(value, Interval) else Interval(low=value[0], high=value[1]), lang
    ),
    "points": _points,
    "count": lambda value, lang: str(written(int(value), lang)),
    "seconds": lambda value, lang: figures.duration(float(value), lang),
    "size": lambda value, lang: figures.file_size(int(value), lang),
    "list": lambda value, lang: listed(tuple(str(one) for one in value), lang),
}

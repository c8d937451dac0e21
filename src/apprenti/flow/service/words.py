"""What people may call things: trimmed, not too long, without signs that no name has."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Mapping
from typing import Any, TypeVar

from apprenti.domain.errors import OptionError
from apprenti.flow.service.service import MAX_NAME_LETTERS, MAX_TEXT_LETTERS

Number = TypeVar("Number", int, float)


def checked_words(values: Mapping[str, Any], known: Collection[str]) -> dict[str, Any]:
    """Return fields of a noun with their words trimmed: its name, and what else people may say of it.

    Args:
        values: by field; numbers and the like are handed on.
        known: the fields there are.

    Raises:
        OptionError: another field, no name, or words that cannot be kept.
    """
    for field in sorted(set(values) - set(known)):
        raise OptionError("field_unknown", field=field[:50])
    checked = dict(values)
    if "name" in values:
        checked["name"] = required_text(values["name"], "name", most=MAX_NAME_LETTERS)
    for field in {"description", "output_name"} & set(values):
        optional_text(values[field], field, most=MAX_TEXT_LETTERS)
    return checked


def required_text(text: str, field: str, *, most: int) -> str:
    """Return ``text`` trimmed.

    Raises:
        OptionError: nothing is left, it is too long, or it has control signs.
    """
    trimmed = optional_text(text, field, most=most).strip()
    if not trimmed:
        raise OptionError("text_missing", field=field)
    return trimmed


def optional_text(text: str, field: str, *, most: int) -> str:
    """Return ``text``.

    Raises:
        OptionError: it is too long, or has control signs other than line ends and tabs.
    """
    if len(text) > most:
        raise OptionError("text_too_long", field=field, limit=most)
    if any(unicodedata.category(sign) in ("Cc", "Cs") and sign not in "\n\r\t" for sign in text):
        raise OptionError("text_control", field=field)
    return text


def same_name(one: str, other: str) -> bool:
    """Return whether people would take two names for one: whatever their capitals, spaces and ways to write a sign.

    Example:
        >>> same_name("Pain  d'épices", "pain d'e\u0301pices "), same_name("bread", "breads")
        (True, False)
    """
    return _normal(one) == _normal(other)


def _normal(name: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def in_range(value: Number, field: str, ends: tuple[float, float]) -> Number:
    """Return ``value``.

    Raises:
        OptionError: it is not between the ends.
    """
    low, high = ends
    if not low <= value <= high:
        raise OptionError("number_out_of_range", field=field, low=low, high=high)
    return value

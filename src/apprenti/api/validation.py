"""What is wrong with a request's fields, in the language of the sender: pydantic says it in English alone."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from apprenti.texts import Lang, say

_PATTERN = "string_pattern_mismatch"
_SENTENCES: Mapping[str, str] = {
    "missing": "missing",
    "extra_forbidden": "unknown",
    "enum": "one_of",
    "literal_error": "one_of",
    "greater_than_equal": "at_least",
    "less_than_equal": "at_most",
    "greater_than": "more_than",
    "less_than": "less_than",
    "string_too_short": "too_short",
    "string_too_long": "too_long",
    "too_short": "too_few",
    "too_long": "too_many",
    "finite_number": "not_finite",
    "timezone_aware": "no_time_zone",
    _PATTERN: "form",
}
_KINDS: Mapping[str, str] = {
    "string": "text",
    "int": "whole_number",
    "float": "number",
    "bool": "truth",
    "list": "list",
    "dict": "object",
    "model": "object",
    "datetime": "moment",
}
"""How the types of pydantic's other errors begin: what the field should have been."""
_IDS = re.compile(r"\[0-9a-f(A-F)?\]\{8\}")
_QUOTED = re.compile(r"'([^']*)'")


def details_of(errors: list[Mapping[str, Any]], lang: Lang) -> list[dict[str, str]]:
    """Return where in a request what is wrong, as pydantic found it."""
    return [
        {"where": ".".join(str(part) for part in error["loc"]), "problem": problem_of(error, lang)}
        for error in errors
    ]


def problem_of(error: Mapping[str, Any], lang: Lang) -> str:
    """Return what is wrong with one field.

    Example:
        >>> problem_of({"type": "greater_than_equal", "ctx": {"ge": 15.0}}, "en")
        'must be at least 15'
    """
    kind, about = str(error["type"]), dict(error.get("ctx") or {})
    if kind == _PATTERN and _IDS.search(str(about.get("pattern", ""))):
        return say("validation.id", lang)
    if kind in _SENTENCES:
        limits = (
            about[name] for name in ("ge", "le", "gt", "lt", "min_length", "max_length") if name in about
        )
        words = _QUOTED.findall(str(about.get("expected", "")))
        return say(
            f"validation.{_SENTENCES[kind]}", lang,
            limit=next(limits, ""), words=", ".join(words), pattern=about.get("pattern", ""),
        )  # fmt: skip
    wanted = next((word for start, word in _KINDS.items() if kind.startswith(start)), "other")
    return say(f"validation.{wanted}", lang)

"""Which language a person reads: from the environment of a terminal, or from what a browser sends."""

from __future__ import annotations

import re
from collections.abc import Mapping

from apprenti.texts import LANGS, Lang

LANG_COOKIE = "apprenti_lang"
"""What a language chosen on a page is remembered in."""


def lang_of(tag: str) -> Lang | None:
    """Return the language of a tag such as ``fr_FR.UTF-8`` or ``en``; ``None`` if it is not spoken here."""
    primary = re.match("[a-z]*", tag.strip().lower())
    return next((lang for lang in LANGS if primary and lang == primary.group()), None)


def lang_from_environment(environment: Mapping[str, str]) -> Lang:
    """Return the language of a terminal: ``APPRENTI_LANG``, else the first locale variable set, else English.

    Example:
        >>> lang_from_environment({"LANG": "fr_CA.UTF-8"})
        'fr'
    """
    for variable in ("APPRENTI_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        if environment.get(variable):
            return lang_of(environment[variable]) or "en"
    return "en"


def lang_from_header(accept_language: str) -> Lang:
    """Return the spoken language that an ``Accept-Language`` header weighs most, else English.

    Example:
        >>> lang_from_header("de;q=0.9, fr-CA;q=0.8, en;q=0.5")
        'fr'
    """
    best: Lang = "en"
    best_weight = 0.0
    for choice in accept_language[:500].split(","):
        tag, _, quality = choice.partition(";")
        lang, weight = lang_of(tag), _weight(quality)
        if lang is not None and weight > best_weight:
            best, best_weight = lang, weight
    return best


def lang_from_browser(accept_language: str, chosen: str) -> Lang:
    """Return the language somebody chose on a page, else the one the browser weighs most.

    Args:
        accept_language: the header.
        chosen: the cookie ``LANG_COOKIE``; empty where nothing was chosen.

    Example:
        >>> lang_from_browser("fr", "en"), lang_from_browser("fr", "")
        ('en', 'fr')
    """
    return lang_of(chosen[:10]) or lang_from_header(accept_language)


def _weight(quality: str) -> float:
    name, _, value = quality.strip().partition("=")
    if name != "q":
        return 1.0
    try:
        return float(value)
    except ValueError:
        return 0.0

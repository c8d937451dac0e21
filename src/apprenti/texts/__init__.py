"""Every sentence a person reads, in English and in French, kept beside each other as TOML.

A sentence has a key such as ``errors.empty_file``: the part before the first dot names the file
(``en/errors.toml``, ``fr/errors.toml``), the rest the entry. A plural is a table with ``one`` and ``other``,
chosen by the value ``n``. Nothing here is imported before somebody needs words.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any, Literal

Lang = Literal["en", "fr"]
LANGS: tuple[Lang, ...] = ("en", "fr")


def say(key: str, lang: Lang = "en", **values: object) -> str:
    """Return the sentence ``key`` in ``lang`` with ``values`` put in.

    Args:
        key: ``area.name``, for instance ``errors.empty_file``.
        lang: ``"en"`` or ``"fr"``.
        **values: what the placeholders stand for; ``n`` also chooses the plural.

    Raises:
        KeyError: no such sentence, or a placeholder without its value.

    Example:
        >>> say("errors.empty_file", "en", item="0412.png")
        'image 0412.png is empty; remove it or export it again'
    """
    area, _, name = key.partition(".")
    entry = catalogue(area, lang)[name]
    if isinstance(entry, dict):
        n = values["n"]
        entry = entry[plural_form(float(str(n)), lang)]
    return str(entry).format(**{name: written(value, lang) for name, value in values.items()})


def plural_form(n: float, lang: Lang) -> str:
    """Return ``one`` or ``other``: French counts 0 and 1.5 as one, English does not."""
    one = abs(n) < 2 if lang == "fr" else n == 1
    return "one" if one else "other"


def written(value: object, lang: Lang) -> object:
    """Return a number as ``lang`` writes it: the thousands mark of whole ones, the decimal mark of floats."""
    if isinstance(value, float):
        return f"{value:g}".replace(".", "," if lang == "fr" else ".")
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}".replace(",", "\u202f" if lang == "fr" else ",")
    return value


@cache
def catalogue(area: str, lang: Lang) -> Mapping[str, Any]:
    """Return all sentences of one area (one file) in one language."""
    text = files(__package__).joinpath(lang, f"{area}.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)

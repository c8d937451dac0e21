"""A sentence that has not been put into a language yet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from apprenti.texts import Lang, say


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """A text key and its values; said in English or French only where somebody reads it.

    Args:
        key: ``area.name`` of an entry under ``texts/``.
        values: what the placeholders stand for: strings, whole numbers or floats.
    """

    key: str
    values: Mapping[str, str | int | float] = field(default_factory=dict)

    def said(self, lang: Lang = "en") -> str:
        """Return the sentence in ``lang``."""
        return say(self.key, lang, **self.values)

"""The language of one page: its sentences, its numbers, the names of recipes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from apprenti.domain import figures
from apprenti.domain.metric import Metric
from apprenti.domain.recipe import Interval, Recipe
from apprenti.domain.sentence import Sentence
from apprenti.recipes.words import phrase, settings_phrase, transform_phrase
from apprenti.texts import Lang, say, written

UNBROKEN_DASH = "\u2060–\u2060"
"""No line is broken beside it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """Says everything a page needs in one language; templates know it as ``w``."""

    lang: Lang

    def __call__(self, key: str, **values: object) -> str:
        """Return the sentence ``key`` of ``texts/*/report.toml``."""
        return say(f"report.{key}", self.lang, **values)

    def said(self, sentence: Sentence) -> str:
        """Return a sentence kept in a report; its bare key where this version has no words for it."""
        try:
            return sentence.said(self.lang)
        except (KeyError, FileNotFoundError):
            return sentence.key

    def count(self, n: int) -> str:
        """Return a whole number with the thousands mark."""
        return str(written(n, self.lang))

    def decimal(self, value: float, digits: int = 2) -> str:
        """Return a number with ``digits`` decimals."""
        return figures.decimal(value, self.lang, digits)

    def hundredths(self, share: float) -> str:
        """Return how many of 100 a share is."""
        return figures.hundredths(share, self.lang)

    def percent(self, share: float, digits: int | None = None) -> str:
        """Return a share as a percentage."""
        return figures.percent(share, self.lang, digits)

    def range(self, interval: Interval, digits: int | None = None) -> str:
        """Return an interval of shares."""
        return figures.percent_range(interval, self.lang, digits).replace("–", UNBROKEN_DASH)

    def decimal_range(self, interval: Interval, digits: int = 2) -> str:
        """Return an interval of numbers: ``0.80–0.89``."""
        return figures.decimal_range(interval, self.lang, digits).replace("–", UNBROKEN_DASH)

    def amount(self, value: float, precision: float) -> str:
        """Return a number with as many decimals as ``precision``, how far off it may be, leaves sense in."""
        return figures.amount(value, self.lang, precision=precision)

    def amount_range(self, interval: Interval, precision: float) -> str:
        """Return an interval of such numbers."""
        low, high = self.amount(interval.low, precision), self.amount(interval.high, precision)
        return f"{low}{UNBROKEN_DASH}{high}"

    def score(self, value: float, metric: Metric) -> str:
        """Return a score as its metric is read."""
        return figures.score(value, metric, self.lang, 1)

    def score_range(self, interval: Interval, metric: Metric) -> str:
        """Return an interval of scores."""
        return figures.score_range(interval, metric, self.lang, 1).replace("–", UNBROKEN_DASH)

    def duration(self, seconds: float) -> str:
        """Return a duration."""
        return figures.duration(seconds, self.lang)

    def listed(self, texts: Sequence[str]) -> str:
        """Return ``a, b and c``."""
        *first, last = texts
        return self("list_comma").join(first) + (self("list_and") if first else "") + last

    def recipe(self, recipe: Recipe) -> str:
        """Return a recipe as a person would say it: ``Logistic regression on hand-made features``."""
        return phrase(recipe, self.lang)

    def settings(self, recipe: Recipe) -> str:
        """Return the settings that tell it from others of its name: ``alpha 0.01, gamma 0.25``; may be empty."""
        return settings_phrase(recipe, self.lang)

    def recipe_whole(self, recipe: Recipe) -> str:
        """Return a recipe with its settings in brackets."""
        settings = self.settings(recipe)
        return self.recipe(recipe) + (f" ({settings})" if settings else "")

    def transform(self, recipe: Recipe) -> str:
        """Return what is done to the features first, or nothing where there is no word for it."""
        return transform_phrase(recipe, self.lang)

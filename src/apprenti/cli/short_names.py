"""Names short enough for one line of a terminal."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from apprenti.cli.complaints import printable
from apprenti.recipes.words import head_phrase, settings_phrase, short_training
from apprenti.texts import Lang

if TYPE_CHECKING:
    from apprenti.domain.recipe import Recipe

NAME_WIDTH = 28
_VERSION_OR_HASH = re.compile(r"\.v\d+$|-[0-9a-f]{8}$")


def cut(name: str) -> str:
    """Return a name without what a terminal would act on, cut after ``NAME_WIDTH`` letters."""
    name = printable(name)
    return name if len(name) <= NAME_WIDTH else name[: NAME_WIDTH - 1] + "…"


def recipe_text(recipe: Recipe, lang: Lang) -> str:
    """Return a recipe in a line: ``Kernel ridge regression · classic · alpha 0.01, gamma 0.25``."""
    backbones = " + ".join(_backbone_text(name, lang) for name in recipe.backbones)
    parts = [head_phrase(recipe, lang), backbones, settings_phrase(recipe, lang)]
    return " · ".join(part for part in parts if part)


def _backbone_text(name: str, lang: Lang) -> str:
    """Return a backbone in a few words: ``tuned 96 px, 12 epochs``, ``classic``, ``my-network``."""
    return short_training(name, lang) or cut(_VERSION_OR_HASH.sub("", name))

"""A recipe's name read back: the inverse of ``Recipe.name``."""

from __future__ import annotations

import re
from typing import cast

from apprenti.domain.recipe import Canvas, Fit, Parameter, Recipe

MAX_LENGTH = 400

_BLOCK = r"[a-z][a-z0-9_]{0,39}\.v[1-9][0-9]{0,3}"
_BACKBONE = r"[A-Za-z0-9._-]{1,60}"
_NAME = re.compile(
    rf"(?P<backbones>{_BACKBONE}(?:\+{_BACKBONE})*)@(?P<size>[1-9][0-9]{{0,3}})-(?P<fit>squash|crop|pad)"
    rf"/(?P<transform>{_BLOCK})/(?P<head>{_BLOCK})(?:\?(?P<settings>[^?]+))?",
    re.ASCII,
)
_SETTING = re.compile(r"(?P<name>[A-Za-z][A-Za-z0-9_]{0,39})=(?P<value>[A-Za-z0-9_.+-]{1,40})", re.ASCII)
_WHOLE = re.compile(r"-?[0-9]{1,15}", re.ASCII)
_NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+)?(?:e[+-][0-9]{2,3})?", re.ASCII)


def read_recipe_name(name: str) -> Recipe:
    """Return the recipe that is called ``name``.

    Whether its blocks exist is not looked at. The name must be the one the recipe gives itself: no other order
    of settings, no other way to write a number.

    Raises:
        ValueError: it is not the name of a recipe.

    Example:
        >>> read_recipe_name("classic.v1@64-squash/none.v1/ridge.v1?alpha=0.1").parameters
        {'alpha': 0.1}
    """
    match = _NAME.fullmatch(name) if len(name) <= MAX_LENGTH else None
    if match is None:
        raise ValueError("not the name of a recipe")
    recipe = Recipe(
        backbones=tuple(match["backbones"].split("+")),
        canvas=Canvas(size_px=int(match["size"]), fit=cast("Fit", match["fit"])),
        transform=match["transform"],
        head=match["head"],
        parameters=_parameters(match["settings"]),
    )
    if recipe.name != name:
        raise ValueError("not written as a recipe writes its own name")
    return recipe


def _parameters(settings: str | None) -> dict[str, Parameter]:
    if settings is None:
        return {}
    matches = [_SETTING.fullmatch(setting) for setting in settings.split("&")]
    return {match["name"]: _value(match["value"]) for match in _present(matches)}


def _present(matches: list[re.Match[str] | None]) -> list[re.Match[str]]:
    present = [match for match in matches if match is not None]
    if len(present) < len(matches):
        raise ValueError("a setting is not NAME=VALUE")
    return present


def _value(text: str) -> Parameter:
    """Return the number that ``text`` is, or ``text``; a number too large for a float stays text."""
    if _WHOLE.fullmatch(text):
        return int(text)
    if _NUMBER.fullmatch(text):
        number = float(text)
        return text if number == float("inf") or number == float("-inf") else number
    return text

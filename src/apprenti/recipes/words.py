"""A recipe as a person would say it, in either language."""

from __future__ import annotations

from collections.abc import Sequence

from apprenti.domain.backbone_name import MIRRORED, is_packaged
from apprenti.domain.figures import decimal
from apprenti.domain.network_training import read_trained_name
from apprenti.domain.recipe import Recipe
from apprenti.texts import Lang, catalogue, say

AREA = "recipes"
TEMPLATES = (
    "features_network",
    "features_packaged",
    "features_mirrored",
    "features_tuned",
    "features_scratch",
    "features_tuned_hub",
)
"""Entries that are no block's own words."""


def phrase(recipe: Recipe, lang: Lang) -> str:
    """Return what a recipe is: ``Kernel ridge regression on hand-made features``."""
    features = [_features(name, lang) for name in recipe.backbones]
    return say(f"{AREA}.phrase", lang, head=head_phrase(recipe, lang), features=_listed(features, lang))


def _features(backbone: str, lang: Lang) -> str:
    plain = backbone.removesuffix(MIRRORED)
    trained = read_trained_name(plain)
    if trained is not None:
        kind = trained.kind.partition(".")[0]
        values = {"size": trained.size_px, "epochs": trained.epochs}
        said = say(f"{AREA}.features_{kind}", lang, **values)
    elif is_packaged(plain):
        said = say(f"{AREA}.features_packaged", lang, size=plain.rpartition("-")[2])
    else:
        said = _block("features", plain, lang) or say(f"{AREA}.features_network", lang, name=plain)
    return said if plain == backbone else say(f"{AREA}.features_mirrored", lang, features=said)


def short_training(backbone: str, lang: Lang) -> str:
    """Return a network trained on the user's photos in a few words: ``tuned 96 px, 12 epochs``; nothing for others."""
    trained = read_trained_name(backbone)
    if trained is None:
        return ""
    key = f"{AREA}.short_{trained.kind.partition('.')[0]}"
    return say(key, lang, size=trained.size_px, n=trained.epochs)


def head_phrase(recipe: Recipe, lang: Lang) -> str:
    """Return what decides: ``Kernel ridge regression``."""
    return _block("head", recipe.head, lang) or recipe.head


def transform_phrase(recipe: Recipe, lang: Lang) -> str:
    """Return what is done to the features first, or nothing where there is no word for it."""
    return _block("transform", recipe.transform, lang)


def settings_phrase(recipe: Recipe, lang: Lang) -> str:
    """Return the settings that tell recipes of one head apart: ``alpha 0.01, gamma 0.25``; nothing without any."""
    return ", ".join(
        f"{name} {_shortest(value, lang) if isinstance(value, float) else value}"
        for name, value in sorted(recipe.parameters.items())
    )


def _shortest(value: float, lang: Lang) -> str:
    text = f"{value:g}"
    return decimal(value, lang, len(text.partition(".")[2])) if "e" not in text else text


def _listed(texts: Sequence[str], lang: Lang) -> str:
    *first, last = texts
    return (
        say(f"{AREA}.list_comma", lang).join(first) + (say(f"{AREA}.list_and", lang) if first else "") + last
    )


def _block(kind: str, name: str, lang: Lang) -> str:
    """Return the word for a versioned block name, or nothing."""
    key = f"{kind}_{name.partition('.v')[0]}"
    return say(f"{AREA}.{key}", lang) if key in catalogue(AREA, lang) and key not in TEMPLATES else ""

"""What may leave the knowledge of an installation, or enter it: numbers that can be true, names out of this package.

The same gate stands both ways. Outwards it holds back whatever could tell of a person: text is allowed only where
every possible text is known. Inwards it holds back what no training could have measured.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache

from apprenti.blocks.catalogue import HEADS, TRANSFORMS
from apprenti.blocks.parameters import SETTINGS, WORDS
from apprenti.domain.backbone_name import was_packaged
from apprenti.domain.errors import ItemError
from apprenti.domain.knowledge import TrainingRecord
from apprenti.domain.profile import Profile
from apprenti.domain.recipe import Cell, Recipe
from apprenti.domain.recipe_name import read_recipe_name
from apprenti.flow.versions import PROGRAMS
from apprenti.store.knowledge_lines import shown

BACKBONES = ("classic.v1",)
"""Hand-made feature extractors, the same wherever this package is; networks of users go by their hash."""
LANDMARKS = ("linear", "nearest_centroid", "nearest_neighbour")
SPLITS = ("validation", "cross-validation")
MAX_CELLS = 1000
MOST_PHOTOS = 10**8
LONGEST_SECONDS = 86_400.0

_NETWORK = re.compile(r"onnx-[0-9a-f]{12}(-mirrored)?", re.ASCII)
_VERSION = re.compile(
    r"\d{1,4}(?:\.\d{1,6}){0,3}(?:(?:a|b|rc)\d{1,3})?(?:\.post\d{1,3})?(?:\.dev\d{1,8})?", re.ASCII
)

_COUNT, _SHARE, _SIDE_PX = (0, MOST_PHOTOS), (0.0, 1.0), (1.0, 1e6)
RANGES: Mapping[str, tuple[float, float]] = {
    "n_examples": (2, MOST_PHOTOS), "n_train": _COUNT, "n_validation": _COUNT, "n_test": _COUNT,
    "n_labels": (2, 10**6), "smallest_class": _COUNT, "imbalance": (1.0, float(MOST_PHOTOS)), "class_entropy": _SHARE,
    "width_px": _SIDE_PX, "height_px": _SIDE_PX, "shorter_side_px_p10": _SIDE_PX, "shorter_side_px_p90": _SIDE_PX,
    "aspect_ratio": (1e-4, 1e4), "grey_share": _SHARE, "brightness": _SHARE, "contrast": _SHARE,
    "colourfulness": _SHARE, "n_set_aside": _COUNT, "n_duplicates": _COUNT, "n_landmark": _COUNT,
}  # fmt: skip
"""What each number of a profile can be; the two that are tables, ``n_per_label`` and ``landmarks``, have checks."""


def check_record(record: TrainingRecord) -> None:
    """Let a record pass that holds nothing but what a training can have measured.

    Raises:
        ItemError: it does not; the message names the entry and what is wrong with it.
    """
    _check_profile(record.profile)
    _check_versions(record.versions)
    _check_range("cells", len(record.cells), 1, MAX_CELLS)
    for number, cell in enumerate(record.cells):
        _check_cell(cell, f"cells[{number}]", record.profile)


@lru_cache(maxsize=4096)  # an import names few recipes, many times
def check_recipe(name: str) -> Recipe:
    """Return the recipe called ``name``, made of nothing but what this package knows.

    Raises:
        ItemError: there is no such recipe; the message names what is not known.
    """
    try:
        recipe = read_recipe_name(name)
    except ValueError as error:
        raise ItemError("record_recipe", recipe=shown(name), part=shown(name)) from error
    if (stranger := next(_strangers(recipe), None)) is not None:
        raise ItemError("record_recipe", recipe=shown(name), part=shown(stranger))
    return recipe


def _strangers(recipe: Recipe) -> Iterator[str]:
    """Yield the parts of a recipe's name that this package has no such thing for."""
    yield from (
        b for b in recipe.backbones if not (b in BACKBONES or was_packaged(b) or _NETWORK.fullmatch(b))
    )
    yield from {recipe.transform} - TRANSFORMS.keys() | {recipe.head} - HEADS.keys()
    yield from (name for name in recipe.parameters if name not in SETTINGS)
    yield from (
        value for value in recipe.parameters.values() if isinstance(value, str) and value not in WORDS
    )


def _check_profile(profile: Profile) -> None:
    for name, (least, most) in RANGES.items():
        _check_range(f"profile.{name}", getattr(profile, name), least, most)
    counts = _counts(profile.n_per_label)
    for name, score in profile.landmarks.items():
        if name not in LANDMARKS:
            raise ItemError("record_stray", entry=f"profile.landmarks.{shown(name)}")
        _check_range(f"profile.landmarks.{name}", score, 0.0, 1.0)
    _check_sums(profile, counts)


def _counts(n_per_label: Mapping[str, int]) -> tuple[int, ...]:
    """Return the examples of each class by rank; a name that is no rank could be a label."""
    ranks = [str(rank) for rank in range(1, len(n_per_label) + 1)]
    if strays := n_per_label.keys() - set(ranks):
        raise ItemError("record_stray", entry=f"profile.n_per_label.{shown(min(strays))}")
    for rank in ranks:
        _check_range(f"profile.n_per_label.{rank}", n_per_label[rank], 0, MOST_PHOTOS)
    return tuple(n_per_label[rank] for rank in ranks)


def _check_sums(profile: Profile, counts: tuple[int, ...]) -> None:
    """Compare the numbers of a profile that follow from one another."""
    sums = {
        "n_per_label": counts and counts == tuple(sorted(counts, reverse=True)),
        "n_examples": profile.n_examples == sum(counts),
        "n_labels": profile.n_labels == len(counts),
        "n_train": profile.n_train + profile.n_validation + profile.n_test <= profile.n_examples,
        "smallest_class": profile.smallest_class == min(counts, default=0),
        "shorter_side_px_p10": profile.shorter_side_px_p10 <= profile.shorter_side_px_p90,
        "n_landmark": profile.n_landmark <= profile.n_examples,
    }
    for name, fits in sums.items():
        if not fits:
            raise ItemError("record_inconsistent", entry=f"profile.{name}")


def _check_versions(versions: Mapping[str, str]) -> None:
    for name, version in versions.items():
        if name not in PROGRAMS:
            raise ItemError("record_stray", entry=f"versions.{shown(name)}")
        if not _VERSION.fullmatch(version):
            raise ItemError("record_version", entry=f"versions.{name}", value=shown(version))


def _check_cell(cell: Cell, where: str, profile: Profile) -> None:
    check_recipe(cell.recipe)
    _check_range(f"{where}.score", cell.score, 0.0, 1.0)
    _check_range(f"{where}.balanced_accuracy", cell.balanced_accuracy, 0.0, 1.0)
    _check_range(f"{where}.seconds", cell.seconds, 0.0, LONGEST_SECONDS)
    _check_range(f"{where}.n_train", cell.n_train, 1, profile.n_examples)
    if cell.split not in SPLITS:
        raise ItemError("record_choice", entry=f"{where}.split", value=shown(cell.split))


def _check_range(entry: str, value: float, least: float, most: float) -> None:
    if not least <= value <= most:  # NaN is in no range
        raise ItemError(
            "record_range", entry=entry, value=shown(value), least=_shortest(least), most=_shortest(most)
        )


def _shortest(limit: float) -> float:
    return int(limit) if limit == int(limit) else limit

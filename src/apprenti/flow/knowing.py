"""What is known of recipes before a training: the package's own measurements, and what trainings left here."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from apprenti.blocks.embedded import load_embedded
from apprenti.domain.backbone_name import MIRRORED
from apprenti.domain.knowledge import TrainingRecord
from apprenti.domain.knowledge_table import Knowledge
from apprenti.domain.outlook import IMPORTED, OWN
from apprenti.domain.recipe import Recipe
from apprenti.domain.recipe_name import read_recipe_name
from apprenti.recipes import SIZES_PX, column_of
from apprenti.stages.select import PROFILE_COLUMNS, profile_vector
from apprenti.store import cells_by_recipe, read_base_knowledge, read_cells, training_weights

LEAST_TIMED_SHARE = 0.5
"""Of the training photos. Cells of large data sets are fitted on a part of them: their seconds would teach that many
photos take no longer than few."""


def gather_knowledge(folder: Path | None, *, kept_as: Mapping[str, str]) -> Knowledge | None:
    """Return the base knowledge and what lies in ``folder`` as one table; ``None`` where there is nothing.

    Imports are believed within the bounds of ``store.training_weights``.

    Args:
        folder: of the user's knowledge; ``None`` where none is kept.
        kept_as: what the knowledge calls each network at hand that the user brought, by name.
    """
    weights_sha256 = hashlib.sha256(load_embedded(SIZES_PX[0]).graph).hexdigest()
    base = read_base_knowledge(weights_sha256=weights_sha256)
    records = read_cells(folder) if folder is not None else []
    if not records:
        return base
    learnt = table_of(records, kept_as=kept_as, n_trusted=0 if base is None else len(base.datasets))
    return learnt if base is None else joined(base, learnt)


def table_of(
    records: Sequence[TrainingRecord], *, n_trusted: int, kept_as: Mapping[str, str] | None = None
) -> Knowledge:
    """Return trainings as a table, a row each.

    Args:
        records: at least one.
        n_trusted: trainings known from elsewhere that are trusted.
        kept_as: see ``gather_knowledge``.
    """
    cells = cells_by_recipe(records)
    called = {kept: name for name, kept in (kept_as or {}).items()}
    columns = {name: column_of(_as_called_here(read_recipe_name(name), called)) for name in cells}
    recipes = tuple(sorted(set(columns.values())))
    place = {column: at for at, column in enumerate(recipes)}
    scores = np.full((len(records), len(recipes)), math.nan, np.float32)
    seconds = scores.copy()
    for name in sorted(cells):
        for row, cell in cells[name].items():
            scores[row, place[columns[name]]] = cell.score
            if cell.n_train >= LEAST_TIMED_SHARE * records[row].profile.n_train:
                seconds[row, place[columns[name]]] = cell.seconds
    names = tuple(f"{IMPORTED if one.foreign else OWN} {at}" for at, one in enumerate(records, start=1))
    return Knowledge(
        datasets=names,
        families=names,
        recipes=recipes,
        scores=scores,
        seconds=seconds,
        profiles=np.stack([profile_vector(record.profile) for record in records]),
        profile_columns=PROFILE_COLUMNS,
        trust=np.asarray(training_weights(records, n_trusted=n_trusted), np.float32),
    )


def _as_called_here(recipe: Recipe, called: Mapping[str, str]) -> Recipe:
    """Return the recipe with the networks at hand called by their names: those of recipes that can be picked."""

    def name_of(backbone: str) -> str:
        plain = backbone.removesuffix(MIRRORED)
        return called.get(plain, plain) + backbone[len(plain) :]

    return replace(recipe, backbones=tuple(map(name_of, recipe.backbones)))


def joined(first: Knowledge, second: Knowledge) -> Knowledge:
    """Return the rows of both; a recipe or a number one of them does not have is NaN there."""
    recipes = tuple(sorted({*first.recipes, *second.recipes}))
    described = tuple(dict.fromkeys((*first.profile_columns, *second.profile_columns)))

    def spread(
        name: str, columns: str, wanted: tuple[str, ...]
    ) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
        place = {column: at for at, column in enumerate(wanted)}
        parts = []
        for table in (first, second):
            part = np.full((len(table.datasets), len(wanted)), math.nan, np.float32)
            part[:, [place[column] for column in getattr(table, columns)]] = getattr(table, name)
            parts.append(part)
        return np.concatenate(parts)

    return Knowledge(
        datasets=first.datasets + second.datasets,
        families=first.families + second.families,
        recipes=recipes,
        scores=spread("scores", "recipes", recipes),
        seconds=spread("seconds", "recipes", recipes),
        profiles=spread("profiles", "profile_columns", described),
        profile_columns=described,
        trust=np.concatenate([_trust(table) for table in (first, second)]),
    )


def _trust(table: Knowledge) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    return np.ones(len(table.datasets), np.float32) if table.trust is None else table.trust

"""The knowledge as a selector reads it: cells by recipe, and how much each training counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from apprenti.domain.knowledge import TrainingRecord
from apprenti.domain.recipe import Cell

MAX_WEIGHT_PER_ORIGIN = 10.0
"""What one import counts at most, in trainings, however many it holds."""


def cells_by_recipe(records: Sequence[TrainingRecord]) -> Mapping[str, Mapping[int, Cell]]:
    """Return the cells of every recipe: name of the recipe → place in ``records`` → cell.

    Cells stand together only under the same whole name: backbones (a network by its hash), canvas, transform,
    head, each in its version, and settings. So what was measured with another version of a block, another network
    or another size of picture is another recipe, never mixed in.

    Where a training measured a recipe twice, the cell that was fitted on more photos counts, then the
    cross-validated one.
    """
    found: dict[str, dict[int, Cell]] = {}
    for place, record in enumerate(records):
        for cell in record.cells:
            row = found.setdefault(cell.recipe, {})
            row[place] = max(row.get(place, cell), cell, key=_substance)
    return found


def training_weights(records: Sequence[TrainingRecord], *, n_trusted: int = 0) -> tuple[float, ...]:
    """Return how much each training counts, 0..1: those of this installation fully, others within bounds.

    Nobody can prove what another installation claims. So one import counts as ``MAX_WEIGHT_PER_ORIGIN`` trainings
    at most, and all imports together at most as much as what is trusted: lies may cost as much as they could
    have gained, but never outvote what was measured here.

    Args:
        records: as ``read_cells`` returns them.
        n_trusted: trainings known from elsewhere that are trusted, such as those the package carries.
    """
    n_per_origin = Counter(record.origin for record in records)
    n_own = n_per_origin.pop("", 0)
    claimed = sum(min(n, MAX_WEIGHT_PER_ORIGIN) for n in n_per_origin.values())
    # at least one: on a new installation a fact from elsewhere is better than none
    scale = min(1.0, max(1, n_own + n_trusted) / claimed) if claimed else 1.0
    per_origin = {origin: scale * min(1.0, MAX_WEIGHT_PER_ORIGIN / n) for origin, n in n_per_origin.items()}
    return tuple(per_origin.get(record.origin, 1.0) for record in records)


def _substance(cell: Cell) -> tuple[int, bool, float, float]:
    return cell.n_train, cell.split == "cross-validation", cell.score, -cell.seconds

"""Knowledge made up for tests: records as trainings leave them, each different from the others."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from apprenti.domain.knowledge import TrainingRecord
from apprenti.domain.profile import Profile
from apprenti.domain.recipe import Cell
from apprenti.store import append_cells

PROFILE = Profile(
    n_examples=30, n_train=20, n_validation=5, n_test=5, n_labels=2, n_per_label={"1": 20, "2": 10},
    smallest_class=10, imbalance=2.0, class_entropy=0.918296, width_px=640.0, height_px=480.0,
    shorter_side_px_p10=480.0, shorter_side_px_p90=480.0, aspect_ratio=1.33333, grey_share=0.0, brightness=0.5,
    contrast=0.25, colourfulness=0.125, n_set_aside=1, n_duplicates=2,
    landmarks={"linear": 0.75, "nearest_centroid": 0.7, "nearest_neighbour": 0.5}, n_landmark=20,
)  # fmt: skip
VERSIONS = {"apprenti": "0.1.0", "scikit-learn": "1.7.2"}
RIDGE = "classic.v1@64-squash/none.v1/ridge.v1?alpha=auto"


def a_cell(recipe: str = RIDGE, **changes: Any) -> Cell:
    values = {"score": 0.875, "balanced_accuracy": 0.85, "seconds": 0.5, "split": "validation", "n_train": 20}
    return Cell(recipe=recipe, **(values | changes))


def a_record(number: int = 0, *, n_cells: int = 2, origin: str = "") -> TrainingRecord:
    """Return a record like no other ``number``'s."""
    cells = [
        a_cell(f"classic.v1@64-squash/standardise.v1/logistic.v1?C={c}", seconds=number + 0.25)
        for c in range(1, n_cells + 1)
    ]
    profile = replace(PROFILE, brightness=round(number / 1000, 6))
    return TrainingRecord(profile=profile, cells=tuple(cells), versions=VERSIONS, origin=origin)


def learn(folder: Path, *numbers: int) -> None:
    """Leave in ``folder`` what trainings with these numbers would."""
    for number in numbers:
        record = a_record(number)
        append_cells(folder, profile=record.profile, cells=record.cells, versions=record.versions)


def files_in(folder: Path) -> dict[str, bytes]:
    """Return every file under ``folder`` with its content, by its path in it."""
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}

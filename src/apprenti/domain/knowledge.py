"""What trainings taught about recipes: records of numbers and recipe names, and nothing of whose photos they were."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from apprenti.domain.profile import Profile
from apprenti.domain.recipe import Cell

FORMAT = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingRecord:
    """What one training taught about recipes.

    Args:
        profile: of its data; labels are called ``1``, ``2``, … from the largest class to the smallest.
        cells: what was measured on it.
        versions: of the programs that took part, by name.
        format: of the record.
        origin: the import it came with, 12 hex digits; ``""`` for a training of this installation. Where a
            record came from is no part of it: the same training is the same record wherever it is kept.
    """

    profile: Profile
    cells: tuple[Cell, ...]
    versions: Mapping[str, str]
    format: int = FORMAT
    origin: str = ""

    @property
    def foreign(self) -> bool:
        """Whether another installation says so: believed less, see ``apprenti.store.training_weights``."""
        return bool(self.origin)


def nameless(profile: Profile) -> Profile:
    """Return ``profile`` with its labels called by rank: ``1`` is the largest class, whatever its name was."""
    counts = sorted(profile.n_per_label.values(), reverse=True)
    return replace(profile, n_per_label={str(rank): n for rank, n in enumerate(counts, start=1)})

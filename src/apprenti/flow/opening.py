"""What a training and an inspection begin with: the photos, and what features of them may be taken with."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

from apprenti.domain.dataset import Dataset
from apprenti.flow.backbones import Brought
from apprenti.flow.materials import Materials, gather_materials
from apprenti.flow.tools import Tools
from apprenti.stages.ingest import read_dataset


def open_data(
    source: Path,
    brought: Brought,
    *,
    workspace: Path,
    seed: int,
    tools: Tools,
    reading_ends: float | None = None,
    dictionary_ends: float = math.inf,
) -> tuple[Dataset, Materials]:
    """Return the data set, with notices of what was brought, and the materials for its features.

    Args:
        source: folder, archive or table of labelled photos.
        brought: the backbones that come with it.
        workspace: private folder for unpacked archives.
        seed: of everything random.
        tools: what to work with.
        reading_ends: on the clock of the tools; ``None`` where it takes as long as it takes.
        dictionary_ends: the same of learning hand-made features.

    Raises:
        DataError: there is nothing to be learnt from.
    """
    dataset = read_dataset(
        source, engine=tools.engine, progress=tools.progress, workspace=workspace, deadline=reading_ends
    )
    dataset = replace(dataset, notices=(*dataset.notices, *brought.notices))
    materials = gather_materials(
        dataset, brought.backbones, weights=brought.tunable, deadline=dictionary_ends, seed=seed, tools=tools
    )
    return dataset, materials

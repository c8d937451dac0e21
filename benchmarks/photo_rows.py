"""Features of an image set's photos that are not for testing, worked out once for each set of weights."""

from __future__ import annotations

import argparse
import math
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from apprenti.blocks.embedded import load_embedded
from apprenti.domain.dataset import Dataset, Example
from apprenti.flow.features import first_rows
from apprenti.flow.landmarks import LANDMARK_LOOK
from apprenti.flow.materials import gather_materials
from apprenti.flow.tools import Tools
from apprenti.recipes import PRIOR
from apprenti.settings import open_tools, read_settings
from apprenti.stages.ingest import read_dataset
from baselines import Silence
from image_sets import lay_out

Labels = NDArray[np.int64]


@dataclass(frozen=True)
class PhotoRows:
    """Photos of train and validation, in the order of their hashes.

    Args:
        landmark: [n, d] float32, what landmarks are measured on.
        recipe: [n, e] float32, what the first recipe of the fixed order learns from.
        labels: [n] int64.
        groups: [n] int64, near duplicates alike.
    """

    landmark: NDArray[np.float32]
    recipe: NDArray[np.float32]
    labels: Labels
    groups: Labels


def rows_of(name: str, options: argparse.Namespace, *, most: int) -> PhotoRows:
    """Return at most so many photos of a set, from ``--work`` where they were worked out before."""
    weights = load_embedded(LANDMARK_LOOK.canvas.size_px).sha256[:16]
    path: Path = options.work / "photo-rows" / f"{name}-{most}-{weights}.npz"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        rows = _worked_out(name, options, most)
        np.savez(path, landmark=rows.landmark, recipe=rows.recipe, labels=rows.labels, groups=rows.groups)
    kept = np.load(path)
    return PhotoRows(**{part: kept[part] for part in ("landmark", "recipe", "labels", "groups")})


def _worked_out(name: str, options: argparse.Namespace, most: int) -> PhotoRows:
    with tempfile.TemporaryDirectory() as folder:
        settings = read_settings({"APPRENTI_CACHE": f"{folder}/cache", "APPRENTI_DATA": f"{folder}/data"})
        with open_tools(settings, Silence()) as tools:
            source = lay_out(name, options)
            workspace = Path(folder)
            data = read_dataset(source, engine=tools.engine, progress=tools.progress, workspace=workspace)
            return _embedded(data, most, tools)


def _embedded(dataset: Dataset, most: int, tools: Tools) -> PhotoRows:
    materials = gather_materials(dataset, (), deadline=math.inf, seed=0, tools=tools)
    looks = (LANDMARK_LOOK, *PRIOR["nets"][0].on(materials.stock).looks)
    parts = [
        first_rows(dataset, materials, look, n_rows=most, deadline=math.inf, tools=tools) for look in looks
    ]
    examples = parts[0][1]
    assert all(others == examples for _, others in parts), "some photo was not decoded for every look"
    return PhotoRows(
        landmark=parts[0][0],
        recipe=np.concatenate([features for features, _ in parts[1:]], axis=1),
        labels=_numbered([str(example.target) for example in examples]),
        groups=_numbered([_group(example) for example in examples]),
    )


def _group(example: Example) -> str:
    return example.group or example.content_hash


def _numbered(names: Sequence[str]) -> Labels:
    """Return the rank of each name among all of them, [n] int64."""
    return np.unique(np.asarray(names), return_inverse=True)[1].astype(np.int64)

"""Landmarks of a data set, measured on the same features whatever it is trained on, so that data sets compare."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from apprenti.domain.backbone_name import PACKAGED
from apprenti.domain.dataset import Dataset, Example, TaskType
from apprenti.domain.recipe import Canvas, Look
from apprenti.flow.features import first_rows
from apprenti.flow.materials import Materials
from apprenti.flow.tools import Tools
from apprenti.recipes import SIZES_PX
from apprenti.stages.profile import measure_landmarks

LANDMARK_LOOK = Look(backbone=f"{PACKAGED}-{min(SIZES_PX)}", canvas=Canvas(size_px=min(SIZES_PX)))
"""The smallest of all backbones, and always this one: another's landmarks would say something else."""
N_LANDMARK = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Landmarks:
    """Landmarks, and how many photos they rest on.

    Args:
        scores: balanced accuracies, see ``domain.profile.Profile``; empty where too few photos were reached.
        n: photos.
    """

    scores: Mapping[str, float]
    n: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LandmarkRows:
    """Photos that are not for testing, and what the packaged network makes of them at its smallest.

    Args:
        features: [m, d] float32.
        examples: the m photos, in the order of their hashes.
    """

    features: NDArray[np.float32]
    examples: tuple[Example, ...]

    def labels(self, dataset: Dataset) -> NDArray[np.int64]:
        """Return the class index of each photo, [m] int64."""
        index = {label: number for number, label in enumerate(dataset.labels)}
        return np.asarray([index[str(example.target)] for example in self.examples], dtype=np.int64)


def look_for_landmarks(dataset: Dataset, materials: Materials, *, deadline: float, tools: Tools) -> Landmarks:
    """Measure the landmarks on the first photos, in the order of their hashes, that are not for testing.

    They are how well classes are told apart; of other tasks there are none, and no photo is looked at.

    Args:
        dataset: with splits.
        materials: where backbones come from.
        deadline: on ``tools.clock``; photos not reached by then are not measured on.
        tools: what to work with; the features stay on the shelf, for recipes that want them.
    """
    if dataset.task_type is not TaskType.MULTI_CLASS:
        return Landmarks(scores={}, n=0)
    rows = landmark_rows(dataset, materials, deadline=deadline, tools=tools)
    return landmarks_on(rows, dataset)


def landmark_rows(dataset: Dataset, materials: Materials, *, deadline: float, tools: Tools) -> LandmarkRows:
    """Return what landmarks are measured on; arguments as of ``look_for_landmarks``."""
    features, examples = first_rows(
        dataset, materials, LANDMARK_LOOK, n_rows=N_LANDMARK, deadline=deadline, tools=tools
    )
    return LandmarkRows(features=features, examples=examples)


def landmarks_on(rows: LandmarkRows, dataset: Dataset) -> Landmarks:
    """Measure the landmarks on these rows."""
    scores = measure_landmarks(rows.features, rows.labels(dataset), n_labels=len(dataset.labels))
    return Landmarks(scores=scores, n=len(rows.examples))

"""Cells for the knowledge: measured beside the finishing touches, from features that are already there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

import numpy as np

from apprenti.domain.dataset import Dataset, Example
from apprenti.domain.errors import ApprentiError
from apprenti.domain.profile import Profile
from apprenti.domain.recipe import Cell, Recipe, Trial
from apprenti.domain.seams import Limits, Task
from apprenti.flow.features import FeatureTable
from apprenti.flow.materials import Materials
from apprenti.flow.tools import Tools
from apprenti.flow.versions import program_versions
from apprenti.recipes import CELLS
from apprenti.stages.train import CellsJob, measure_cells, stratified_folds
from apprenti.store import append_cells

POLL_SECONDS = 0.02


@dataclass(frozen=True, slots=True, kw_only=True)
class CellsUnderWay:
    """Cells being measured in their own process, and where they will be kept.

    Args:
        task: the work under way; ``None`` when no knowledge is kept.
        profile: of the data.
        n_train: examples the trials were fitted on.
        hashes: SHA-256 of each network the user brought, by name; a file's name never enters the knowledge.
        tools: what to work with.
    """

    task: Task[tuple[Cell, ...]] | None
    profile: Profile
    n_train: int
    hashes: Mapping[str, str]
    tools: Tools

    def collect(self, trials: Sequence[Trial]) -> int:
        """Keep the cells that were measured and those of the trials; return how many."""
        if self.task is None or self.tools.knowledge_folder is None:
            return 0
        cells = [_cell(trial, self.n_train) for trial in trials if trial.score is not None]
        with suppress(ApprentiError):  # out of time or memory: the trials' own cells are kept
            cells += self.task.result()
        cells = [replace(cell, recipe=self._nameless(cell.recipe)) for cell in cells]
        versions = program_versions()
        try:
            append_cells(self.tools.knowledge_folder, profile=self.profile, cells=cells, versions=versions)
        except ApprentiError:
            return 0  # a full disk: a model never fails for want of knowledge
        return len(cells)

    def _nameless(self, recipe: str) -> str:
        """Return the recipe's name with each network called by its hash instead of its file."""
        for name, sha256 in self.hashes.items():
            recipe = recipe.replace(name, f"onnx-{sha256[:12]}")
        return recipe


def start_cells(
    dataset: Dataset,
    profile: Profile,
    materials: Materials,
    table: FeatureTable,
    *,
    seed: int,
    deadline: float,
    tools: Tools,
) -> CellsUnderWay:
    """Begin to measure cheap recipes on a part of the training photos, until ``deadline`` at the latest."""
    hashes = {network.name: network.sha256 for network in materials.networks}
    under_way = CellsUnderWay(
        task=None, profile=profile, n_train=len(table.fitted), hashes=hashes, tools=tools
    )
    now = tools.clock()
    if tools.knowledge_folder is None or deadline <= now:
        return under_way
    job = CellsJob(
        recipes=cell_recipes(materials),
        features=tuple(table.fitted_files[name] for name in _names(materials)),
        labels=table.labels(table.fitted, dataset.labels),
        held_out=_held_out(table.fitted),
        n_labels=len(dataset.labels),
        seed=seed,
        deadline=deadline,
        clock=tools.clock,
    )
    limits = Limits(seconds=deadline - now, memory_mb=tools.memory_mb)
    return replace(under_way, task=tools.engine.start(measure_cells, job, limits=limits))


def cell_recipes(materials: Materials) -> tuple[Recipe, ...]:
    """Return the recipes cells are measured for, cheapest first."""
    return tuple(template.recipe(_names(materials), materials.canvas) for template in CELLS)


def _names(materials: Materials) -> tuple[str, ...]:
    """Return the backbones cells are measured on: the networks, or the hand-made features without any."""
    return tuple(backbone.name for backbone in materials.networks or materials.classic)


def _held_out(examples: Sequence[Example]) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Hold out two groups in five, so that a cell has enough rows to be scored on."""
    return np.asarray(stratified_folds(examples, n_folds=5) < 2)


def _cell(trial: Trial, n_train: int) -> Cell:
    return Cell(
        recipe=trial.recipe.name,
        score=trial.score or 0.0,
        balanced_accuracy=trial.balanced_accuracy or 0.0,
        seconds=trial.seconds,
        split="validation" if trial.scheme in ("given", "holdout") else "cross-validation",
        n_train=n_train,
    )

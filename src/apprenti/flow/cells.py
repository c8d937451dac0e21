"""Cells for the knowledge: measured beside the finishing touches, from features that are already there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from apprenti.domain.dataset import Dataset, Example, TaskType
from apprenti.domain.errors import ApprentiError
from apprenti.domain.outlook import Hindsight
from apprenti.domain.profile import Profile
from apprenti.domain.recipe import Cell, Recipe, Trial
from apprenti.domain.seams import Limits, Task
from apprenti.flow.choosing import ground_of
from apprenti.flow.features import FeatureTable
from apprenti.flow.materials import Materials
from apprenti.flow.race import Race
from apprenti.flow.tools import Tools
from apprenti.flow.versions import program_versions
from apprenti.recipes import templates_for
from apprenti.stages.train import MAX_HELD_OUT_ROWS, CellsJob, measure_cells, shared_part, stratified_folds
from apprenti.store import append_cells

N_CELLS = 40
"""Thirty cells a training teach what five never would; more would keep a person waiting for a finished model."""
LAST_RECIPE_SECONDS = 3.0
"""How long before its process is stopped the last recipe may begin."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CellsUnderWay:
    """Cells being measured in their own process, and where they will be kept.

    Args:
        task: the work under way; ``None`` when no knowledge is kept.
        profile: of the data.
        kept_as: what the knowledge calls each network the user brought, by name.
        recipes: those that are measured, by name.
        n_held_out: photos they are scored on.
        tools: what to work with.
    """

    task: Task[tuple[Cell, ...]] | None
    profile: Profile
    kept_as: Mapping[str, str]
    tools: Tools
    recipes: Mapping[str, Recipe] = field(default_factory=dict)
    n_held_out: int = 0

    def collect(self) -> tuple[Cell, ...]:
        """Return the cells that were measured. Ctrl-C ends the measuring."""
        if self.task is None:
            return ()
        self.tools.progress.begin("cells")
        try:
            return self.task.result()
        except ApprentiError:
            return ()  # out of time or memory
        except KeyboardInterrupt:
            self.task.kill()
            return ()
        finally:
            self.tools.progress.end()

    def hindsight(self, measured: Sequence[Cell], kept: Recipe, race: Race) -> Hindsight | None:
        """Return how the kept recipe compares with those the race did not try; ``None`` where nothing says."""
        tried = {trial.recipe.name for trial in race.finished}
        kept_cell = next((cell for cell in measured if cell.recipe == kept.name), None)
        others = [cell for cell in measured if cell.recipe not in tried]
        if kept_cell is None or not others:
            return None
        best = max(others, key=lambda cell: cell.score)
        return Hindsight(
            n_others=len(others),
            n_photos=self.n_held_out,
            best=self.recipes[best.recipe],
            best_score=best.score,
            kept_score=kept_cell.score,
        )

    def keep(self, measured: Sequence[Cell], race: Race) -> int:
        """Keep the cells that were measured; return how many.

        Those of the race are kept only where nothing was measured: they were fitted on more photos and judged on
        others, and no recipe must look better than its neighbour for that.
        """
        if self.tools.knowledge_folder is None:
            return 0
        cells = list(measured) or [
            _cell(trial, race) for trial in race.finished if not trial.recipe.is_trained
        ]
        cells = [replace(cell, recipe=self._nameless(cell.recipe)) for cell in cells]
        versions = program_versions()
        try:
            append_cells(self.tools.knowledge_folder, profile=self.profile, cells=cells, versions=versions)
        except ApprentiError:
            return 0  # a full disk: a model never fails for want of knowledge
        return len(cells)

    def _nameless(self, recipe: str) -> str:
        """Return the recipe's name with each network called by its hash instead of its file."""
        for name, kept in self.kept_as.items():
            recipe = recipe.replace(name, kept)
        return recipe


def start_cells(
    dataset: Dataset,
    profile: Profile,
    materials: Materials,
    table: FeatureTable,
    race: Race,
    *,
    seed: int,
    deadline: float,
    tools: Tools,
) -> CellsUnderWay:
    """Begin to measure recipes on a part of the training photos, until ``deadline`` at the latest.

    Cells are accuracies: where no classes are told apart none is measured and none is kept.
    """
    if dataset.task_type is not TaskType.MULTI_CLASS:
        tools = replace(tools, knowledge_folder=None)
    under_way = CellsUnderWay(task=None, profile=profile, kept_as=materials.kept_as, tools=tools)
    now = tools.clock()
    if tools.knowledge_folder is None or deadline <= now:
        return under_way
    held_out = _held_out(table.fitted)
    job = CellsJob(
        recipes=cell_recipes(profile, materials, table, tried=_frozen(race)),
        files=table.fitted_files,
        labels=table.labels(table.fitted, dataset.labels),
        held_out=held_out,
        n_labels=len(dataset.labels),
        seed=seed,
        deadline=deadline - LAST_RECIPE_SECONDS,
        clock=tools.clock,
    )
    limits = Limits(seconds=deadline - now, memory_mb=tools.memory_mb)
    task = tools.engine.start(measure_cells, job, limits=limits)
    return replace(
        under_way,
        task=task,
        recipes={recipe.name: recipe for recipe in job.recipes},
        n_held_out=min(int(held_out.sum()), MAX_HELD_OUT_ROWS),
    )


def cell_recipes(
    profile: Profile, materials: Materials, table: FeatureTable, *, tried: Sequence[Recipe]
) -> tuple[Recipe, ...]:
    """Return the recipes cells are measured for: those tried, then the cheapest that the features at hand allow.

    Those that share their transformed features stand side by side.
    """
    ground = ground_of(profile, materials, n_fits=1)
    recipes = [template.on(ground.stock) for template in templates_for(ground.stock)]
    names = {recipe.name for recipe in tried}
    waiting = [recipe for recipe in recipes if not table.missing(recipe) and recipe.name not in names]
    cheapest = sorted(waiting, key=ground.fitting_seconds)[: N_CELLS - len(tried)]
    together: dict[str, list[Recipe]] = {}
    for recipe in (*tried, *cheapest):
        together.setdefault(shared_part(recipe), []).append(recipe)
    return tuple(recipe for group in together.values() for recipe in group)


def _frozen(race: Race) -> list[Recipe]:
    """Return the recipes tried that no network was trained for: its features know photos that cells hold out."""
    return [trial.recipe for trial in race.finished if not trial.recipe.is_trained]


def _held_out(examples: Sequence[Example]) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Hold out two groups in five, so that a cell has enough rows to be scored on."""
    return np.asarray(stratified_folds(examples, n_folds=5) < 2)


def _cell(trial: Trial, race: Race) -> Cell:
    """Return the cell of a finished trial: one fit of it, as the other cells are."""
    result = race.results[trial.recipe.name]
    return Cell(
        recipe=trial.recipe.name,
        score=result.score,
        balanced_accuracy=result.balanced_accuracy or 0.0,
        seconds=result.seconds / result.n_fits,
        split="validation" if result.n_fits == 1 else "cross-validation",
        n_train=result.n_fitted,
    )

"""The work of one source and of one task, for worker processes; everything is kept, nothing is done twice."""

from __future__ import annotations

import json
import math
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from apprenti.blocks.backbone import Backbone
from apprenti.blocks.embedded import load_embedded
from apprenti.blocks.embedding import embed, embed_all
from apprenti.blocks.views import mirrored
from apprenti.domain.dataset import Dataset, Example
from apprenti.domain.json_form import from_json, to_json
from apprenti.domain.profile import Profile
from apprenti.domain.recipe import Canvas, Cell, Look, Recipe
from apprenti.domain.seams import Shelf
from apprenti.engine import InlineEngine
from apprenti.flow.choosing import ground_of
from apprenti.flow.landmarks import look_for_landmarks
from apprenti.flow.materials import Materials, gather_materials
from apprenti.flow.tools import Tools
from apprenti.flow.versions import program_versions
from apprenti.recipes import PACKAGED_SPACE, SIZES_PX, column_of
from apprenti.stages.profile import describe
from apprenti.stages.train import CellsJob, measure_cells, shared_part
from apprenti.store import FeatureShelf, MemoryShelf
from knowledge.datasets import SOURCES, Source, Task
from knowledge.layout import folder_name, read_source
from knowledge.silence import Silence
from knowledge.tasks import Rows, as_a_user_has_it, rows_of

SEED = 0
MAX_FIT_SECONDS = 20.0
"""Recipes predicted to take longer for one fit have no cell: 136 classes of boosted trees teach little."""
SHELF_MAX_BYTES = 4 * 2**30


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceJob:
    """A source to be laid out and embedded, until ``deadline`` on ``time.monotonic``."""

    source: Source
    work: Path
    data_root: Path
    deadline: float

    @property
    def name(self) -> str:
        """What an error calls it."""
        return self.source.name


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskJob:
    """A task to be measured, on a source that is embedded."""

    task: Task
    work: Path
    data_root: Path

    @property
    def name(self) -> str:
        """What an error calls it."""
        return self.task.name


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What a task taught.

    Args:
        task: its name.
        family: what is left out together.
        profile: as a user's own data set of these photos would have it.
        cells: named by their columns.
        n_held_out: photos each score rests on.
        versions: of the programs that took part.
        weights_sha256: of the packaged network.
        catalogue_sha256: of the names of all recipes there were.
    """

    task: str
    family: str
    profile: Profile
    cells: tuple[Cell, ...]
    n_held_out: int
    versions: Mapping[str, str]
    weights_sha256: str
    catalogue_sha256: str


def embed_source(job: SourceJob) -> str:
    """Lay a source out and put its features on the shelf, both views of a size from one decoding; return its name."""
    dataset = read_source(job.source, work=job.work, data_root=job.data_root)
    shelf = _shelf(job.source, job.work)
    for size_px in SIZES_PX:
        backbone = load_embedded(size_px)
        embed_all(
            dataset.examples,
            (backbone, mirrored(backbone)),
            _own_canvas(backbone),
            engine=InlineEngine(),
            shelf=shelf,
            progress=Silence(),
            deadline=job.deadline,
        )
    return job.source.name


def measure_task(job: TaskJob) -> str:
    """Measure every recipe on a task and keep what came of it; return its name."""
    path = result_path(job.task, job.work)
    if read_result(job.task, job.work) is None:
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_suffix(".part")
        unfinished.write_text(json.dumps(to_json(measured(job))), encoding="utf-8")
        unfinished.rename(path)
    return job.task.name


def measured(job: TaskJob) -> Measured:
    """Return the profile and the cells of a task."""
    source = SOURCES[job.task.source]
    dataset = read_source(source, work=job.work, data_root=job.data_root)
    rows = rows_of(job.task, dataset)
    tools = Tools(
        engine=InlineEngine(), shelf=_shelf(source, job.work), progress=Silence(), clock=time.process_time
    )
    users = as_a_user_has_it(job.task, dataset, rows)
    materials = gather_materials(users, (), deadline=math.inf, seed=SEED, tools=tools)
    landmarks = look_for_landmarks(users, materials, deadline=math.inf, tools=tools)
    profile = describe(users, landmarks=landmarks.scores, n_landmark=landmarks.n)
    return Measured(
        task=job.task.name,
        family=source.family,
        profile=profile,
        cells=_cells(users, rows, materials, profile, tools.shelf),
        n_held_out=len(rows.held_out),
        versions=program_versions(),
        weights_sha256=load_embedded(min(SIZES_PX)).sha256,
        catalogue_sha256=catalogue_sha256(),
    )


def result_path(task: Task, work: Path) -> Path:
    """Return the file a task's result is kept in."""
    return work / "cells" / f"{folder_name(task.name)}.json"


def read_result(task: Task, work: Path) -> Measured | None:
    """Return what a task taught, where it was measured with the weights, the recipes and the programs of today.

    Its family is the one it has today: which data sets are kin may be seen later than they are measured.
    """
    try:
        found: Measured = from_json(Measured, json.loads(result_path(task, work).read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return None
    today = (load_embedded(min(SIZES_PX)).sha256, catalogue_sha256(), program_versions())
    if (found.weights_sha256, found.catalogue_sha256, dict(found.versions)) != today:
        return None
    return replace(found, family=SOURCES[task.source].family)


def catalogue_sha256() -> str:
    """Return a hash over the names of all recipes of the package: another catalogue is measured anew."""
    return sha256("\n".join(sorted(template.name for template in PACKAGED_SPACE)).encode()).hexdigest()


def _cells(
    dataset: Dataset, rows: Rows, materials: Materials, profile: Profile, shelf: Shelf
) -> tuple[Cell, ...]:
    """Return one cell for each recipe, named by its column; seconds are those of the processor."""
    examples = sorted((*rows.fitted, *rows.held_out), key=lambda example: example.content_hash)
    held_out = {example.content_hash for example in rows.held_out}
    index = {label: number for number, label in enumerate(dataset.labels)}
    recipes = recipes_for(materials, profile)
    with tempfile.TemporaryDirectory() as folder:
        job = CellsJob(
            recipes=recipes,
            files=_files(recipes, examples, materials, shelf, Path(folder)),
            labels=np.asarray([index[str(example.target)] for example in examples], dtype=np.int64),
            held_out=np.asarray([example.content_hash in held_out for example in examples]),
            n_labels=len(dataset.labels),
            seed=SEED,
            deadline=math.inf,
            clock=time.process_time,
        )
        column = {recipe.name: column_of(recipe) for recipe in recipes}
        return tuple(replace(cell, recipe=column[cell.recipe]) for cell in measure_cells(job))


def recipes_for(materials: Materials, profile: Profile) -> tuple[Recipe, ...]:
    """Return the recipes of the package that do not take too long, those that share work side by side."""
    ground = ground_of(profile, materials, n_fits=1)
    recipes = [template.on(ground.stock) for template in PACKAGED_SPACE]
    quick = [recipe for recipe in recipes if ground.fitting_seconds(recipe) <= MAX_FIT_SECONDS]
    return tuple(sorted(quick, key=shared_part))


def _files(
    recipes: Sequence[Recipe], examples: Sequence[Example], materials: Materials, shelf: Shelf, folder: Path
) -> dict[Look, Path]:
    """Return the features of every look; a backbone has the same on whatever canvas.

    A recipe of two sizes has the smaller one look at the larger canvas, made smaller in the graph. That moves features
    by less than chance moves scores, and would have every photo embedded three times as often.
    """
    found: dict[str, Path] = {}
    files = {}
    for look in dict.fromkeys(look for recipe in recipes for look in recipe.looks):
        if look.backbone not in found:
            backbone = materials.backbone(look.backbone)
            learnt_here = look.backbone in materials.stock.classic
            canvas = materials.canvas if learnt_here else _own_canvas(backbone)
            features = _features(examples, backbone, canvas, MemoryShelf() if learnt_here else shelf)
            found[look.backbone] = folder / f"{len(found)}.npy"
            np.save(found[look.backbone], features)
        files[look] = found[look.backbone]
    return files


def _features(
    examples: Sequence[Example], backbone: Backbone, canvas: Canvas, shelf: Shelf
) -> NDArray[np.float32]:
    """Return the features of all examples; one that cannot be read is an error, since they were all read before."""
    found = embed(examples, backbone, canvas, engine=InlineEngine(), shelf=shelf, progress=Silence())
    if len(found.hashes) < len(examples):
        raise ValueError(f"{len(examples) - len(found.hashes)} photos cannot be read any more")
    return found.features


def _own_canvas(backbone: Backbone) -> Canvas:
    return Canvas(size_px=backbone.size_px, fit=backbone.fit)


def _shelf(source: Source, work: Path) -> FeatureShelf:
    """Return the shelf of a source: a shelf of its own is read faster."""
    folder = work / "features" / folder_name(source.name)
    folder.parent.mkdir(parents=True, exist_ok=True)
    return FeatureShelf(folder, max_bytes=SHELF_MAX_BYTES)

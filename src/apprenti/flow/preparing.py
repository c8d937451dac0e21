"""All that comes before the race: photos read, features learnt and worked out, and what the choice rests on."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from pathlib import Path

from apprenti.domain.dataset import Dataset, Split
from apprenti.domain.errors import DataError
from apprenti.domain.knowledge_table import Knowledge
from apprenti.domain.profile import Profile
from apprenti.domain.recipe import Look
from apprenti.domain.sentence import Sentence
from apprenti.flow.backbones import Brought
from apprenti.flow.choosing import RecipeKind, first_pick, ground_of
from apprenti.flow.features import FeatureTable, lay_out_features
from apprenti.flow.going_on import deciding
from apprenti.flow.knowing import gather_knowledge
from apprenti.flow.landmarks import Landmarks, look_for_landmarks
from apprenti.flow.materials import Materials, gather_materials
from apprenti.flow.same_data import at_their_places, listing_digest
from apprenti.flow.schedule import Schedule, load_of
from apprenti.flow.step_forms import DATASET, KNOWLEDGE, LANDMARKS, REACHED, TIME_LEFT, Reached, TimeLeft
from apprenti.flow.steps import JournalDisagreesError, Steps
from apprenti.flow.tools import Tools
from apprenti.stages.ingest import list_source, read_listing
from apprenti.stages.profile import describe
from apprenti.stages.select import Ground
from apprenti.stages.train import Folds, assign_folds


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a training is asked for.

    Args:
        source: folder, archive or table of labelled photos.
        brought: backbones at hand.
        budget_seconds: wall time.
        seed: of everything random.
        recipes: which may be picked.
    """

    source: Path
    brought: Brought
    budget_seconds: float
    seed: int
    recipes: RecipeKind

    def schedule(self, steps: Steps) -> Schedule:
        """Return when each part is over, as the budget runs now."""
        return Schedule.of(self.budget_seconds, begun=steps.begun, only_networks=self.recipes == "deep")


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """What the race is run on.

    Args:
        dataset: as far as it was reached.
        materials: where features come from.
        knowledge: of earlier trainings; ``None`` where there is none.
        table: the features.
        folds: which rows are held out in turn.
        profile: of the data.
        ground: what the choice rests on.
        load: how much longer all takes than on a machine that is free, 1 or more.
        resumed: whether a training that was killed goes on.
    """

    dataset: Dataset
    materials: Materials
    knowledge: Knowledge | None
    table: FeatureTable
    folds: Folds
    profile: Profile
    ground: Ground
    load: float
    resumed: bool


def prepare(asked: Asked, steps: Steps, *, workspace: Path, tools: Tools) -> Prepared:
    """Read the photos, learn and work out features, and say what the choice of recipes rests on.

    Args:
        asked: what is to be trained.
        steps: those that were recorded are not worked again.
        workspace: private folder for files.
        tools: what to work with.

    Raises:
        DataError: the data cannot be trained on.
        JournalDisagreesError: what was recorded does not fit the photos.
    """
    dataset, resumed = _read(asked, steps, workspace, tools)
    materials = gather_materials(
        dataset,
        asked.brought.backbones,
        weights=asked.brought.tunable,
        deadline=asked.schedule(steps).dictionary_ends,
        seed=asked.seed,
        tools=tools,
        steps=steps,
    )
    landmarks = steps.once(
        "landmarks",
        lambda: look_for_landmarks(
            dataset, materials, deadline=asked.schedule(steps).landmarks_end, tools=tools
        ),
        LANDMARKS,
    )
    ground = _ground(dataset, landmarks, materials)
    knowledge = steps.once(
        "knowledge",  # other trainings may add to it while this one is dead
        lambda: gather_knowledge(tools.knowledge_folder, kept_as=materials.kept_as),
        KNOWLEDGE,
    )
    left = time_left("first", asked, steps, tools)
    first = first_pick(ground, knowledge, seconds_left=left, seed=asked.seed)
    # what is reached of its looks decides which photos take part
    table, seconds = _laid_out(dataset, materials, first.recipe.looks, asked, steps, workspace, tools)
    dataset = _as_reached(dataset, table)
    folds = assign_folds(table.fitted, dataset.task_type)
    profile = describe(dataset, landmarks=landmarks.scores, n_landmark=landmarks.n)
    return Prepared(
        dataset=dataset,
        materials=materials,
        knowledge=knowledge,
        table=table,
        folds=folds,
        profile=profile,
        ground=replace(ground, profile=profile, n_fits=folds.n_folds, embedded=table.looks),
        load=load_of(table, first.recipe, profile=ground.profile, seconds=seconds),
        resumed=resumed,
    )


def time_left(step: str, asked: Asked, steps: Steps, tools: Tools) -> float:
    """Return the seconds until the race must be over, or what they were when this was first asked."""
    read = steps.once(
        step, lambda: TimeLeft(seconds=asked.schedule(steps).race_ends - tools.clock()), TIME_LEFT
    )
    return read.seconds


def _read(asked: Asked, steps: Steps, workspace: Path, tools: Tools) -> tuple[Dataset, bool]:
    """Return the data set, and whether it is that of a training that goes on."""
    listing = list_source(asked.source, workspace, tools.progress)
    resumed = steps.begin(
        deciding(
            listing_digest=listing_digest(listing),
            budget_seconds=asked.budget_seconds,
            backbones=asked.brought.backbones,
            seed=asked.seed,
            recipes=asked.recipes,
        )
    )
    if resumed:
        tools.progress.begin("resuming")
        tools.progress.end()
    dataset = steps.once(
        "read",
        lambda: read_listing(
            listing,
            asked.source,
            engine=tools.engine,
            progress=tools.progress,
            deadline=asked.schedule(steps).reading_ends,
        ),
        DATASET,
    )
    if steps.is_going_on:
        dataset = at_their_places(dataset, listing, engine=tools.engine)
    return replace(dataset, notices=(*dataset.notices, *asked.brought.notices)), resumed


def _laid_out(
    dataset: Dataset,
    materials: Materials,
    looks: tuple[Look, ...],
    asked: Asked,
    steps: Steps,
    workspace: Path,
    tools: Tools,
) -> tuple[FeatureTable, float]:
    """Return the first features, of all photos that are reached in time, or of those that were reached before.

    And the seconds that it took, when they were worked out.
    """

    def lay_out(examples: Dataset, deadline: float) -> FeatureTable:
        return lay_out_features(examples, materials, looks, folder=workspace, deadline=deadline, tools=tools)

    tables: list[FeatureTable] = []

    def reach() -> Reached:
        begun = tools.clock()
        tables.append(lay_out(dataset, asked.schedule(steps).embedding_ends_from(begun)))
        return Reached(
            hashes=_hashes(tables[0]),
            set_aside=tables[0].set_aside,
            n_left_out=tables[0].n_left_out,
            seconds=tools.clock() - begun,
        )

    reached = steps.once("reached", reach, REACHED)
    if tables:
        return tables[0], reached.seconds
    wanted = set(reached.hashes)
    examples = tuple(example for example in dataset.examples if example.content_hash in wanted)
    table = lay_out(replace(dataset, examples=examples), math.inf)
    if _hashes(table) != reached.hashes:
        raise JournalDisagreesError("reached")
    table.set_aside, table.n_left_out = reached.set_aside, reached.n_left_out
    return table, reached.seconds


def _hashes(table: FeatureTable) -> tuple[str, ...]:
    return tuple(example.content_hash for example in (*table.fitted, *table.test))


def _as_reached(dataset: Dataset, table: FeatureTable) -> Dataset:
    """Return the data set as far as it was embedded, with a notice where time ran out or a photo broke."""
    reached = {example.content_hash for example in (*table.fitted, *table.test)}
    notices = dataset.notices
    if table.n_left_out:
        notices += (
            Sentence(
                key="train.not_all_embedded",
                values={"n": len(reached), "n_all": len(reached) + table.n_left_out},
            ),
        )
    examples = tuple(example for example in dataset.examples if example.content_hash in reached)
    if len({str(example.target) for example in table.fitted}) < 2:
        raise DataError("too_few_embedded", n=len(examples))
    return replace(
        dataset, examples=examples, notices=notices, set_aside=(*dataset.set_aside, *table.set_aside)
    )


def _ground(dataset: Dataset, landmarks: Landmarks, materials: Materials) -> Ground:
    """Return what is known before any recipe has its features."""
    profile = describe(dataset, landmarks=landmarks.scores, n_landmark=landmarks.n)
    learnt_from = [example for example in dataset.examples if example.split is not Split.TEST]
    folds = assign_folds(learnt_from, dataset.task_type)
    return ground_of(profile, materials, n_fits=folds.n_folds, task_type=dataset.task_type)

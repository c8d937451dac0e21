"""Inspect: what is in the data, what is wrong with it, and how hard it looks, before anything is trained."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from apprenti.domain.dataset import Dataset, Split, TaskType
from apprenti.domain.hub import BackboneChoice
from apprenti.domain.knowledge_table import Knowledge
from apprenti.domain.more_photos import MorePhotos
from apprenti.domain.outlook import Outlook
from apprenti.domain.profile import Profile
from apprenti.domain.recipe import Pick
from apprenti.flow.backbones import bring_backbones
from apprenti.flow.choosing import choose_by, first_pick, ground_of, has_torch
from apprenti.flow.knowing import gather_knowledge
from apprenti.flow.landmarks import LandmarkRows, Landmarks, landmark_rows, landmarks_on
from apprenti.flow.materials import gather_materials
from apprenti.flow.more_photos import foretell_more_photos
from apprenti.flow.room_for_networks import RoomForNetworks, leaves_room, room_for_networks
from apprenti.flow.schedule import race_seconds
from apprenti.flow.tools import Tools
from apprenti.stages.ingest import read_dataset
from apprenti.stages.profile import describe
from apprenti.stages.select import Ground
from apprenti.stages.train import assign_folds
from apprenti.store import private_workspace


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspection:
    """What one look at the data tells.

    Args:
        dataset: with splits, files set aside, duplicates and notices.
        profile: sizes, colours and, of classes, landmarks.
        picks: the recipes that would be trained, with reasons and predicted seconds.
        outlook: what is expected of them and what they rest on; ``None`` where nothing is known.
        predicted_seconds: of features and picks together.
        more_photos: what more photos should bring; ``None`` where there are too few to say, or no classes.
        networks: what it would take to train a network on these photos; ``None`` where it would not be worth saying.
    """

    dataset: Dataset
    profile: Profile
    picks: tuple[Pick, ...]
    outlook: Outlook | None = None
    predicted_seconds: float = 0.0
    more_photos: MorePhotos | None = None
    networks: RoomForNetworks | None = None


def inspect_data(
    source: Path, *, backbones: Sequence[BackboneChoice] = (), seed: int = 0, tools: Tools
) -> Inspection:
    """Read the data, describe it, and say what would be trained and what more photos should bring.

    Args:
        source: folder, archive or table of labelled photos.
        backbones: ONNX files or networks of a hub that would be trained on.
        seed: of everything random.
        tools: what to work with.

    Raises:
        BackboneError: a backbone cannot be had or used; told of a hub's before anything else is done.
        DataError: there is nothing to be trained on; the message says why and what to do.
    """
    with private_workspace() as workspace:
        looked = look_at_data(source, backbones=backbones, seed=seed, workspace=workspace, tools=tools)
        selector = choose_by(looked.ground, looked.knowledge, seed=seed)
        picks = selector.plan()
        networks = None
        if leaves_room(selector.outlook()):
            networks = room_for_networks(
                looked.ground,
                selector,
                race_seconds=race_seconds,
                seconds_before=looked.seconds_before,
                has_torch=has_torch(),
            )
        return Inspection(
            dataset=looked.dataset,
            profile=looked.ground.profile,
            picks=picks,
            outlook=selector.outlook(),
            predicted_seconds=looked.embedding_seconds + sum(pick.predicted_seconds for pick in picks),
            more_photos=None
            if looked.rows is None
            else foretell_more_photos(looked.dataset, looked.rows, seed=seed),
            networks=networks,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """What a choice of recipes would rest on, before anything is trained.

    Args:
        dataset: with splits, files set aside, duplicates and notices.
        ground: with the profile; the features of the first pick count as there.
        knowledge: of earlier trainings; ``None`` where there is none.
        rows: of landmarks; ``None`` where no classes are told apart.
        looking_seconds: what this took.
        embedding_seconds: what the features of the first pick should take.
    """

    dataset: Dataset
    ground: Ground
    knowledge: Knowledge | None
    rows: LandmarkRows | None
    looking_seconds: float
    embedding_seconds: float

    @property
    def seconds_before(self) -> float:
        """What comes before the race of a training."""
        return self.looking_seconds + self.embedding_seconds


def look_at_data(
    source: Path, *, backbones: Sequence[BackboneChoice] = (), seed: int = 0, workspace: Path, tools: Tools
) -> Looked:
    """Read the data and describe it; see ``inspect_data``.

    Args:
        source: folder, archive or table of labelled photos.
        backbones: ONNX files or networks of a hub that would be trained on.
        seed: of everything random.
        workspace: a private folder that exists as long as the data set is used.
        tools: what to work with.
    """
    brought = bring_backbones(backbones, tools=tools)
    begun = tools.clock()
    dataset = read_dataset(source, engine=tools.engine, progress=tools.progress, workspace=workspace)
    dataset = replace(dataset, notices=(*dataset.notices, *brought.notices))
    materials = gather_materials(
        dataset,
        brought.backbones,
        weights=brought.tunable,
        deadline=math.inf,
        seed=seed,
        tools=tools,
    )
    rows = None  # of classes only
    if dataset.task_type is TaskType.MULTI_CLASS:
        rows = landmark_rows(dataset, materials, deadline=math.inf, tools=tools)
    landmarks = Landmarks(scores={}, n=0) if rows is None else landmarks_on(rows, dataset)
    profile = describe(dataset, landmarks=landmarks.scores, n_landmark=landmarks.n)
    looked = tools.clock()
    whole = [example for example in dataset.examples if example.split is not Split.TEST]
    folds = assign_folds(whole, dataset.task_type)
    ground = ground_of(profile, materials, n_fits=folds.n_folds, task_type=dataset.task_type)
    knowledge = gather_knowledge(tools.knowledge_folder, kept_as=materials.kept_as)
    first = first_pick(ground, knowledge, seconds_left=math.inf, seed=seed)
    return Looked(
        dataset=dataset,
        ground=replace(ground, embedded=frozenset(first.recipe.looks)),
        knowledge=knowledge,
        rows=rows,
        looking_seconds=looked - begun,
        embedding_seconds=first.embedding_seconds,
    )

"""Inspect: what is in the data, what is wrong with it, and how hard it looks, before anything is trained."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from apprenti.domain.dataset import Dataset, Split, TaskType
from apprenti.domain.errors import ApprentiError
from apprenti.domain.hub import BackboneChoice
from apprenti.domain.more_photos import MorePhotos
from apprenti.domain.outlook import Outlook
from apprenti.domain.profile import Profile
from apprenti.domain.recipe import Pick
from apprenti.domain.sentence import Sentence
from apprenti.flow.backbones import bring_backbones
from apprenti.flow.choosing import choose_by, first_pick, ground_of
from apprenti.flow.knowing import gather_knowledge
from apprenti.flow.landmarks import landmark_rows, landmarks_on
from apprenti.flow.materials import gather_materials
from apprenti.flow.more_photos import foretell_more_photos
from apprenti.flow.tools import Tools
from apprenti.stages.ingest import read_dataset, refuse_unsupported
from apprenti.stages.profile import describe
from apprenti.stages.train import assign_folds
from apprenti.store import private_workspace


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspection:
    """What one look at the data tells.

    Args:
        dataset: with splits, files set aside, duplicates and notices.
        profile: sizes, colours and landmarks; ``None`` where the task is not multi-class yet.
        picks: the recipes that would be trained, with reasons and predicted seconds.
        outlook: what is expected of them and what they rest on; ``None`` where nothing is known.
        predicted_seconds: of features and picks together.
        more_photos: what more photos should bring; ``None`` where there are too few to say.
    """

    dataset: Dataset
    profile: Profile | None
    picks: tuple[Pick, ...]
    outlook: Outlook | None = None
    predicted_seconds: float = 0.0
    more_photos: MorePhotos | None = None


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
    brought = bring_backbones(backbones, tools=tools)
    with private_workspace() as workspace:
        dataset = read_dataset(source, engine=tools.engine, progress=tools.progress, workspace=workspace)
        dataset = replace(dataset, notices=(*dataset.notices, *brought.notices))
        if dataset.task_type is not TaskType.MULTI_CLASS:
            return Inspection(dataset=_with_refusal(dataset), profile=None, picks=())
        materials = gather_materials(dataset, brought.backbones, deadline=math.inf, seed=seed, tools=tools)
        rows = landmark_rows(dataset, materials, deadline=math.inf, tools=tools)
        landmarks = landmarks_on(rows, dataset)
        profile = describe(dataset, landmarks=landmarks.scores, n_landmark=landmarks.n)
        whole = [example for example in dataset.examples if example.split is not Split.TEST]
        ground = ground_of(profile, materials, n_fits=assign_folds(whole).n_folds)
        knowledge = gather_knowledge(tools.knowledge_folder, kept_as=materials.kept_as)
        first = first_pick(ground, knowledge, seconds_left=math.inf, seed=seed)
        ready = replace(ground, embedded=frozenset(first.recipe.looks))
        selector = choose_by(ready, knowledge, seed=seed)
        picks = selector.plan()
        return Inspection(
            dataset=dataset,
            profile=profile,
            picks=picks,
            outlook=selector.outlook(),
            predicted_seconds=first.embedding_seconds + sum(pick.predicted_seconds for pick in picks),
            more_photos=foretell_more_photos(dataset, rows, seed=seed),
        )


def _with_refusal(dataset: Dataset) -> Dataset:
    """Return the data set with a notice that says why it cannot be trained on yet."""
    try:
        refuse_unsupported(dataset)
    except ApprentiError as refusal:
        notice = Sentence(key=f"errors.{refusal.key}", values=refusal.values)
        return replace(dataset, notices=(notice, *dataset.notices))
    return dataset

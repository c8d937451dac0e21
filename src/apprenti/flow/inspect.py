"""Inspect: what is in the data, what is wrong with it, and how hard it looks, before anything is trained."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from apprenti.domain.dataset import Dataset, Split, TaskType
from apprenti.domain.errors import ApprentiError
from apprenti.domain.profile import Profile
from apprenti.domain.recipe import Pick
from apprenti.domain.sentence import Sentence
from apprenti.flow.features import lay_out_features
from apprenti.flow.materials import gather_materials
from apprenti.flow.tools import Tools
from apprenti.stages.ingest import read_dataset, refuse_unsupported
from apprenti.stages.profile import describe, measure_landmarks
from apprenti.stages.select import Ground, open_selector
from apprenti.stages.train import assign_folds
from apprenti.store import private_workspace

N_LOOKED_AT = 600
"""Training photos the landmarks are measured on: enough to tell easy from hard, done in seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspection:
    """What one look at the data tells.

    Args:
        dataset: with splits, files set aside, duplicates and notices.
        profile: sizes, colours and landmarks; ``None`` where the task is not multi-class yet.
        picks: the recipes that would be trained, with reasons and predicted seconds.
    """

    dataset: Dataset
    profile: Profile | None
    picks: tuple[Pick, ...]


def inspect_data(source: Path, *, backbones: Sequence[Path] = (), seed: int = 0, tools: Tools) -> Inspection:
    """Read the data, describe it, and say what would be trained.

    Args:
        source: folder, archive or table of labelled photos.
        backbones: ONNX files that would be trained on.
        seed: of everything random.
        tools: what to work with.

    Raises:
        DataError: there is nothing to be trained on; the message says why and what to do.
    """
    with private_workspace() as workspace:
        dataset = read_dataset(source, engine=tools.engine, progress=tools.progress, workspace=workspace)
        if dataset.task_type is not TaskType.MULTI_CLASS:
            return Inspection(dataset=_with_refusal(dataset), profile=None, picks=())
        some = replace(dataset, examples=dataset.in_split(Split.TRAIN)[:N_LOOKED_AT])
        materials = gather_materials(some, backbones, deadline=math.inf, seed=seed, tools=tools)
        table = lay_out_features(some, materials, folder=workspace, deadline=math.inf, tools=tools)
        features, labels = table.smallest_rows(N_LOOKED_AT, dataset.labels)
        landmarks = measure_landmarks(features, labels, n_labels=len(dataset.labels))
        profile = describe(dataset, landmarks=landmarks, n_landmark=len(labels))
        whole = [example for example in dataset.examples if example.split is not Split.TEST]
        ground = Ground(
            profile=profile,
            networks={backbone.name: backbone.n_features for backbone in materials.networks},
            classic={backbone.name: backbone.n_features for backbone in materials.classic},
            canvas=materials.canvas,
            n_fits=assign_folds(whole).n_folds,
        )
        return Inspection(dataset=dataset, profile=profile, picks=open_selector(ground, seed=seed).plan())


def _with_refusal(dataset: Dataset) -> Dataset:
    """Return the data set with a notice that says why it cannot be trained on yet."""
    try:
        refuse_unsupported(dataset)
    except ApprentiError as refusal:
        notice = Sentence(key=f"errors.{refusal.key}", values=refusal.values)
        return replace(dataset, notices=(notice, *dataset.notices))
    return dataset

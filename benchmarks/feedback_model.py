"""A small model of a set's training photos, and answered photos that it did not learn from."""

from __future__ import annotations

import argparse
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from apprenti.blocks.calibration import fit_temperature
from apprenti.blocks.decoding import decode
from apprenti.blocks.embedded import load_embedded
from apprenti.blocks.familiarity import Familiarity, fit_familiarity, held_out_distances, threshold
from apprenti.blocks.photo_facts import photo_facts
from apprenti.blocks.pipeline import Pipeline, fit_pipeline
from apprenti.blocks.sampling import sample_by_label
from apprenti.blocks.session import open_session
from apprenti.domain.dataset import ImageFacts, Split
from apprenti.domain.recipe import Canvas
from apprenti.domain.recipe_name import read_recipe_name
from apprenti.settings import open_tools, read_settings
from apprenti.stages.feedback import Observations
from apprenti.stages.ingest import read_dataset
from baselines import Silence
from image_sets import lay_out

SIDE_PX = 96
RECIPE = read_recipe_name(
    f"embedded.v2-{SIDE_PX}@{SIDE_PX}-squash/power.v1/kernel_ridge.v1?alpha=0.03&gamma=1"
)
MOST_PHOTOS = 3000
SHARE_LEARNT = 0.45

Pixels = NDArray[np.uint8]
Features = NDArray[np.float32]


@dataclass(frozen=True)
class Photos:
    """Training photos of a set, never those for testing.

    Args:
        pixels: [n, S, S, 3].
        sizes: [n, 2] width and height of the originals.
        labels: [n] int64.
        groups: [n] int64, near duplicates alike.
        files: where they lie.
        names: of the classes.
    """

    pixels: Pixels
    sizes: NDArray[np.int64]
    labels: NDArray[np.int64]
    groups: NDArray[np.int64]
    files: tuple[Path, ...]
    names: tuple[str, ...]


class Eyes:
    """The packaged network at ``SIDE_PX``."""

    def __init__(self) -> None:
        self._session = open_session(load_embedded(SIDE_PX).graph)

    def features(self, pixels: Pixels) -> Features:
        """Return the features of each photo, one at a time as in serving."""
        return np.concatenate([self._session.run(["features"], {"pixels": one[None]})[0] for one in pixels])


@dataclass(frozen=True)
class Model:
    """What was learnt from a part of the photos."""

    pipeline: Pipeline
    temperature: float
    familiarity: Familiarity
    far: float

    def observe(self, features: Features, pixels: Pixels, sizes: NDArray[np.int64]) -> Observations:
        """Return what is kept of answered photos."""
        logits = self.pipeline.logits(features).astype(np.float64) / self.temperature
        odds = np.exp(logits - logits.max(axis=1, keepdims=True))
        facts = [
            photo_facts(one, width_px=int(w), height_px=int(h))
            for one, (w, h) in zip(pixels, sizes, strict=True)
        ]
        return Observations(
            answers=(odds / odds.sum(axis=1, keepdims=True)).astype(np.float32),
            distances=self.familiarity.distances(features) / np.float32(self.far),
            facts=np.stack(facts),
        )


def read_photos(name: str, options: argparse.Namespace) -> Photos:
    """Return at most ``MOST_PHOTOS`` of a set's photos that are not for testing."""
    with tempfile.TemporaryDirectory() as folder:
        settings = read_settings({"APPRENTI_CACHE": f"{folder}/cache", "APPRENTI_DATA": f"{folder}/data"})
        with open_tools(settings, Silence()) as tools:
            data = read_dataset(
                lay_out(name, options), engine=tools.engine, progress=tools.progress, workspace=Path(folder)
            )
    learnt = [example for example in data.examples if example.split is not Split.TEST]
    labels = np.array([data.labels.index(str(example.target)) for example in learnt], np.int64)
    rows = sample_by_label(labels, MOST_PHOTOS, seed=0)
    kept = [learnt[row] for row in rows]
    files = tuple(Path(example.path) for example in kept)
    canvas = Canvas(size_px=SIDE_PX)
    _, groups = np.unique([each.group or each.content_hash for each in kept], return_inverse=True)
    facts = [example.facts for example in kept]
    return Photos(
        pixels=np.stack([decode(file.read_bytes(), canvas, item=file.name) for file in files]),
        sizes=np.array([(f.width_px, f.height_px) for f in facts if isinstance(f, ImageFacts)], np.int64),
        labels=labels[rows],
        groups=groups.astype(np.int64),
        files=files,
        names=data.labels,
    )


def deal(photos: Photos, *, seed: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the rows to learn from and the others; near duplicates stay together."""
    drawn = np.random.default_rng(seed).random(int(photos.groups.max()) + 1)
    is_learnt = drawn[photos.groups] < SHARE_LEARNT
    return np.flatnonzero(is_learnt), np.flatnonzero(~is_learnt)


def learn(photos: Photos, features: Features, learnt: NDArray[np.int64], *, seed: int) -> Model:
    """Return a model of some rows; a fifth of them only makes its probabilities honest."""
    order = np.random.default_rng(seed).permutation(learnt)
    to_fit, to_calibrate = order[len(order) // 5 :], order[: len(order) // 5]
    n_labels = len(photos.names)
    pipeline = fit_pipeline(RECIPE, features[to_fit], photos.labels[to_fit], n_labels=n_labels, seed=seed)
    return Model(
        pipeline=pipeline,
        temperature=fit_temperature(pipeline.logits(features[to_calibrate]), photos.labels[to_calibrate]),
        familiarity=fit_familiarity(features[learnt], seed=seed),
        far=threshold(held_out_distances(features[learnt], groups=photos.groups[learnt], seed=seed)),
    )

"""The photos of lesson 4 as it works with them: dark or bright, few numbers each, and a last layer learnt at once."""

from __future__ import annotations

import io
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from apprenti.blocks.pipeline import fit_pipeline
from apprenti.domain.dataset import Split
from apprenti.domain.lesson_context import LessonContext
from apprenti.domain.recipe import Canvas, Recipe

Floats = NDArray[np.float64]
Numbers = NDArray[np.int64]
Flags = NDArray[np.bool_]

MOST_TRAINED, MOST_JUDGED = 400, 600
"""Photos learnt from and judged on here, every class in its share: an answer takes a moment."""
N_COMPONENTS = 32
HEAD = "logistic.v1"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Material:
    """Photos as they are worked with here.

    Args:
        trained: rows learnt from.
        judged: rows judged on.
        features: [rows, 32] of all photos of the run.
        labels: [rows] their classes.
        light: [rows] mean lightness, 0..1.
        is_dark: [rows] darker than the middle of their class.
        n_labels: classes.
        seed: of what is drawn at random.
        before: [judged] logits of a model that learnt from all.
    """

    trained: Numbers
    judged: Numbers
    features: NDArray[np.float32]
    labels: Numbers
    light: Floats
    is_dark: Flags
    n_labels: int
    seed: int
    before: Floats


@lru_cache(maxsize=2)
def material_of(context: LessonContext) -> Material:
    """Return a run's photos, cut down to what an answer within a moment allows."""
    photos = context.photos
    labels = photos.labels
    trained = _some(photos.rows(Split.TRAIN), labels, MOST_TRAINED)
    judged = _some(photos.rows(Split.VALIDATION, Split.TEST), labels, MOST_JUDGED)
    used = np.concatenate([trained, judged]).astype(np.int64)
    light = np.full(len(photos), np.nan)
    light[used] = [lightness(photos.thumbnails[row]) for row in used]
    is_dark = np.zeros(len(photos), bool)
    for number in np.unique(labels[used]):
        rows = used[labels[used] == number]
        is_dark[rows] = light[rows] < np.nanmedian(light[rows]) if np.isfinite(light[rows]).any() else False
    centred = photos.features - photos.features[trained].mean(axis=0) if len(trained) else photos.features
    sizes, axes = np.linalg.eigh(centred[trained].astype(np.float64) @ centred[trained].T.astype(np.float64))
    kept = [place for place in np.argsort(-sizes)[:N_COMPONENTS] if sizes[place] > 1e-9]
    directions = centred[trained].T.astype(np.float64) @ (axes[:, kept] / np.sqrt(sizes[kept]))
    features = np.asarray(centred @ directions, np.float32)
    material = Material(
        trained=trained, judged=judged, features=features, labels=labels, light=np.nan_to_num(light, nan=0.5),
        is_dark=is_dark, n_labels=len(context.labels), seed=context.seed, before=np.zeros((len(judged), 1)),
    )  # fmt: skip
    return replace(material, before=logits_of(material, trained))


def logits_of(material: Material, rows: Numbers) -> Floats:
    """Return the logits of the photos judged, by a head that learnt from ``rows``."""
    n = material.n_labels
    present = np.unique(material.labels[rows])
    if not len(material.judged) or len(present) < 2 or not material.features.shape[1]:
        return np.zeros((len(material.judged), max(1, n)))
    recipe = Recipe(
        backbones=("pixels",), canvas=Canvas(size_px=8), transform="none.v1", head=HEAD, parameters={"C": 1.0}
    )
    fitted = fit_pipeline(
        recipe, material.features[rows], material.labels[rows], n_labels=n, seed=material.seed
    )
    return np.asarray(fitted.logits(material.features[material.judged]), np.float64)


def lightness(thumbnail: bytes) -> float:
    """Return the mean grey of a JPEG, 0..1; not a number where there is none."""
    if not thumbnail:
        return float("nan")
    from PIL import Image

    with Image.open(io.BytesIO(thumbnail)) as image:
        image.draft("L", (16, 16))  # decodes only as finely as asked
        return float(np.asarray(image.convert("L"), np.float64).mean() / 255)


def _some(rows: Numbers, labels: Numbers, most: int) -> Numbers:
    """Return at most so many rows, every class in its share."""
    if len(rows) <= most:
        return rows
    ordered = rows[np.argsort(labels[rows], kind="stable")]
    return np.sort(ordered[np.linspace(0, len(ordered) - 1, most).astype(np.int64)])

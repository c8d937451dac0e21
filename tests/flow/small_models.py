"""Whole small models on real handwritten digits, made in seconds: no race, one recipe."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from sklearn.datasets import load_digits
from tests.blocks.models import a_manifest
from tests.fake_models import a_report

from apprenti.blocks.artifact import pack
from apprenti.blocks.assembly import assemble
from apprenti.blocks.backbone import Backbone
from apprenti.blocks.decoding import decode
from apprenti.blocks.familiarity import fit_familiarity, held_out_distances, threshold
from apprenti.blocks.pipeline import fit_pipeline
from apprenti.blocks.session import open_session
from apprenti.domain.recipe import Canvas, Recipe
from apprenti.domain.report import BackboneCredit, Picture

CANVAS = Canvas(size_px=64)
LABELS = ("0", "1", "2", "3")
N_TRAIN, N_TEST = 16, 10


@dataclass(frozen=True)
class Digits:
    """Photos of four digits: files to learn from and others to test with, label by label."""

    folder: Path
    train: tuple[Path, ...]
    test: tuple[Path, ...]

    @classmethod
    def written(cls, folder: Path) -> Digits:
        digits = load_digits()
        split: dict[str, list[Path]] = {"train": [], "test": []}
        for label in LABELS:
            rows = np.flatnonzero(digits.target == int(label))[: N_TRAIN + N_TEST]
            for place, row in enumerate(rows):
                name = "train" if place < N_TRAIN else "test"
                path = folder / name / label / f"{row}.png"
                path.parent.mkdir(parents=True, exist_ok=True)
                Image.fromarray((digits.images[row] * 15.9).astype(np.uint8)).save(path)
                split[name].append(path)
        return cls(folder=folder, train=tuple(split["train"]), test=tuple(split["test"]))


def pixels_of(paths: Sequence[Path]) -> NDArray[np.uint8]:
    return np.stack([decode(path.read_bytes(), CANVAS, item=path.name) for path in paths])


def labels_of(paths: Sequence[Path]) -> NDArray[np.int64]:
    return np.asarray([LABELS.index(path.parent.name) for path in paths], np.int64)


def a_trained_model(
    path: Path, digits: Digits, backbones: Sequence[Backbone], *, head: str = "kernel_ridge.v1"
) -> Path:
    """Write a model of these backbones and one head, with its golden inputs and two small pictures."""
    pixels, labels = pixels_of(digits.train), labels_of(digits.train)
    features = np.hstack([_features(backbone, pixels) for backbone in backbones])
    recipe = Recipe(
        backbones=tuple(each.name for each in backbones), canvas=CANVAS, transform="power.v1", head=head
    )
    pipeline = fit_pipeline(recipe, features, labels, n_labels=len(LABELS), seed=0)
    graph = assemble(
        backbones,
        CANVAS,
        pipeline,
        n_labels=len(LABELS),
        temperature=1.0,
        familiarity=fit_familiarity(features, seed=0),
    )
    report = replace(
        a_report(LABELS),
        examples=tuple(
            Picture(name=one.name, label=one.parent.name, thumbnail=_jpeg(one))
            for one in digits.train[::N_TRAIN]
        ),
    )
    manifest = a_manifest(
        labels=LABELS,
        recipe=recipe,
        backbones=tuple(
            BackboneCredit(name=each.name, licence=each.licence, source=each.source) for each in backbones
        ),
        familiarity_threshold=threshold(held_out_distances(features, seed=0)),
    )
    path.write_bytes(
        pack(
            manifest=manifest,
            graph=graph,
            report=report.to_json(),
            golden_pixels=pixels[::N_TRAIN],
            seen=[hashlib.sha256(one.read_bytes()).hexdigest() for one in digits.train],
        )
    )
    return path


def _features(backbone: Backbone, pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
    session = open_session(backbone.graph_for(CANVAS.size_px))
    return np.vstack([session.run(["features"], {"pixels": one[None]})[0] for one in pixels])


def _jpeg(path: Path) -> bytes:
    buffer = io.BytesIO()
    Image.open(path).convert("RGB").save(buffer, "JPEG")
    return buffer.getvalue()

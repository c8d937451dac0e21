"""A model file to serve, made of one backbone and a fixed recipe in half a minute: the same on a busy machine."""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from apprenti.blocks.artifact import pack
from apprenti.blocks.assembly import assemble
from apprenti.blocks.backbone import Backbone
from apprenti.blocks.decoding import decode
from apprenti.blocks.embedded import load_embedded
from apprenti.blocks.familiarity import fit_familiarity, held_out_distances, threshold
from apprenti.blocks.onnx_backbone import load_backbone
from apprenti.blocks.pipeline import fit_pipeline
from apprenti.blocks.session import open_session
from apprenti.domain.manifest import Manifest
from apprenti.domain.recipe import Canvas, Recipe
from apprenti.domain.report import BackboneCredit, DataFacts, Report
from image_sets import backbone_files, unpacked

SET = "ants-bees"
EMBEDDED_SIDE_PX = 128
N_PER_LABEL = 40

Floats = NDArray[np.float32]


def model_of(backbone: str, options: argparse.Namespace) -> Path:
    """Return the model file of an entry of ``BACKBONES``, made once."""
    path: Path = options.work / "serving" / f"{backbone}.apprenti"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(_made(_backbone(backbone, options), options))
    return path


def photos_of(options: argparse.Namespace, n: int) -> list[bytes]:
    """Return photos to ask about, as files."""
    paths = sorted(unpacked(SET, options).rglob("*.jpg"))
    return [path.read_bytes() for path in paths[:: max(1, len(paths) // n)][:n]]


def _backbone(name: str, options: argparse.Namespace) -> Backbone:
    files = backbone_files(name, options)
    return load_backbone(files[0]) if files else load_embedded(EMBEDDED_SIDE_PX)


def _made(backbone: Backbone, options: argparse.Namespace) -> bytes:
    canvas = Canvas(size_px=backbone.size_px, fit=backbone.fit)
    folders = sorted((unpacked(SET, options) / "train").iterdir())
    names = tuple(folder.name for folder in folders)
    paths = [path for folder in folders for path in sorted(folder.glob("*.jpg"))[:N_PER_LABEL]]
    targets = np.array([names.index(path.parent.name) for path in paths], np.int64)
    pixels = [decode(path.read_bytes(), canvas, item=path.name) for path in paths]
    session = open_session(backbone.graph)
    features: Floats = np.vstack([session.run(["features"], {"pixels": one[None]})[0] for one in pixels])
    recipe = Recipe(backbones=(backbone.name,), canvas=canvas, transform="power.v1", head="kernel_ridge.v1")
    pipeline = fit_pipeline(recipe, features, targets, n_labels=len(names), seed=0)
    graph = assemble(
        [backbone], canvas, pipeline, n_labels=len(names), temperature=1.0,
        familiarity=fit_familiarity(features, seed=0),
    )  # fmt: skip
    manifest = Manifest(
        labels=names,
        recipe=recipe,
        backbones=(BackboneCredit(name=backbone.name, licence=backbone.licence, source=backbone.source),),
        scores={},
        data_fingerprint="0" * 64,
        seed=0,
        temperature=1.0,
        familiarity_threshold=threshold(held_out_distances(features, seed=0)),
        false_alarm_rate=0.05,
        versions={},
        created_by="benchmarks/serving.py",
    )
    report = Report(labels=names, data=DataFacts(name=SET), scores=None, kept=recipe)
    return pack(
        manifest=manifest, graph=graph, report=report.to_json(), golden_pixels=np.stack(pixels[::N_PER_LABEL])
    )

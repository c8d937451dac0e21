"""A whole model, small: what model files are tested with."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from pathlib import Path
from typing import Any

from tests.blocks.networks import N_FEATURES, DistanceFromZero, LinearHead, a_backbone, noise

from apprenti.blocks.artifact import pack
from apprenti.blocks.assembly import assemble
from apprenti.domain.manifest import Manifest
from apprenti.domain.recipe import Canvas, Recipe
from apprenti.domain.report import BackboneCredit

LABELS = ("bird", "café", "dog")
CANVAS = Canvas(size_px=16)


def a_manifest(**changes: Any) -> Manifest:
    """Return the manifest of a model with three labels."""
    values: dict[str, Any] = {
        "labels": LABELS,
        "recipe": Recipe(
            backbones=("tiny",), canvas=CANVAS, transform="none.v1", head="logistic.v1", parameters={"C": 1.0}
        ),
        "backbones": (BackboneCredit(name="tiny", licence="MIT", source="a test"),),
        "scores": {"accuracy": 0.9},
        "data_fingerprint": "0" * 64,
        "seed": 0,
        "temperature": 1.5,
        "familiarity_threshold": 2.0,
        "false_alarm_rate": 0.05,
        "versions": {"apprenti": "0.1.0"},
        "created_by": "apprenti 0.1.0",
    }
    return Manifest(**(values | changes))


def an_assembled_graph(folder: Path) -> bytes:
    """Return the graph of a model with three labels on a canvas of 16 pixels."""
    return assemble(
        [a_backbone(folder)],
        CANVAS,
        LinearHead(N_FEATURES, len(LABELS)),
        n_labels=len(LABELS),
        temperature=1.5,
        familiarity=DistanceFromZero(),
    )


def a_model_file(folder: Path, **changes: Any) -> bytes:
    """Return the bytes of a model file; ``changes`` are to the manifest."""
    return pack(
        manifest=a_manifest(**changes),
        graph=an_assembled_graph(folder),
        report={"labels": list(LABELS)},
        golden_pixels=noise(3),
    )


def resealed(members: dict[str, bytes], **changes: Any) -> bytes:
    """Return a file under a valid seal, as somebody who means harm would make it."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", changes.get("compression", zipfile.ZIP_STORED)) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
        archive.comment = bytes(len(b"apprenti sha256=") + 64)
    head = buffer.getvalue()[: -len(b"apprenti sha256=") - 64]
    return head + b"apprenti sha256=" + hashlib.sha256(head).hexdigest().encode()


def members_of(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def with_digests(members: dict[str, bytes]) -> dict[str, bytes]:
    """Return the members, their digests in the manifest set right."""
    manifest = json.loads(members["manifest.json"])
    manifest["sha256"] = {
        name: hashlib.sha256(data).hexdigest() for name, data in members.items() if name != "manifest.json"
    }
    return members | {"manifest.json": json.dumps(manifest).encode()}

"""A model's graph as a file of its own: it says itself what it answers and what it wants to be fed."""

from __future__ import annotations

import json
from collections.abc import Mapping

import onnx

from apprenti.blocks.session import quantises_activations
from apprenti.blocks.stored_weights import make_weights_foldable
from apprenti.domain.dataset import TaskType
from apprenti.domain.json_form import to_json
from apprenti.domain.manifest import Manifest

SAID = "Made by Apprenti: pixels in; {answer}, embedding and distance out. Its metadata tell the rest."


def standalone(graph: bytes) -> bytes:
    """Return ``graph`` in a form that is as quick in any runtime, opened without further options, as it is here.

    Its answers are the same to the last bit: only the way it keeps its weights changes. A graph whose activations are
    quantised too is left alone: there a runtime joins integer weights with what they are multiplied by.
    """
    if quantises_activations(graph):
        return graph
    model = onnx.load_model_from_string(graph)
    make_weights_foldable(model)
    onnx.checker.check_model(model)
    return bytes(model.SerializeToString(deterministic=True))


def with_metadata(graph: bytes, manifest: Manifest, **more: str) -> bytes:
    """Return ``graph`` with what a reader of the file has to know written into its metadata.

    Args:
        graph: a serialized model.
        manifest: what the model file says about itself.
        **more: further entries.
    """
    model = onnx.load_model_from_string(graph)
    said = SAID.format(answer=manifest.answer)
    program, _, version = manifest.created_by.partition(" ")
    model.producer_name, model.producer_version, model.doc_string = program, version, said
    del model.metadata_props[:]
    onnx.helper.set_model_props(model, dict(sorted({**facts_of(manifest), **more}.items())))
    return bytes(model.SerializeToString(deterministic=True))


def facts_of(manifest: Manifest) -> Mapping[str, str]:
    """Return the metadata: words as they are, everything else as JSON."""
    of_task: dict[str, object] = {}
    if manifest.task_type is not TaskType.MULTI_CLASS:
        of_task["task_type"] = manifest.task_type
    if manifest.thresholds:
        of_task["thresholds"] = manifest.thresholds
    if manifest.margin is not None:
        of_task |= {"margin": manifest.margin, "margin_level": manifest.margin_level}
    return {
        **{name: value if isinstance(value, str) else _json(value) for name, value in of_task.items()},
        "backbones": _json(manifest.backbones),
        "created_by": manifest.created_by,
        "data_fingerprint": manifest.data_fingerprint,
        "familiarity_threshold": _json(manifest.familiarity_threshold),
        "labels": _json(manifest.labels),
        "preprocessing": _json(preprocessing_of(manifest)),
        "recipe": manifest.recipe.name,
        "scores": _json(manifest.scores),
    }


def preprocessing_of(manifest: Manifest) -> Mapping[str, str | int]:
    """Return how a photo becomes what the graph takes; ``docs/formats.md`` explains each entry."""
    return {
        "input": "pixels",
        "type": "uint8",
        "layout": "NHWC",
        "channels": "RGB",
        "size_px": manifest.canvas.size_px,
        "fit": manifest.canvas.fit,
        "orientation": "EXIF",
        "transparency": "white",
        "resampling": "bilinear, antialiased",
    }


def _json(value: object) -> str:
    return json.dumps(to_json(value), ensure_ascii=False)

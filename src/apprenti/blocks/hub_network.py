"""Image models of ``transformers`` as ONNX: safetensors in, one graph from scaled pixels to features out.

Only families whose classes are named here are made, so that no code ever comes from a repository; their weights are
plain numbers. What was exported is run and compared with torch before anybody sees it. PyTorch, transformers and
onnxscript are needed here; a network that was made once needs none of them.
"""

from __future__ import annotations

import importlib.util
import json
import logging
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from apprenti.blocks.scaling import UNSCALED, Scaling
from apprenti.domain.errors import BackboneError

if TYPE_CHECKING:
    from apprenti.blocks.hub_layers import HubNetwork

NEEDED = ("torch", "transformers", "onnxscript", "safetensors")
OPSET = 18
TOLERANCE = 1e-3
"""Largest difference from torch, in shares of the largest feature."""
DEFAULT_SIZE_PX = 224
SIZES_PX = (8, 1024)
N_CHECKED = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """One kind of network.

    Args:
        config: class of ``transformers`` that holds its settings.
        model: class of ``transformers`` that holds its layers.
        features: ``class token``, ``class token and mean``, ``mean`` or ``pooled``: what a classifier would look at.
        options: given to the model's class.
    """

    config: str
    model: str
    features: str
    options: Mapping[str, Any]


_NO_POOLER = {"add_pooling_layer": False}  # it is not in most files of weights, and would be drawn at random
FAMILIES: Mapping[str, Family] = {
    "convnext": Family(config="ConvNextConfig", model="ConvNextModel", features="pooled", options={}),
    "convnextv2": Family(config="ConvNextV2Config", model="ConvNextV2Model", features="pooled", options={}),
    "dinov2": Family(config="Dinov2Config", model="Dinov2Model", features="class token and mean", options={}),
    "efficientnet": Family(
        config="EfficientNetConfig", model="EfficientNetModel", features="mean", options={}
    ),
    "resnet": Family(config="ResNetConfig", model="ResNetModel", features="mean", options={}),
    "vit": Family(config="ViTConfig", model="ViTModel", features="class token", options=_NO_POOLER),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportJob:
    """What to export, and where to.

    Args:
        name: of the network, for messages.
        weights: the ``model.safetensors``.
        config: the ``config.json`` that goes with it.
        size_px: side of the square it is to take; ``None`` for the one it was trained on.
        out: the ONNX file to write.
    """

    name: str
    weights: Path
    config: Path
    size_px: int | None
    out: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class TunableWeights:
    """A network as its repository keeps it, for a training to begin with.

    Args:
        name: of the network, for messages.
        weights: the ``model.safetensors``.
        config: the ``config.json`` that goes with it.
        size_px: side of the square it takes.
        scaling: what it wants its pixels to be.
        multiply_adds: what looking at one photo takes, see ``blocks.graph_work``.
        sha256: of those two files, 64 hex digits each.
    """

    name: str
    weights: Path
    config: Path
    size_px: int
    scaling: Scaling
    multiply_adds: int
    sha256: tuple[str, str]


def require_export(item: str) -> None:
    """Refuse where a package that exporting needs is not installed.

    Raises:
        BackboneError: one is not; the message has the command that installs it.
    """
    if any(importlib.util.find_spec(name) is None for name in NEEDED):
        raise BackboneError("hub_needs_torch", item=item)


def exporter_versions() -> str:
    """Return the versions that decide, to the last digit, what comes out."""
    return " ".join(f"{name} {version(name)}" for name in NEEDED)


def export_network(job: ExportJob) -> None:
    """Write the network as ONNX: ``pixel_values`` float32 [N, 3, S, S] → ``features`` float32 [N, d].

    Raises:
        BackboneError: a family that is not known, weights that do not fit, or an export that gives other numbers.
    """
    import torch

    torch.set_num_threads(1)
    with quietly():
        write_onnx(load_network(job), job.out, item=job.name)


def load_network(files: ExportJob | TunableWeights, *, scaling: Scaling = UNSCALED) -> HubNetwork:
    """Return the network with its weights, in eval mode.

    Args:
        files: where it lies.
        scaling: put before it where it is asked for ``features``.

    Raises:
        BackboneError: a family that is not known, or weights that do not fit.
    """
    import transformers
    from safetensors.torch import load_file

    from apprenti.blocks.hub_layers import HubNetwork

    family, told = _family(files)
    try:
        config = getattr(transformers, family.config).from_dict(told)
        size_px = int(files.size_px or told.get("image_size") or DEFAULT_SIZE_PX)
        if not SIZES_PX[0] <= size_px <= SIZES_PX[1]:
            raise ValueError(f"image_size {size_px}")
        model, told_of = getattr(transformers, family.model).from_pretrained(
            None,
            config=config,
            state_dict=load_file(files.weights),
            output_loading_info=True,
            dtype="float32",
            attn_implementation="eager",  # plain operators, which every runtime has
            **family.options,
        )
    except MemoryError:
        raise
    except Exception as error:  # transformers and safetensors have kinds of their own for what does not fit
        detail = " ".join(str(error).split())[:160]
        raise BackboneError("hub_weights", item=files.name, detail=detail) from error
    missing = sorted(told_of["missing_keys"])
    if missing:  # they would be drawn at random
        raise BackboneError("hub_weights", item=files.name, detail=f"{missing[0]} …")
    return HubNetwork(model.eval(), family.features, size_px=size_px, scaling=scaling)


def _family(files: ExportJob | TunableWeights) -> tuple[Family, dict[str, Any]]:
    """Return the family of a network, and its settings."""
    try:
        told = json.loads(files.config.read_bytes())
        kind = str(told.get("model_type", ""))
    except (ValueError, AttributeError, RecursionError) as error:
        raise BackboneError("hub_family", item=files.name, kind="?", known=", ".join(FAMILIES)) from error
    if kind not in FAMILIES:
        raise BackboneError("hub_family", item=files.name, kind=kind[:60], known=", ".join(FAMILIES))
    return FAMILIES[kind], told


def write_onnx(network: HubNetwork, out: Path, *, item: str) -> None:
    """Write a network as ``export_network`` does, after making sure that it gives the same features.

    Args:
        network: in eval mode.
        out: the ONNX file.
        item: name of the network, for messages.

    Raises:
        BackboneError: the export gives other numbers, or none.
    """
    import torch

    side = network.size_px
    sample = torch.rand(N_CHECKED, 3, side, side, generator=torch.Generator().manual_seed(0))
    try:
        _export(network, sample, out)
    except Exception as error:  # the exporter has kinds of its own for what it cannot express
        detail = f"{type(error).__name__}: {str(error).partition(chr(10))[0][:160]}"
        raise BackboneError("hub_export", item=item, detail=detail) from error
    with torch.no_grad():
        _refuse_difference(out, sample.numpy(), network(sample).numpy(), item=item)


def _export(network: Any, sample: Any, out: Path) -> None:
    import torch

    torch.onnx.export(
        network,
        (sample,),
        str(out),
        input_names=["pixel_values"],
        output_names=["features"],
        opset_version=OPSET,
        dynamic_shapes={"pixel_values": {0: torch.export.Dim.DYNAMIC}},
        dynamo=True,
        external_data=False,
        verbose=False,
    )


def _refuse_difference(out: Path, sample: Any, expected: Any, *, item: str) -> None:
    """Refuse an export whose features are not those of torch, on one picture as on several."""
    from apprenti.blocks.session import open_session

    session = open_session(out.read_bytes())
    for n in (1, len(sample)):
        (got,) = session.run(["features"], {"pixel_values": sample[:n]})
        difference = float(np.abs(got - expected[:n]).max() / np.abs(expected).max())
        if not difference <= TOLERANCE:  # NaN is not
            raise BackboneError("hub_export", item=item, detail=f"{difference:.2g} > {TOLERANCE:g}")


@contextmanager
def quietly() -> Iterator[None]:
    """Keep what torch and transformers have to remark about each other from the person's terminal."""
    from transformers.utils.logging import disable_progress_bar

    disable_progress_bar()
    before = logging.root.manager.disable
    logging.disable(logging.WARNING)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(before)

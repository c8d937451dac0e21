"""What was given as backbones, made ready before the clock of a training begins: networks of a hub are fetched."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from apprenti.blocks.backbone import Backbone
from apprenti.blocks.preprocessor import Preprocessing, read_preprocessing
from apprenti.blocks.scaling import SIGNED, Card
from apprenti.domain.errors import BackboneError
from apprenti.domain.hub import ONNX_ENDING, BackboneChoice, HubAddress, HubPin
from apprenti.domain.seams import Limits
from apprenti.domain.sentence import Sentence
from apprenti.flow.tools import Tools
from apprenti.hub import CONFIG, PREPROCESSOR, HubAccess, fetch, files_of
from apprenti.store import keep_pin, private_workspace, read_pin, write_atomically

if TYPE_CHECKING:
    from apprenti.blocks.hub_network import TunableWeights

EXPORT_SECONDS = 900.0
EXPORT_MEMORY_MB = 6144
"""Of one export: torch holds the weights several times over while it traces them."""
EXPORT_VERSION = 1
"""Raised with every change of what an export gives."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Brought:
    """Backbones at hand.

    Args:
        backbones: in the order given; files are still to be read.
        notices: of each network of a hub, where it is from and under which licence.
        tunable: of those that came as weights, what a training may begin with, by name.
    """

    backbones: tuple[Path | Backbone, ...]
    notices: tuple[Sentence, ...]
    tunable: Mapping[str, TunableWeights] = field(default_factory=dict)


def bring_backbones(choices: Sequence[BackboneChoice], *, tools: Tools) -> Brought:
    """Fetch the networks among ``choices`` that lie on a hub; no network is asked where none does.

    Args:
        choices: files, the words that stand for one, and addresses of a hub.
        tools: what to work with; ``tools.hub`` where there are addresses.

    Raises:
        BackboneError: one cannot be had or used; the message says why and what to do.
    """
    ready: list[Path | Backbone] = []
    tunable = {}
    for choice in choices:
        if isinstance(choice, Path):
            ready.append(choice)
            continue
        backbone, weights = _from_hub(choice, tools)
        ready.append(backbone)
        if weights is not None:
            tunable[backbone.name] = weights
    return Brought(
        backbones=tuple(ready),
        notices=tuple(_notice(each) for each in ready if isinstance(each, Backbone)),
        tunable=tunable,
    )


def _notice(backbone: Backbone) -> Sentence:
    values = {"name": backbone.name, "source": backbone.source}
    if not backbone.licence:
        return Sentence(key="train.hub_without_licence", values=values)
    return Sentence(key="train.hub_backbone", values=values | {"licence": backbone.licence})


def _from_hub(address: HubAddress, tools: Tools) -> tuple[Backbone, TunableWeights | None]:
    """Return the backbone of an address, and the weights it was made of where it came as such."""
    if tools.hub is None:
        raise BackboneError("hub_offline", item=str(address), host="-")
    pin, files = _pinned_files(address, tools.hub, tools)
    told = _preprocessing(pin, files)
    is_onnx = pin.network.name.endswith(ONNX_ENDING)
    graph = files[pin.network.name] if is_onnx else _exported(pin, files, told, tools)
    backbone = _wrapped(pin, graph, told)
    return backbone, None if is_onnx else _weights(pin, files, told, backbone)


def _weights(
    pin: HubPin, files: dict[str, Path], told: Preprocessing | None, backbone: Backbone
) -> TunableWeights:
    from apprenti.blocks.graph_work import multiply_adds
    from apprenti.blocks.hub_network import TunableWeights

    config = _config(files)
    card = Card() if told is None else Card(mean=told.mean, scale=told.scale)
    sha256 = {file.name: file.sha256 for file in pin.files}
    return TunableWeights(
        name=str(pin.address),
        weights=files[pin.network.name],
        config=files[config],
        size_px=backbone.size_px,
        multiply_adds=multiply_adds(backbone.graph),
        scaling=card.scaling or SIGNED,  # as ``onnx_backbone`` has it
        sha256=(pin.network.sha256, sha256[config]),
    )


def _config(files: dict[str, Path]) -> str:
    """Return the name of the file that tells the settings of a network."""
    return next(name for name in files if name.rpartition("/")[2] == CONFIG)


def _pinned_files(address: HubAddress, hub: HubAccess, tools: Tools) -> tuple[HubPin, dict[str, Path]]:
    """Return what an address stands for and where its files lie; once looked up, nobody is asked again."""
    known = read_pin(hub.pin_folder, address)
    files = None if known is None else files_of(known, hub)
    if known is not None and files is not None:
        return known, files
    pin = fetch(known.address if known else address, hub, progress=tools.progress)
    keep_pin(hub.pin_folder, address, pin)
    files = files_of(pin, hub)
    if files is None:
        raise BackboneError("hub_failed", item=str(pin.address), detail=str(hub.cache_folder))
    return pin, files


def _wrapped(pin: HubPin, graph: Path, told: Preprocessing | None) -> Backbone:
    """Return the backbone in an ONNX file, told what its repository tells of it."""
    from apprenti.blocks.onnx_backbone import backbone_with
    from apprenti.blocks.onnx_reading import read_file

    item = str(pin.address)
    card = Card(name=pin.name, licence=pin.licence, source=item, source_sha256=pin.network.sha256)
    if told is not None:
        card = replace(card, size_px=told.size_px, mean=told.mean, scale=told.scale)
    return backbone_with(read_file(graph), card, item=item)


def _exported(pin: HubPin, files: dict[str, Path], told: Preprocessing | None, tools: Tools) -> Path:
    """Return where the network made from weights lies; made once for the same files and the same exporters."""
    from apprenti.blocks.hub_network import ExportJob, export_network, exporter_versions, require_export

    if tools.hub is None:
        raise AssertionError("files of a hub without a hub")
    item = str(pin.address)
    require_export(item)
    size_px = told.size_px if told is not None else None
    made_of = f"{EXPORT_VERSION} {exporter_versions()} {size_px} {[file.sha256 for file in pin.files]}"
    out = tools.hub.export_folder / f"{hashlib.sha256(made_of.encode()).hexdigest()}.onnx"
    if out.exists():
        return out
    out.parent.mkdir(parents=True, exist_ok=True)
    tools.progress.begin("exporting")
    with private_workspace() as workspace:
        job = ExportJob(
            name=item,
            weights=files[pin.network.name],
            config=files[_config(files)],
            size_px=size_px,
            out=workspace / "network.onnx",
        )
        limits = Limits(seconds=EXPORT_SECONDS, memory_mb=EXPORT_MEMORY_MB)
        tools.engine.run(export_network, job, limits=limits)
        write_atomically(out, job.out.read_bytes())
    tools.progress.end()
    return out


def _preprocessing(pin: HubPin, files: dict[str, Path]) -> Preprocessing | None:
    """Return how the network wants its pixels; ``None`` where its repository does not tell."""
    for name, path in files.items():
        if name.rpartition("/")[2] == PREPROCESSOR:
            return read_preprocessing(path.read_bytes(), item=str(pin.address))
    return None

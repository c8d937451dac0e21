"""What was given as backbones, made ready before the clock of a training begins: networks of a hub are fetched."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from apprenti.blocks.backbone import Backbone
from apprenti.blocks.preprocessor import Preprocessing, read_preprocessing
from apprenti.blocks.scaling import Card
from apprenti.domain.errors import BackboneError
from apprenti.domain.hub import ONNX_ENDING, BackboneChoice, HubAddress, HubPin
from apprenti.domain.seams import Limits
from apprenti.domain.sentence import Sentence
from apprenti.flow.tools import Tools
from apprenti.hub import CONFIG, PREPROCESSOR, HubAccess, fetch, files_of
from apprenti.store import keep_pin, private_workspace, read_pin, write_atomically

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
    """

    backbones: tuple[Path | Backbone, ...]
    notices: tuple[Sentence, ...]


def bring_backbones(choices: Sequence[BackboneChoice], *, tools: Tools) -> Brought:
    """Fetch the networks among ``choices`` that lie on a hub; no network is asked where none does.

    Args:
        choices: files, the words that stand for one, and addresses of a hub.
        tools: what to work with; ``tools.hub`` where there are addresses.

    Raises:
        BackboneError: one cannot be had or used; the message says why and what to do.
    """
    ready = [choice if isinstance(choice, Path) else _from_hub(choice, tools) for choice in choices]
    return Brought(
        backbones=tuple(ready), notices=tuple(_notice(each) for each in ready if isinstance(each, Backbone))
    )


def _notice(backbone: Backbone) -> Sentence:
    values = {"name": backbone.name, "source": backbone.source}
    if not backbone.licence:
        return Sentence(key="train.hub_without_licence", values=values)
    return Sentence(key="train.hub_backbone", values=values | {"licence": backbone.licence})


def _from_hub(address: HubAddress, tools: Tools) -> Backbone:
    if tools.hub is None:
        raise BackboneError("hub_offline", item=str(address), host="-")
    pin, files = _pinned_files(address, tools.hub, tools)
    told = _preprocessing(pin, files)
    is_onnx = pin.network.name.endswith(ONNX_ENDING)
    graph = files[pin.network.name] if is_onnx else _exported(pin, files, told, tools)
    return _wrapped(pin, graph, told)


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
            config=next(path for name, path in files.items() if name.rpartition("/")[2] == CONFIG),
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

"""Export: what other programs can use of a model file, each checked before it is written."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from apprenti.blocks.artifact import SUFFIX, Artifact, unpack
from apprenti.blocks.session import open_session
from apprenti.domain.dataset import Dataset, TaskType
from apprenti.domain.errors import NotYetError, OptionError
from apprenti.domain.manifest import Manifest
from apprenti.domain.seams import Clock
from apprenti.flow.eight_bits import Cost, Difference, answers, cost_of, difference, eight_bits, own_pictures
from apprenti.flow.evaluate import scored_photos
from apprenti.flow.paired_answers import compare_on_photos
from apprenti.flow.predict import read_model
from apprenti.flow.tools import Tools
from apprenti.stages.ingest import read_dataset
from apprenti.stages.predict import Predictor, check_golden
from apprenti.store import check_writable, private_workspace, write_atomically


class Format(StrEnum):
    """What a model can be exported as."""

    ONNX = "onnx"
    INT8 = "int8"
    LABELS = "labels"


ENDINGS = {Format.ONNX: ".onnx", Format.INT8: ".int8.onnx", Format.LABELS: ".labels.txt"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportedFile:
    """A file that was written.

    Args:
        path: where it is.
        n_bytes: its size.
    """

    path: Path
    n_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelExport:
    """What was exported of a model.

    Args:
        model: the model file.
        files: what was written.
        n_labels: what the model can answer.
        golden: how far the ONNX file's answers are from the golden ones; ``None`` where it was not asked for.
        cost: of 8 bits; ``None`` where they were not asked for.
    """

    model: Path
    files: Mapping[Format, ExportedFile]
    n_labels: int
    golden: Difference | None = None
    cost: Cost | None = None


def default_export_path(model: Path, form: Format) -> Path:
    """Return where an export goes when no place is given: beside the model, under its name.

    Example:
        >>> default_export_path(Path("models/hot.dogs.apprenti"), Format.INT8).name
        'hot.dogs.int8.onnx'
    """
    return model.with_name(model.name.removesuffix(SUFFIX) + ENDINGS[form])


def export_model(
    model: Path,
    files: Mapping[str, Path | None],
    *,
    photos: Path | None = None,
    overwrite: bool = False,
    force: bool = False,
    cpu_clock: Clock,
    tools: Tools,
) -> ModelExport:
    """Write parts of a model for other programs: all of them, or none where one cannot be.

    Args:
        model: an ``.apprenti`` file.
        files: what to export, and where to; ``None`` is beside the model, under its name.
        photos: labelled photos that say what 8 bits cost in accuracy: folder, archive or table.
        overwrite: whether files that are there may be replaced; never the model itself.
        force: whether 8 bits are written although they cost too much.
        cpu_clock: tells the seconds of processor this thread has had (``time.thread_time``).
        tools: what to work with.

    Raises:
        OptionError: nothing to export, a file that is there, or options that do not go together.
        ModelFileError: the file is not a whole model, or answers otherwise here than where it was made.
        UserError: it has no network to put into 8 bits, or they cost too much; a file cannot be written.
        DataError: the photos cannot be used.
    """
    targets = _targets(model, files, overwrite=overwrite)
    _refuse_idle_options(targets, photos=photos, force=force)
    data = read_model(model)
    predictor, artifact = Predictor.open(data), unpack(data)
    contents: dict[Format, bytes] = {}
    golden = cost = None
    _refuse_other_tasks(targets, artifact.manifest)
    if Format.LABELS in targets:
        contents[Format.LABELS] = labels_content(predictor.labels, targets[Format.LABELS])
    if targets.keys() & {Format.ONNX, Format.INT8}:
        in_floats, golden = _in_floats(artifact)
        contents[Format.ONNX] = in_floats
    if Format.INT8 in targets:
        contents[Format.INT8], cost = _in_eight_bits(
            predictor, artifact, in_floats, item=model.name, photos=photos, cpu_clock=cpu_clock, tools=tools
        )
        if cost.objections and not force:
            raise cost.objections[0]
    return ModelExport(
        model=model,
        files={form: _written(path, contents[form]) for form, path in targets.items()},
        n_labels=len(predictor.labels),
        golden=golden if Format.ONNX in targets else None,
        cost=cost,
    )


def exported(data: bytes, form: Format, *, item: str, force: bool = False, cpu_clock: Clock) -> bytes:
    """Return one export of a model that lies in memory, checked like ``export_model``'s.

    Args:
        data: an ``.apprenti`` file.
        form: what as.
        item: its name, for messages.
        force: whether 8 bits are given although they cost too much.
        cpu_clock: tells the seconds of processor this thread has had (``time.thread_time``).

    Raises:
        OptionError: a model of numbers has no labels, or a label would take more than one line.
        NotYetError: 8 bits of several labels or of a number.
        ModelFileError: the file is not a whole model, or answers otherwise here than where it was made.
        UserError: it has no network to put into 8 bits, or they cost too much.
    """
    artifact = unpack(data)
    _refuse_other_tasks({form}, artifact.manifest)
    if form is Format.LABELS:
        return labels_content(artifact.manifest.labels, Path(item + ENDINGS[form]))
    in_floats, _ = _in_floats(artifact)
    if form is Format.ONNX:
        return in_floats
    with private_workspace() as folder:
        graph, cost = _quantised(artifact, in_floats, item=item, folder=folder, cpu_clock=cpu_clock)
    if cost.objections and not force:
        raise cost.objections[0]
    return graph


def labels_content(labels: tuple[str, ...], path: Path) -> bytes:
    """Return the labels in the order of the probabilities: one a line, or a JSON list where the name says JSON.

    Raises:
        OptionError: a label would take more than one line, or none.
    """
    if path.suffix.lower() == ".json":
        return (json.dumps(labels, ensure_ascii=False, indent=1) + "\n").encode()
    for label in labels:
        if label.splitlines() != [label]:
            raise OptionError("export_label_lines", label=label, path=str(path))
    return "".join(f"{label}\n" for label in labels).encode()


def _targets(model: Path, files: Mapping[str, Path | None], *, overwrite: bool) -> dict[Format, Path]:
    """Return where each export goes, every place found fit before any work is done for it."""
    if not files:
        raise OptionError("export_nothing")
    targets = {Format(form): path or default_export_path(model, Format(form)) for form, path in files.items()}
    for path in targets.values():
        if [other.resolve() for other in targets.values()].count(path.resolve()) > 1:
            raise OptionError("export_same_file", path=str(path))
        _check_target(path, model, overwrite=overwrite)
    return targets


def _refuse_idle_options(targets: Collection[Format], *, photos: Path | None, force: bool) -> None:
    """Refuse options that would have no effect: they show a misunderstanding."""
    for given, name in ((photos is not None, "--photos"), (force, "--force")):
        if given and Format.INT8 not in targets:
            raise OptionError("export_only_int8", name=name)


def _refuse_other_tasks(targets: Collection[Format], manifest: Manifest) -> None:
    """Refuse what a model of several labels or of a number cannot be exported as.

    Raises:
        OptionError: it has no labels.
        NotYetError: what 8 bits cost it cannot be said yet.
    """
    if Format.LABELS in targets and not manifest.labels:
        raise OptionError("export_no_labels")
    if Format.INT8 in targets and manifest.task_type is not TaskType.MULTI_CLASS:
        raise NotYetError("export_not_yet")


def _check_target(path: Path, model: Path, *, overwrite: bool) -> None:
    """Refuse a place that cannot or may not be written, and the model's own."""
    if path.exists():
        if model.exists() and path.samefile(model):
            raise OptionError("export_onto_model", path=str(path))
        if path.is_file() and not overwrite:
            raise OptionError("export_exists", path=str(path))
    check_writable(path)


def _written(path: Path, content: bytes) -> ExportedFile:
    write_atomically(path, content)
    return ExportedFile(path=path, n_bytes=len(content))


def _in_floats(artifact: Artifact) -> tuple[bytes, Difference]:
    """Return the graph for any runtime, and how far its answers are from the golden ones.

    Raises:
        ModelFileError: they differ by more than they may.
    """
    from apprenti.blocks.exported_graph import standalone, with_metadata

    graph = with_metadata(standalone(artifact.graph), artifact.manifest)
    golden, manifest = artifact.golden, artifact.manifest
    got = answers(open_session(graph), golden.pixels, answer=manifest.answer)
    check_golden({manifest.answer: got[0], "distance": got[1]}, golden, manifest)
    expected = (golden.answers, golden.distances)
    return graph, difference(got, expected, threshold=manifest.familiarity_threshold)


def _in_eight_bits(
    predictor: Predictor,
    artifact: Artifact,
    before: bytes,
    *,
    item: str,
    photos: Path | None,
    cpu_clock: Clock,
    tools: Tools,
) -> tuple[bytes, Cost]:
    """Return the graph in 8 bits and what that costs; ``before`` is the one in floats."""
    with private_workspace() as folder:
        dataset = None if photos is None else _read_photos(photos, predictor, folder, tools)
        tools.progress.begin("quantising")
        graph, cost = _quantised(artifact, before, item=item, folder=folder, cpu_clock=cpu_clock)
        tools.progress.end()
        if dataset is not None:
            accuracy = compare_on_photos(
                before, graph, dataset, artifact.manifest, folder=folder, tools=tools
            )
            cost = replace(cost, accuracy=accuracy, notices=dataset.notices)
    return graph, cost


def _quantised(
    artifact: Artifact, before: bytes, *, item: str, folder: Path, cpu_clock: Clock
) -> tuple[bytes, Cost]:
    """Return the graph in 8 bits, and what can be said of that without labelled photos."""
    from apprenti.blocks.exported_graph import with_metadata

    pictures = own_pictures(artifact)
    graph = eight_bits(artifact, pictures, item=item, folder=folder)
    graph = with_metadata(graph, artifact.manifest, quantisation=_quantisation(pictures))
    return graph, cost_of(before, graph, artifact, pictures, cpu_clock=cpu_clock)


def _quantisation(pictures: NDArray[np.uint8]) -> str:
    facts = {"activations": "uint8", "weights": "int8, one scale a channel", "n_pictures": len(pictures)}
    return json.dumps(facts)


def _read_photos(photos: Path, predictor: Predictor, folder: Path, tools: Tools) -> Dataset:
    """Return the photos that say what 8 bits cost: those the model would be scored on."""
    workspace = folder / "photos"
    workspace.mkdir()
    dataset = read_dataset(
        photos, engine=tools.engine, progress=tools.progress, workspace=workspace, for_training=False
    )
    return scored_photos(dataset, predictor)

"""The labelled images of a task as a training sees them: fixed when it begins, whatever is labelled meanwhile.

The images and a table of what they show stand in the folder of the training. The table is written last, so that a
snapshot that was broken off never looks whole.
"""

from __future__ import annotations

import csv
import io
import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from apprenti.domain.dataset import Split, Target, TaskType, labels_of
from apprenti.domain.errors import DataError
from apprenti.domain.service import ImageLabel, Label, StoredImage, Task, TrainingJob
from apprenti.flow.service.service import Service
from apprenti.stages.ingest import read_dataset
from apprenti.stages.ingest.listing import clean_label
from apprenti.stages.ingest.splits import LEAST_GROUPS_TO_TEST
from apprenti.store import private_workspace, write_atomically
from apprenti.store.database import corrections as correction_table
from apprenti.store.database import images as image_table
from apprenti.store.database import labels as label_table
from apprenti.store.database import tasks as task_table
from apprenti.store.database.images import ImageFilter

if TYPE_CHECKING:
    from apprenti.domain.seams import Progress
    from apprenti.flow.tools import Tools

TABLE, LABELS = "table.csv", "labels.json"
COLUMNS = ("path", "label", "split", "task_type")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """An image of the snapshot and what it shows.

    Args:
        path: its file.
        target: its label, labels or number; labels by the names in the table.
        is_test: of the fixed test set.
    """

    path: Path
    target: Target
    is_test: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """What a training learns from.

    Args:
        table: what ``flow.train`` reads.
        label_ids: the id of each label by its name in the table; nothing for a task of numbers.
        images: every image.
    """

    table: Path
    label_ids: Mapping[str, str]
    images: tuple[Shown, ...]

    @property
    def test(self) -> tuple[Shown, ...]:
        """The images of the fixed test set."""
        return tuple(image for image in self.images if image.is_test)


def take_snapshot(service: Service, job: TrainingJob, folder: Path, tools: Tools) -> Snapshot:
    """Return the snapshot of a training, taken now if it was not before.

    Raises:
        DataError: there is too little to learn from.
        NotFoundError: the task was deleted.
    """
    with service.database.read() as tx:
        task = task_table.get(tx, job.workspace_id, job.task_id)
    if not (folder / TABLE).exists():
        _write(service, task, job, folder, tools)
    return _read(folder, task.task_type)


def lay_out_as_labelled(service: Service, task: Task, folder: Path, progress: Progress) -> Path:
    """Write the labelled images of a task as they are now, and a table of what they show; return the table.

    Nothing is drawn for the test set: where no image is in it yet, the table leaves that to whoever reads it.

    Raises:
        DataError: there is too little to learn from.
    """
    labelled = _labelled(service, task)
    write_images(service, labelled.stored, folder, progress)
    rows = [(image, labelled.target_of[image.id], image.is_test) for image in labelled.stored]
    with_splits = any(image.is_test for image in labelled.stored)
    write_atomically(folder / TABLE, _table(rows, task.task_type, with_splits=with_splits).encode())
    return folder / TABLE


@dataclass(frozen=True, slots=True, kw_only=True)
class _Labelled:
    """The labelled images of a task and what they show."""

    answers: Sequence[Label]
    names: Mapping[str, str]
    stored: Sequence[StoredImage]
    target_of: Mapping[str, Target | None]


def _labelled(service: Service, task: Task) -> _Labelled:
    with service.database.read() as tx:
        answers = [label for label, negative in label_table.of_task(tx, task.id) if not negative]
        chosen = ImageFilter(task_id=task.id)
        stored = list(image_table.all_of(tx, task.workspace_id, chosen))
        said = image_table.labels_of(tx, [image.id for image in stored])
    names = unique_names(answers)
    target_of = {image.id: shown_target(task.task_type, said[image.id], names) for image in stored}
    stored = [image for image in stored if target_of[image.id] is not None]
    if len(stored) < 2:
        raise DataError("no_labelled_images", task=task.name)
    return _Labelled(answers=answers, names=names, stored=stored, target_of=target_of)


def _write(service: Service, task: Task, job: TrainingJob, folder: Path, tools: Tools) -> None:
    labelled = _labelled(service, task)
    answers, names, stored, target_of = labelled.answers, labelled.names, labelled.stored, labelled.target_of
    write_images(service, stored, folder, tools.progress)
    tested = {image.id for image in stored if image.is_test}
    drawn = _drawn_for_test(task.task_type, stored, target_of, tested, folder, tools)
    with service.database.write() as tx:
        image_table.change(tx, task.workspace_id, sorted(drawn), is_test=True)
        correction_table.mark_learnt(tx, task.id, job.id)
    write_atomically(folder / LABELS, json.dumps({names[label.id]: label.id for label in answers}).encode())
    rows = [(image, target_of[image.id], image.id in tested | drawn) for image in stored]
    write_atomically(folder / TABLE, _table(rows, task.task_type).encode())


def write_images(service: Service, stored: Sequence[StoredImage], folder: Path, progress: Progress) -> None:
    """Write the files of images into a folder; those that are there already stay."""
    (folder / "images").mkdir(parents=True, exist_ok=True, mode=0o700)
    progress.begin("gathering", len(stored))
    for image in stored:
        path = folder / photo_name(image.sha256, image.format)
        if not path.exists():
            write_atomically(path, service.blobs.get(image.sha256))
        progress.advance()
    progress.end()


def photo_name(sha256: str, format_: str) -> str:
    """Return the name that trainings and lessons know an image by."""
    return f"images/{sha256}.{format_.lower()}"


def unique_names(labels: Sequence[Label]) -> Mapping[str, str]:
    """Return a name for each label id that no other has, as a table may hold it.

    A bar parts labels in a table, so that no name has one.
    """
    names: dict[str, str] = {}
    taken: set[str] = set()
    for label in labels:
        plain = clean_label((label.output_name or label.name).replace("|", "/")) or "?"
        name, number = plain, 1
        while name in taken:
            number += 1
            name = f"{plain} ({number})"
        taken.add(name)
        names[label.id] = name
    return names


def shown_target(
    task_type: TaskType, said: Sequence[tuple[Label, ImageLabel]], names: Mapping[str, str]
) -> Target | None:
    """Return what an image shows for this task; ``None`` where it shows nothing that can be learnt."""
    shown = [(names[label.id], one.value) for label, one in said if label.id in names]
    if task_type is TaskType.REGRESSION:
        return next((value for _, value in shown if value is not None), None)
    if task_type is TaskType.MULTI_LABEL:
        return tuple(sorted(name for name, _ in shown))
    return shown[0][0] if len(shown) == 1 else None


def _drawn_for_test(
    task_type: TaskType,
    stored: Sequence[StoredImage],
    target_of: Mapping[str, Target | None],
    tested: set[str],
    folder: Path,
    tools: Tools,
) -> set[str]:
    """Return the ids of images to add to the fixed test set: for labels that have none in it yet.

    The hash of their content draws them, so that whoever draws again draws the same.
    """
    ids = {image.sha256: image.id for image in stored}
    with_label: dict[str, list[str]] = defaultdict(list)
    for image in stored:
        for label in labels_of(target_of[image.id] or ()) or ("",):
            with_label[label].append(image.id)
    lacking = {
        label
        for label, of_label in with_label.items()
        if len(of_label) >= LEAST_GROUPS_TO_TEST and not tested & set(of_label)
    }
    if not lacking:
        return set()
    rows = [(image, target_of[image.id], False) for image in stored]
    undivided = folder / "undivided.csv"
    write_atomically(undivided, _table(rows, task_type, with_splits=False).encode())
    with private_workspace() as workspace:
        dataset = read_dataset(undivided, engine=tools.engine, progress=tools.progress, workspace=workspace)
    return {
        ids[example.content_hash]
        for example in dataset.in_split(Split.TEST)
        if lacking & set(labels_of(example.target) or ("",))
    }


def _table(
    rows: Sequence[tuple[StoredImage, Target | None, bool]], task_type: TaskType, *, with_splits: bool = True
) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for image, target, is_test in rows:
        split = ("test" if is_test else "train") if with_splits else ""
        writer.writerow((photo_name(image.sha256, image.format), _cell(target), split, task_type.value))
    return out.getvalue()


def _cell(target: Target | None) -> str:
    if isinstance(target, tuple):
        return "|".join(target) or "|"
    return repr(target) if isinstance(target, float) else str(target)


def _read(folder: Path, task_type: TaskType) -> Snapshot:
    label_ids = json.loads((folder / LABELS).read_bytes())
    images = []
    with (folder / TABLE).open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            images.append(
                Shown(
                    path=folder / row["path"],
                    target=_read_target(row["label"], task_type),
                    is_test=row["split"] == "test",
                )
            )
    return Snapshot(table=folder / TABLE, label_ids=label_ids, images=tuple(images))


def _read_target(cell: str, task_type: TaskType) -> Target:
    if task_type is TaskType.REGRESSION:
        return float(cell)
    if task_type is TaskType.MULTI_LABEL:
        return tuple(part for part in cell.split("|") if part)
    return cell

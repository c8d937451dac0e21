"""Whether a task has what a training takes, told before one is put into the queue.

``stages.ingest`` says the same of any data, once it has read it; duplicates and broken files only it can know of.
"""

from __future__ import annotations

from apprenti.domain.dataset import TaskType
from apprenti.domain.errors import ConflictError
from apprenti.domain.service import Task
from apprenti.stages.ingest.labels import LEAST_PHOTOS
from apprenti.stages.ingest.numbers import LEAST_NUMBERS
from apprenti.store.database import images as image_table
from apprenti.store.database import labels as label_table
from apprenti.store.database.images import ImageFilter
from apprenti.store.database.rows import Tx


def require_enough(tx: Tx, task: Task) -> None:
    """Pass, where a task has enough labelled images to learn from.

    Raises:
        ConflictError: too few labels, images or numbers; the message says what to add.
    """
    label_ids = [label.id for label, negative in label_table.of_task(tx, task.id) if not negative]
    if task.task_type is TaskType.REGRESSION:
        _require_numbers(tx, task, label_ids)
    elif task.task_type is TaskType.MULTI_LABEL:
        _require_some_with_and_some_without(tx, task, label_ids)
    else:
        _require_two_classes(tx, task, label_ids)


def _require_two_classes(tx: Tx, task: Task, label_ids: list[str]) -> None:
    if len(label_ids) < 2:
        raise ConflictError("task_one_label", task=task.name)
    if len(_shown_enough(tx, label_ids)) < 2:
        raise ConflictError("no_labelled_images", task=task.name)


def _require_some_with_and_some_without(tx: Tx, task: Task, label_ids: list[str]) -> None:
    to_learn = ImageFilter(task_id=task.id, is_test=False)
    n_images = image_table.count(tx, task.workspace_id, to_learn)
    n_shown = label_table.n_to_learn(tx, label_ids)
    if not any(n_shown[label_id] < n_images for label_id in _shown_enough(tx, label_ids)):
        raise ConflictError("task_few_labels", task=task.name, least=LEAST_PHOTOS)


def _shown_enough(tx: Tx, label_ids: list[str]) -> list[str]:
    """Return the labels that enough images show, and one at least that is not of the fixed test set."""
    n_all, n_to_learn = label_table.n_images(tx, label_ids), label_table.n_to_learn(tx, label_ids)
    return [label_id for label_id in label_ids if n_all[label_id] >= LEAST_PHOTOS and n_to_learn[label_id]]


def _require_numbers(tx: Tx, task: Task, label_ids: list[str]) -> None:
    found = label_table.numbers(tx, label_ids[0]) if label_ids else {}
    n, least, most = found.get(False, (0, 0.0, 0.0))
    if n < LEAST_NUMBERS:
        raise ConflictError("task_few_numbers", task=task.name, n=n, least=LEAST_NUMBERS)
    if least == most:
        raise ConflictError("task_one_number", task=task.name, number=f"{least:g}")

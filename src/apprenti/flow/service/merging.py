"""Merging labels: what showed one shows another from now on, and it can be taken back."""

from __future__ import annotations

from dataclasses import dataclass

from apprenti.domain.dataset import TaskType
from apprenti.domain.errors import ConflictError, OptionError
from apprenti.domain.service import Caller, Role
from apprenti.flow.service.access import allow
from apprenti.flow.service.service import Service, note
from apprenti.store.database import labels as label_table
from apprenti.store.database import merging as table
from apprenti.store.database import tasks as task_table


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """What a merge did, with all it takes to take it back.

    Args:
        moved: ids of images that show the other label now.
        both: ids of images that showed both.
    """

    moved: tuple[str, ...]
    both: tuple[str, ...]


def merge_labels(
    service: Service, caller: Caller, workspace_id: str, task_id: str, label_id: str, *, into: str
) -> Merged:
    """Let every image that shows a label of a task show another of its labels, and take it off the task.

    The label itself stays, on no image: versions trained before still name it, and put back on the task and on its
    images all is as it was.

    Raises:
        NotFoundError: the task or a label is not one of this workspace.
        OptionError: both are the same, one is not of this task, or the task is of numbers.
        ConflictError: the label answers another task too, whose photos would change unasked.
    """
    allow(caller, workspace_id, Role.EDITOR)
    with service.database.write() as tx:
        task = task_table.get(tx, workspace_id, task_id)
        label = label_table.get(tx, workspace_id, label_id)
        label_table.get(tx, workspace_id, into)
        ours = {one.id for one, _ in label_table.of_task(tx, task_id)}
        if label_id == into or not {label_id, into} <= ours or task.task_type is TaskType.REGRESSION:
            raise OptionError("merge_two_of_task", task=task.name)
        others = [one.name for one, _ in label_table.tasks_of(tx, label_id) if one.id != task_id]
        if others:
            raise ConflictError("merge_used_elsewhere", label=label.name, task=others[0])
        moved, both = table.move(tx, label_id, into, now_us=service.now_us())
        label_table.disconnect(tx, task_id, label_id)
        note(
            tx, service, caller, workspace_id, "merge", "label", label_id,
            name=label.name, into=into, task_id=task_id, n_images=len(moved) + len(both),
        )  # fmt: skip
    return Merged(moved=moved, both=both)

"""Labels: words for what images show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from apprenti.domain.service import Caller, Label, LabelKind, Role, Task
from apprenti.flow.service.access import allow
from apprenti.flow.service.images import drop_blobs
from apprenti.flow.service.service import Service, note
from apprenti.flow.service.tasks import require_new_name
from apprenti.flow.service.words import checked_words, same_name
from apprenti.store.database import images as image_table
from apprenti.store.database import labels as table
from apprenti.store.database.images import ImageFilter
from apprenti.store.database.rows import Page

CHANGEABLE = ("name", "description", "output_name")


def create_label(
    service: Service,
    caller: Caller,
    workspace_id: str,
    *,
    name: str,
    kind: LabelKind = LabelKind.CATEGORY,
    description: str = "",
    output_name: str = "",
) -> Label:
    """Make a label.

    Raises:
        OptionError: its name is missing or too long.
    """
    allow(caller, workspace_id, Role.EDITOR)
    words = checked_words({"name": name, "description": description, "output_name": output_name}, CHANGEABLE)
    label = Label(
        id=service.new_id(), workspace_id=workspace_id, kind=kind, created_us=service.now_us(), **words
    )
    with service.database.write() as tx:
        table.insert(tx, label)
        note(tx, service, caller, workspace_id, "create", "label", label.id, name=label.name)
    return label


def get_label(service: Service, caller: Caller, workspace_id: str, label_id: str) -> Label:
    """Return a label."""
    allow(caller, workspace_id, Role.READER)
    with service.database.read() as tx:
        return table.get(tx, workspace_id, label_id)


def list_labels(
    service: Service,
    caller: Caller,
    workspace_id: str,
    *,
    task_id: str | None = None,
    search: str | None = None,
    cursor: str | None = None,
    limit: int = 50,
) -> Page[Label]:
    """Return labels of a workspace, oldest first: those of a task, or with these letters in their name."""
    allow(caller, workspace_id, Role.READER)
    with service.database.read() as tx:
        return table.page(tx, workspace_id, task_id=task_id, search=search, cursor=cursor, limit=limit)


def count_labels(
    service: Service,
    caller: Caller,
    workspace_id: str,
    *,
    task_id: str | None = None,
    search: str | None = None,
) -> int:
    """Return how many labels ``list_labels`` would give in all."""
    allow(caller, workspace_id, Role.READER)
    with service.database.read() as tx:
        return table.count(tx, workspace_id, task_id=task_id, search=search)


def count_images(
    service: Service, caller: Caller, workspace_id: str, label_ids: Sequence[str]
) -> Mapping[str, int]:
    """Return how many images show each label."""
    allow(caller, workspace_id, Role.READER)
    with service.database.read() as tx:
        return table.n_images(tx, label_ids)


def tasks_of_label(
    service: Service, caller: Caller, workspace_id: str, label_id: str
) -> tuple[tuple[Task, bool], ...]:
    """Return the tasks a label answers, each with whether it is the one that stands for none of the others."""
    allow(caller, workspace_id, Role.READER)
    with service.database.read() as tx:
        table.get(tx, workspace_id, label_id)
        return table.tasks_of(tx, label_id)


def tasks_of_labels(
    service: Service, caller: Caller, workspace_id: str, label_ids: Sequence[str]
) -> Mapping[str, tuple[tuple[Task, bool], ...]]:
    """Return what ``tasks_of_label`` gives, for many labels at once."""
    allow(caller, workspace_id, Role.READER)
    with service.database.read() as tx:
        for label_id in label_ids:
            table.get(tx, workspace_id, label_id)
        return table.tasks_of_labels(tx, label_ids)


def change_label(service: Service, caller: Caller, workspace_id: str, label_id: str, **values: Any) -> Label:
    """Change fields of a label (those of ``CHANGEABLE``) and return it.

    Raises:
        ConflictError: a task that it answers has another label of its new name.
    """
    allow(caller, workspace_id, Role.EDITOR)
    checked = checked_words(values, CHANGEABLE)
    with service.database.write() as tx:
        label = table.get(tx, workspace_id, label_id)
        if not same_name(checked.get("name", label.name), label.name):
            for task, _ in table.tasks_of(tx, label_id):
                require_new_name(task, checked["name"], [other for other, _ in table.of_task(tx, task.id)])
        if checked:
            label = table.change(tx, workspace_id, label_id, **checked)
        note(tx, service, caller, workspace_id, "change", "label", label_id, **checked)
    return label


def delete_label(
    service: Service, caller: Caller, workspace_id: str, label_id: str, *, with_images: bool = False
) -> None:
    """Delete a label; with ``with_images`` every image that shows it as well, and their bytes."""
    allow(caller, workspace_id, Role.OWNER)
    with service.database.write() as tx:
        label = table.get(tx, workspace_id, label_id)
        chosen = ImageFilter(label_ids=(label_id,))
        found = list(image_table.all_of(tx, workspace_id, chosen)) if with_images else []
        n_images = image_table.delete(tx, workspace_id, [image.id for image in found])
        table.delete(tx, workspace_id, label_id)
        note(
            tx, service, caller, workspace_id, "delete", "label", label_id, name=label.name, n_images=n_images
        )
    drop_blobs(service, [image.sha256 for image in found])

"""Calls about workspaces, tasks and labels."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from os import PathLike
from pathlib import Path

from apprenti.client.answers import Label, Me, Task, Workspace
from apprenti.client.shelves import KEEP, Shelf, at, changes
from apprenti.client.transport import Body
from apprenti.domain.dataset import TaskType
from apprenti.domain.service import LabelKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What came out of an archive.

    Args:
        workspace: that was made.
        n_rows: by table.
        n_blobs: images and models.
        has_new_ids: ids were taken there, and all were made anew.
    """

    workspace: Workspace
    n_rows: Mapping[str, int] = field(default_factory=dict)
    n_blobs: int
    has_new_ids: bool


class Workspaces(Shelf):
    """``client.workspaces``."""

    def list(self) -> Iterator[Workspace]:
        """Yield the workspaces the token opens, oldest first."""
        return self._every(Workspace, at("workspaces"))

    def create(self, name: str) -> Workspace:
        """Make a workspace; operators only."""
        return self._one(Workspace, self._transport.ask_json("POST", at("workspaces"), data={"name": name}))

    def get(self, workspace_id: str) -> Workspace:
        """Return a workspace."""
        return self._get(Workspace, at("workspaces", workspace_id))

    def delete(self, workspace_id: str) -> None:
        """Delete a workspace with everything in it; operators only."""
        self._transport.ask("DELETE", at("workspaces", workspace_id))

    def export_to(self, path: str | PathLike[str], workspace_id: str | None = None) -> Path:
        """Write a workspace into a file: every row, image and model, and no token or secret; owners only.

        Args:
            path: of the archive; what is there is replaced once the new one is whole.
            workspace_id: which; by default the one meant.
        """
        meant = workspace_id or self._get(Me, at("me")).workspace_id
        out = Path(path)
        with tempfile.NamedTemporaryFile(dir=out.parent, prefix=f".{out.name}.", delete=False) as file:
            try:
                self._transport.ask("GET", at("workspaces", meant, "archive"), into=file)
                file.close()
                return Path(file.name).replace(out)
            except BaseException:
                Path(file.name).unlink(missing_ok=True)
                raise

    def import_from(self, path: str | PathLike[str], *, name: str | None = None) -> Imported:
        """Make a workspace of an archive, all of it or nothing; operators only.

        Args:
            path: of what ``export_to`` or ``apprenti workspace export`` wrote.
            name: of the new workspace; by default the one it had.
        """
        body = Body(file=Path(path), content_type="application/zip")
        reply = self._transport.ask("POST", at("archives"), query={"name": name}, body=body)
        return self._one(Imported, self._transport.read_json(reply))


class Tasks(Shelf):
    """``client.tasks``."""

    def list(self) -> Iterator[Task]:
        """Yield the tasks of the workspace, oldest first."""
        return self._every(Task, at("tasks"))

    def create(
        self,
        name: str,
        *,
        task_type: TaskType = TaskType.MULTI_CLASS,
        description: str = "",
        keeps_images: bool = False,
        corrections_until_retrain: int | None = None,
        budget_seconds: float = 120.0,
    ) -> Task:
        """Make a task; see ``Task`` for what its fields mean."""
        data = {
            "name": name,
            "task_type": TaskType(task_type).value,
            "description": description,
            "keeps_images": keeps_images,
            "corrections_until_retrain": corrections_until_retrain,
            "budget_seconds": budget_seconds,
        }
        return self._one(Task, self._transport.ask_json("POST", at("tasks"), data=data))

    def get(self, task_id: str) -> Task:
        """Return a task."""
        return self._get(Task, at("tasks", task_id))

    def change(
        self,
        task_id: str,
        *,
        name: str = KEEP,
        description: str = KEEP,
        keeps_images: bool = KEEP,
        corrections_until_retrain: int | None = KEEP,
        budget_seconds: float = KEEP,
    ) -> Task:
        """Change a task; what is left out stays."""
        data = changes(
            name=name,
            description=description,
            keeps_images=keeps_images,
            corrections_until_retrain=corrections_until_retrain,
            budget_seconds=budget_seconds,
        )
        return self._one(Task, self._transport.ask_json("PATCH", at("tasks", task_id), data=data))

    def delete(self, task_id: str) -> None:
        """Delete a task with its trainings, versions and predictions; labels and images stay."""
        self._transport.ask("DELETE", at("tasks", task_id))

    def labels(self, task_id: str) -> tuple[Label, ...]:
        """Return the labels that are a task's answers."""
        data = self._transport.ask_json("GET", at("tasks", task_id, "labels"))
        return tuple(self._one(Label, one) for one in data["items"])

    def add_label(self, task_id: str, label_id: str) -> None:
        """Make a label one of a task's answers."""
        self._transport.ask("PUT", at("tasks", task_id, "labels", label_id))

    def remove_label(self, task_id: str, label_id: str) -> None:
        """Take a label from a task's answers; images keep it."""
        self._transport.ask("DELETE", at("tasks", task_id, "labels", label_id))


class Labels(Shelf):
    """``client.labels``."""

    def list(self, *, task: str | None = None, search: str | None = None) -> Iterator[Label]:
        """Yield labels, oldest first: all, those of a task, or those with some letters in their name."""
        return self._every(Label, at("labels"), {"task": task, "search": search})

    def create(
        self,
        name: str,
        *,
        kind: LabelKind = LabelKind.CATEGORY,
        description: str = "",
        output_name: str = "",
    ) -> Label:
        """Make a label."""
        data = {
            "name": name,
            "kind": LabelKind(kind).value,
            "description": description,
            "output_name": output_name,
        }
        return self._one(Label, self._transport.ask_json("POST", at("labels"), data=data))

    def get(self, label_id: str) -> Label:
        """Return a label."""
        return self._get(Label, at("labels", label_id))

    def change(
        self, label_id: str, *, name: str = KEEP, description: str = KEEP, output_name: str = KEEP
    ) -> Label:
        """Change a label; what is left out stays."""
        data = changes(name=name, description=description, output_name=output_name)
        return self._one(Label, self._transport.ask_json("PATCH", at("labels", label_id), data=data))

    def delete(self, label_id: str, *, with_images: bool = False) -> None:
        """Delete a label, and on demand every image that shows it."""
        self._transport.ask("DELETE", at("labels", label_id), query={"with_images": with_images})

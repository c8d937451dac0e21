"""Workspaces, tasks and labels: what is to be recognised, for whom."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from apprenti.domain.dataset import TaskType


class LabelKind(StrEnum):
    """Whether an example has one label of its kind, or as many as fit."""

    CATEGORY = "category"
    TAG = "tag"


@dataclass(frozen=True, slots=True, kw_only=True)
class Workspace:
    """What a token opens: everything else belongs to exactly one.

    Args:
        id: lower-case UUID.
        name: for people.
        created_us: microseconds since the epoch, UTC; so are all times of the service.
    """

    id: str
    name: str
    created_us: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """Something to be told of images.

    Args:
        id: lower-case UUID.
        workspace_id: where it belongs.
        name: for people.
        task_type: one class, several labels, or a number.
        description: for people.
        keeps_images: consent: predictions keep their images, so that people can correct them.
        corrections_until_retrain: how many corrections make a training begin by itself; ``None`` for never.
        budget_seconds: wall time of each training.
        production_version: number of the version that answers; ``None`` before the first.
        pinned: production stays as it is, whatever a challenger scores.
        created_us: when.
    """

    id: str
    workspace_id: str
    name: str
    task_type: TaskType = TaskType.MULTI_CLASS
    description: str = ""
    keeps_images: bool = False
    corrections_until_retrain: int | None = None
    budget_seconds: float = 120.0
    production_version: int | None = None
    pinned: bool = False
    created_us: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """A word for what images show; the same label may serve several tasks.

    Args:
        id: lower-case UUID.
        workspace_id: where it belongs.
        name: for people; several labels may share one.
        kind: category or tag.
        description: for people.
        output_name: what programs are told in place of ``name``, where not empty.
        created_us: when.
    """

    id: str
    workspace_id: str
    name: str
    kind: LabelKind = LabelKind.CATEGORY
    description: str = ""
    output_name: str = ""
    created_us: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskLabel:
    """That a label is one of a task's answers.

    Args:
        task_id: the task.
        label_id: the label.
        is_negative: it stands for "none of the others" in a task of several labels.
    """

    task_id: str
    label_id: str
    is_negative: bool = False

"""The shapes of tasks and labels."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from apprenti.api.v1.schemas import IdText, Name, Shape, Text, time_of
from apprenti.domain.dataset import TaskType
from apprenti.domain.service import Label, LabelKind, Task


class TaskView(BaseModel):
    """Something to be told of images."""

    id: str
    workspace_id: str
    name: str
    task_type: TaskType
    description: str
    keeps_images: bool = Field(description="consent: predictions keep their images for review")
    corrections_until_retrain: int | None = Field(description="null: never by itself")
    budget_seconds: float = Field(description="wall time of each training")
    production_version: int | None = Field(description="the version that answers; null before the first")
    pinned: bool = Field(description="production stays, whatever a challenger scores")
    created_at: datetime

    @classmethod
    def of(cls, task: Task) -> TaskView:
        """Return it as it is shown."""
        return cls(
            id=task.id,
            workspace_id=task.workspace_id,
            name=task.name,
            task_type=task.task_type,
            description=task.description,
            keeps_images=task.keeps_images,
            corrections_until_retrain=task.corrections_until_retrain,
            budget_seconds=task.budget_seconds,
            production_version=task.production_version,
            pinned=task.pinned,
            created_at=time_of(task.created_us),
        )


_TASK: dict[str, Any] = {
    "examples": [{"name": "Bread or cake", "task_type": "multi_class", "keeps_images": True}]
}


class NewTask(Shape):
    """A task to be made."""

    model_config = ConfigDict(extra="forbid", json_schema_extra=_TASK)
    name: Name
    task_type: TaskType = TaskType.MULTI_CLASS
    description: Text = ""
    keeps_images: bool = False
    corrections_until_retrain: int | None = Field(default=None, ge=1, le=1_000_000)
    budget_seconds: float = Field(default=120.0, ge=15, le=86_400)


class TaskChange(Shape):
    """What is to change of a task; what is left out stays."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"budget_seconds": 300}]})
    name: Name = ""
    description: Text = ""
    keeps_images: bool = False
    corrections_until_retrain: int | None = Field(default=None, ge=1, le=1_000_000)
    budget_seconds: float = Field(default=120.0, ge=15, le=86_400)


class LabelView(BaseModel):
    """A word for what images show; the same label may serve several tasks."""

    id: str
    workspace_id: str
    name: str
    kind: LabelKind
    description: str
    output_name: str = Field(description="what programs are told in place of the name, where not empty")
    created_at: datetime

    @classmethod
    def of(cls, label: Label) -> LabelView:
        """Return it as it is shown."""
        return cls(**label_data(label))


class CountedLabel(LabelView):
    """A label, and how many images show it."""

    n_images: int

    @classmethod
    def counted(cls, label: Label, n_images: int) -> CountedLabel:
        """Return it as it is shown."""
        return cls(**label_data(label), n_images=n_images)


class TaskLabelView(LabelView):
    """A label that is one of a task's answers."""

    is_negative: bool = Field(description="it stands for none of the others")

    @classmethod
    def among(cls, label: Label, is_negative: bool) -> TaskLabelView:
        """Return it as it is shown."""
        return cls(**label_data(label), is_negative=is_negative)


class TaskLabels(BaseModel):
    """The answers of a task."""

    items: list[TaskLabelView]


class NewLabel(Shape):
    """A label to be made."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"name": "bread"}]})
    name: Name
    kind: LabelKind = LabelKind.CATEGORY
    description: Text = ""
    output_name: Text = ""


class LabelChange(Shape):
    """What is to change of a label; what is left out stays."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"output_name": "BREAD"}]})
    name: Name = ""
    description: Text = ""
    output_name: Text = ""


class MergeInto(Shape):
    """Which label takes the place of another."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"into": "9a3c8f1e-5b2d-4e7f-8a6b-0c1d2e3f4a5b"}]}
    )
    into: IdText


class MergedImages(BaseModel):
    """What a merge changed: all it takes to take it back."""

    moved: list[str] = Field(description="ids of images that show the other label now")
    both: list[str] = Field(description="ids of images that showed both")


def label_data(label: Label) -> dict[str, Any]:
    """Return the fields of a label as they are shown."""
    return {
        "id": label.id,
        "workspace_id": label.workspace_id,
        "name": label.name,
        "kind": label.kind,
        "description": label.description,
        "output_name": label.output_name,
        "created_at": time_of(label.created_us),
    }

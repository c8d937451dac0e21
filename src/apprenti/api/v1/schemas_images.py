"""The shapes of images and what they show."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from apprenti.api.schemas import Problem
from apprenti.api.v1.schemas import IdText, Shape, time_of
from apprenti.domain.service import ImageLabel, Label, LabelKind, Origin, StoredImage
from apprenti.flow.service.images import Said
from apprenti.flow.service.service import MAX_NAME_LETTERS


class ShownLabel(BaseModel):
    """That an image shows a label."""

    id: str
    name: str
    kind: LabelKind
    value: float | None = Field(description="the number, where the label stands for one")


class ImageView(BaseModel):
    """An image; its picture is at ``/v1/images/{id}/file``."""

    id: str
    workspace_id: str
    sha256: str
    n_bytes: int
    width_px: int
    height_px: int
    format: str
    brightness: float
    contrast: float
    colourfulness: float
    name: str
    meta_data: dict[str, Any]
    is_test: bool = Field(description="belongs to the fixed test set: judged on, never trained on")
    is_real: bool
    origin: Origin
    labels: list[ShownLabel]
    created_at: datetime

    @classmethod
    def of(cls, image: StoredImage, shows: Sequence[tuple[Label, ImageLabel]]) -> ImageView:
        """Return it as it is shown."""
        same = (
            "id", "workspace_id", "sha256", "n_bytes", "width_px", "height_px", "format", "brightness",
            "contrast", "colourfulness", "name", "is_test", "is_real", "origin",
        )  # fmt: skip
        return cls(
            **{name: getattr(image, name) for name in same},
            meta_data=dict(image.meta_data),
            labels=[
                ShownLabel(id=label.id, name=label.name, kind=label.kind, value=said.value)
                for label, said in shows
            ],
            created_at=time_of(image.created_us),
        )


class TakenImage(BaseModel):
    """What became of one image of several."""

    name: str
    status: int = Field(description="201 new, 200 there already, else what was wrong")
    image: ImageView | None = None
    error: Problem | None = None


class TakenImages(BaseModel):
    """What became of each image, in the order they were sent."""

    items: list[TakenImage]


class ImageChange(Shape):
    """What is to change of an image; what is left out stays."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"is_test": True, "meta_data": {"shop": "Nice"}}]}
    )
    name: str = Field(default="", max_length=MAX_NAME_LETTERS)
    meta_data: dict[str, Any] = Field(default={})
    is_test: bool = False
    is_real: bool = True


class SaidLabel(Shape):
    """That images show a label."""

    label_id: IdText
    value: float | None = Field(default=None, description="the number, where the label stands for one")

    def said(self) -> Said:
        """Return it as the flow takes it."""
        return Said(label_id=self.label_id, value=self.value)


class ImageLabels(Shape):
    """What is to be said of several images: of all, or of none."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "image_ids": ["5f0c7a34-0a4b-4a53-9d5e-2a2c7b1f3d10"],
                    "add": [{"label_id": "9a3c8f1e-5b2d-4e7f-8a6b-0c1d2e3f4a5b"}],
                }
            ]
        },
    )
    image_ids: list[IdText] = Field(min_length=1, max_length=1000)
    add: list[SaidLabel] = Field(default=[], max_length=100)
    remove: list[IdText] = Field(default=[], max_length=100)


class ImageIds(Shape):
    """Several images."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"image_ids": ["5f0c7a34-0a4b-4a53-9d5e-2a2c7b1f3d10"]}]},
    )
    image_ids: list[IdText] = Field(min_length=1, max_length=1000)


class HowMany(BaseModel):
    """How many there were."""

    n: int

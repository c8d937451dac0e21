"""Images and what people say they show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Origin(StrEnum):
    """How an image came in."""

    UPLOAD = "upload"
    PREDICTION = "prediction"


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredImage:
    """An image; its bytes are a blob.

    Args:
        id: lower-case UUID.
        workspace_id: where it belongs; the same bytes are kept once for each workspace.
        sha256: of its bytes, 64 hex digits: the name of the blob.
        n_bytes: its size.
        width_px: after EXIF rotation.
        height_px: after EXIF rotation.
        format: ``JPEG``, ``PNG``, ``WEBP``, ``GIF``, ``BMP`` or ``TIFF``.
        brightness: mean grey level, 0..1.
        contrast: standard deviation of the grey level, 0..1.
        colourfulness: mean distance of the channels from grey, 0..1.
        name: what it was called where it came from, for people; never a path.
        meta_data: JSON object of the person's own.
        is_test: belongs to the fixed test set: judged on, never trained on.
        is_real: a real photo, as opposed to one made for the purpose.
        origin: upload or prediction.
        created_us: when.
    """

    id: str
    workspace_id: str
    sha256: str
    n_bytes: int
    width_px: int
    height_px: int
    format: str
    brightness: float = 0.0
    contrast: float = 0.0
    colourfulness: float = 0.0
    name: str = ""
    meta_data: Mapping[str, Any] = field(default_factory=dict)
    is_test: bool = False
    is_real: bool = True
    origin: Origin = Origin.UPLOAD
    created_us: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """That a person has looked at what an image is said to show, and found it right.

    Args:
        id: lower-case UUID.
        workspace_id: where it belongs.
        image_id: the image.
        user: who, as the caller's program calls him.
        created_us: when.
    """

    id: str
    workspace_id: str
    image_id: str
    user: str
    created_us: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageLabel:
    """That an image shows a label.

    Args:
        image_id: the image.
        label_id: the label.
        value: the number, where the label stands for one.
        created_us: when it was said.
    """

    image_id: str
    label_id: str
    value: float | None = None
    created_us: int

"""Calls about images and what they show."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import Any

from apprenti.client.answers import Image
from apprenti.client.shelves import KEEP, Shelf, at, changes
from apprenti.client.transport import Body
from apprenti.domain.service import Origin

Photo = str | PathLike[str] | bytes
"""A file, or the bytes of one."""


class Images(Shelf):
    """``client.images``."""

    def add(
        self,
        photo: Photo,
        *,
        labels: Sequence[str] | Mapping[str, float] = (),
        name: str = "",
        meta_data: Mapping[str, Any] | None = None,
        is_test: bool = False,
        is_real: bool = True,
    ) -> Image:
        """Upload an image; when this returns, it is on the service's disk.

        The same bytes are kept once: sent again, they gain the labels said now.

        Args:
            photo: a file, or its bytes.
            labels: ids of what it shows; with numbers, where labels stand for numbers.
            name: for people; the file's by default.
            meta_data: JSON object of your own.
            is_test: judged on, never trained on.
            is_real: a real photo, as opposed to one made for the purpose.
        """
        data, file_name = read_photo(photo)
        query = {
            "label": [f"{id_}:{value:.15f}" for id_, value in labels.items()]
            if isinstance(labels, Mapping)
            else list(labels),
            "name": name or file_name or None,
            "meta_data": json.dumps(dict(meta_data)) if meta_data else None,
            "is_test": is_test or None,
            "is_real": None if is_real else False,
        }
        body = Body(data=data, content_type="application/octet-stream")
        reply = self._transport.ask("POST", at("images"), query=query, body=body)
        return self._one(Image, self._transport.read_json(reply))

    def list(
        self,
        *,
        task: str | None = None,
        labels: Sequence[str] = (),
        without_labels: Sequence[str] = (),
        is_test: bool | None = None,
        is_real: bool | None = None,
        origin: Origin | None = None,
        has_labels: bool | None = None,
    ) -> Iterator[Image]:
        """Yield images that fit, in the order they came in."""
        chosen = _chosen(task, labels, without_labels, is_test, is_real, origin, has_labels)
        return self._every(Image, at("images"), chosen)

    def count(
        self,
        *,
        task: str | None = None,
        labels: Sequence[str] = (),
        without_labels: Sequence[str] = (),
        is_test: bool | None = None,
        is_real: bool | None = None,
        origin: Origin | None = None,
        has_labels: bool | None = None,
    ) -> int:
        """Return how many images fit."""
        chosen = _chosen(task, labels, without_labels, is_test, is_real, origin, has_labels)
        return int(self._transport.ask_json("GET", at("images", "count"), query=chosen)["n"])

    def get(self, image_id: str) -> Image:
        """Return an image's facts and what it shows."""
        return self._get(Image, at("images", image_id))

    def picture(self, image_id: str, *, small: bool = False) -> bytes:
        """Return the picture as the service draws it: 2048 pixels at most, or 256."""
        return self._transport.ask("GET", at("images", image_id, "thumbnail" if small else "file")).data

    def change(
        self,
        image_id: str,
        *,
        name: str = KEEP,
        meta_data: Mapping[str, Any] = KEEP,
        is_test: bool = KEEP,
        is_real: bool = KEEP,
    ) -> Image:
        """Change what is said of an image; what is left out stays."""
        data = changes(name=name, meta_data=meta_data, is_test=is_test, is_real=is_real)
        return self._one(Image, self._transport.ask_json("PATCH", at("images", image_id), data=data))

    def add_label(self, image_id: str, label_id: str, *, value: float | None = None) -> None:
        """Say that an image shows a label; a category takes the place of its task's other categories."""
        self._transport.ask("PUT", at("images", image_id, "labels", label_id), query={"value": value})

    def remove_label(self, image_id: str, label_id: str) -> None:
        """Say that an image does not show a label."""
        self._transport.ask("DELETE", at("images", image_id, "labels", label_id))

    def delete(self, image_id: str) -> None:
        """Delete an image, and its bytes where nothing else needs them."""
        self._transport.ask("DELETE", at("images", image_id))


def read_photo(photo: Photo) -> tuple[bytes, str]:
    """Return the bytes of a photo, and the name of its file where it has one."""
    if isinstance(photo, bytes):
        return photo, ""
    path = Path(photo)
    return path.read_bytes(), path.name


def _chosen(
    task: str | None,
    labels: Sequence[str],
    without_labels: Sequence[str],
    is_test: bool | None,
    is_real: bool | None,
    origin: Origin | None,
    has_labels: bool | None,
) -> dict[str, Any]:
    return {
        "task": task,
        "label": list(labels),
        "without_label": list(without_labels),
        "is_test": is_test,
        "is_real": is_real,
        "origin": Origin(origin).value if origin else None,
        "has_labels": has_labels,
    }

"""Images: taken in once by content, labelled, kept apart for testing, and really deleted."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from apprenti.blocks.decoding import look, read_header
from apprenti.domain.dataset import TaskType
from apprenti.domain.errors import ItemError, NotFoundError, OptionError
from apprenti.domain.service import Caller, ImageLabel, Label, LabelKind, Origin, Role, StoredImage
from apprenti.flow.service.access import allow
from apprenti.flow.service.service import MAX_NAME_LETTERS, Service, note
from apprenti.flow.service.words import optional_text
from apprenti.store.database import images as table
from apprenti.store.database import labels as label_table
from apprenti.store.database.images import ALL, ImageFilter
from apprenti.store.database.rows import Page, Tx

MAX_META_BYTES = 64_000
MAX_IMAGES_AT_ONCE = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageWords:
    """What is said of an image when it comes in; see ``domain.service.StoredImage``."""

    name: str = ""
    meta_data: Mapping[str, Any] = field(default_factory=dict)
    is_test: bool = False
    is_real: bool = True
    origin: Origin = Origin.UPLOAD


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """That an image shows a label, with the number where it stands for one."""

    label_id: str
    value: float | None = None


def add_image(
    service: Service,
    caller: Caller,
    workspace_id: str,
    data: bytes,
    *,
    words: ImageWords | None = None,
    shows: Sequence[Said] = (),
) -> tuple[StoredImage, bool]:
    """Take in an image; when this returns it is on the disk.

    Args:
        service: what to work with.
        caller: on whose behalf.
        workspace_id: where.
        data: a JPEG, PNG, WebP, GIF, BMP or TIFF file; kept as it is.
        words: what is said of it.
        shows: what it shows.

    Returns:
        The image, and whether it is new; the same bytes are kept once, and gain the labels said now.

    Raises:
        ItemError: the bytes are no image that can be used.
        NotFoundError: a label is not one of this workspace.
    """
    allow(caller, workspace_id, Role.EDITOR)
    image = stored_image(service, workspace_id, data, words or ImageWords())
    service.blobs.put(data)
    with service.database.write() as tx:
        there = table.by_hash(tx, workspace_id, image.sha256)
        kept = there or image
        if not service.blobs.has(image.sha256):  # the last row that named it went since
            service.blobs.put(data)
        if there is None:
            table.insert(tx, image)
            note(tx, service, caller, workspace_id, "create", "image", image.id)
        _show(tx, service, workspace_id, kept.id, shows)
    return kept, there is None


def stored_image(service: Service, workspace_id: str, data: bytes, words: ImageWords) -> StoredImage:
    """Return the row of an image that may be taken in; nothing is written yet.

    Raises:
        ItemError: the bytes are no image that can be used.
        OptionError: something said of it cannot be kept.
    """
    item = optional_text(words.name, "name", most=MAX_NAME_LETTERS) or "image"
    if len(data) > service.limits.max_image_bytes:
        raise ItemError("file_too_large", item=item, limit=f"{service.limits.max_image_bytes / 1e6:g}")
    if len(json.dumps(words.meta_data)) > MAX_META_BYTES:
        raise OptionError("text_too_long", field="meta_data", limit=MAX_META_BYTES)
    read_header(data, item=item, max_megapixels=service.limits.max_megapixels)
    facts = look(data, item=item).facts
    return StoredImage(
        id=service.new_id(),
        workspace_id=workspace_id,
        sha256=hashlib.sha256(data).hexdigest(),
        n_bytes=len(data),
        width_px=facts.width_px,
        height_px=facts.height_px,
        format=facts.format,
        brightness=facts.brightness,
        contrast=facts.contrast,
        colourfulness=facts.colourfulness,
        name=words.name,
        meta_data=words.meta_data,
        is_test=words.is_test,
        is_real=words.is_real,
        origin=words.origin,
        created_us=service.now_us(),
    )


def get_image(service: Service, caller: Caller, workspace_id: str, image_id: str) -> StoredImage:
    """Return an image's row."""
    allow(caller, workspace_id, Role.READER)
    with service.database.read() as tx:
        return table.get(tx, workspace_id, image_id)


def image_bytes(service: Service, caller: Caller, workspace_id: str, image_id: str) -> bytes:
    """Return the file of an image, as it came in."""
    return service.blobs.get(get_image(service, caller, workspace_id, image_id).sha256)


def file_at_address(service: Service, image_id: str, sha256: str) -> tuple[StoredImage, bytes]:
    """Return an image and its file to whoever names both its id and its SHA-256: the address is the permission.

    Neither can be guessed, and only those who may see the image are told the address.

    Raises:
        NotFoundError: nothing is there.
    """
    with service.database.read() as tx:
        image = table.at_address(tx, image_id, sha256)
    if image is None:
        raise NotFoundError("not_found", noun="image", id=image_id[:100])
    return image, service.blobs.get(image.sha256)


def list_images(
    service: Service,
    caller: Caller,
    workspace_id: str,
    chosen: ImageFilter = ALL,
    *,
    cursor: str | None = None,
    limit: int = 50,
) -> Page[StoredImage]:
    """Return images that fit, in the order they came in."""
    allow(caller, workspace_id, Role.READER)
    with service.database.read() as tx:
        return table.page(tx, workspace_id, chosen, cursor=cursor, limit=limit)


def count_images_that_fit(
    service: Service, caller: Caller, workspace_id: str, chosen: ImageFilter = ALL
) -> int:
    """Return how many images fit."""
    allow(caller, workspace_id, Role.READER)
    with service.database.read() as tx:
        return table.count(tx, workspace_id, chosen)


def labels_of_images(
    service: Service, caller: Caller, workspace_id: str, image_ids: Sequence[str]
) -> Mapping[str, tuple[tuple[Label, ImageLabel], ...]]:
    """Return what each of these images shows."""
    allow(caller, workspace_id, Role.READER)
    with service.database.read() as tx:
        table.all_by_ids(tx, workspace_id, image_ids)
        return table.labels_of(tx, image_ids)


def label_image(
    service: Service,
    caller: Caller,
    workspace_id: str,
    image_id: str,
    *,
    add: Sequence[Said] = (),
    remove: Sequence[str] = (),
) -> None:
    """Say what an image shows, or that it does not; a category takes the place of its task's other categories."""
    label_images(service, caller, workspace_id, [image_id], add=add, remove=remove)


def label_images(
    service: Service,
    caller: Caller,
    workspace_id: str,
    image_ids: Sequence[str],
    *,
    add: Sequence[Said] = (),
    remove: Sequence[str] = (),
) -> None:
    """Say it of several images at once: of all, or of none.

    Raises:
        NotFoundError: an image or label is not one of this workspace.
        OptionError: too many at once.
    """
    allow(caller, workspace_id, Role.EDITOR)
    _require_few(image_ids)
    with service.database.write() as tx:
        for label_id in remove:
            label_table.get(tx, workspace_id, label_id)
        table.all_by_ids(tx, workspace_id, image_ids)
        for image_id in image_ids:
            for label_id in remove:
                table.unshow(tx, image_id, label_id)
            _show(tx, service, workspace_id, image_id, add)
        added = [said.label_id for said in add]
        for image_id in image_ids:
            note(
                tx,
                service,
                caller,
                workspace_id,
                "label",
                "image",
                image_id,
                added=added,
                removed=list(remove),
            )


def change_images(
    service: Service, caller: Caller, workspace_id: str, image_ids: Sequence[str], **values: Any
) -> int:
    """Change ``meta_data``, ``is_test``, ``is_real`` or ``name`` of images; return how many there were.

    Raises:
        OptionError: another field, a value too long, or too many images at once.
    """
    allow(caller, workspace_id, Role.EDITOR)
    _require_few(image_ids)
    unknown = set(values) - {"meta_data", "is_test", "is_real", "name"}
    if unknown:
        raise OptionError("field_unknown", field=sorted(unknown)[0][:50])
    if len(json.dumps(values.get("meta_data", {}))) > MAX_META_BYTES:
        raise OptionError("text_too_long", field="meta_data", limit=MAX_META_BYTES)
    optional_text(values.get("name", ""), "name", most=MAX_NAME_LETTERS)
    told = {name: value for name, value in values.items() if name.startswith("is_")}
    with service.database.write() as tx:
        there = list(table.by_ids(tx, workspace_id, image_ids)) if values else []
        table.change(tx, workspace_id, there, **values)
        for image_id in there:
            note(tx, service, caller, workspace_id, "change", "image", image_id, **told)
    return len(there)


def delete_images(service: Service, caller: Caller, workspace_id: str, image_ids: Sequence[str]) -> int:
    """Delete images, and their bytes where nothing else needs them; return how many there were."""
    allow(caller, workspace_id, Role.EDITOR)
    _require_few(image_ids)
    with service.database.write() as tx:
        found = table.all_by_ids(tx, workspace_id, image_ids)
        hashes = [image.sha256 for image in found.values()]
        n = table.delete(tx, workspace_id, image_ids)
        for image_id in found:
            note(tx, service, caller, workspace_id, "delete", "image", image_id)
    drop_blobs(service, hashes)
    return n


def drop_blobs(service: Service, hashes: Sequence[str]) -> None:
    """Delete blobs that no row names; while it looks nobody can write a row that does."""
    with service.database.write() as tx:
        for sha256 in dict.fromkeys(hashes):
            if not table.is_named(tx, sha256):
                service.blobs.delete(sha256)


def _show(tx: Tx, service: Service, workspace_id: str, image_id: str, shows: Sequence[Said]) -> None:
    """Write what an image shows; one category of a task of one class takes the place of the others."""
    for said in shows:
        label = label_table.get(tx, workspace_id, said.label_id)
        if label.kind is LabelKind.CATEGORY:
            for task, _ in label_table.tasks_of(tx, label.id):
                if task.task_type is TaskType.MULTI_CLASS:
                    for other, _ in label_table.of_task(tx, task.id):
                        if other.id != label.id:
                            table.unshow(tx, image_id, other.id)
        table.show(
            tx,
            ImageLabel(
                image_id=image_id, label_id=said.label_id, value=said.value, created_us=service.now_us()
            ),
        )


def _require_few(image_ids: Sequence[str]) -> None:
    if len(image_ids) > MAX_IMAGES_AT_ONCE:
        raise OptionError("too_many_at_once", limit=MAX_IMAGES_AT_ONCE)

"""Images in the database, what they show, and which blobs they still need."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import exists, func, select

from apprenti.domain.service import ImageLabel, Label, Origin, StoredImage
from apprenti.store.database import rows
from apprenti.store.database.rows import Page, Tx
from apprenti.store.database.tables import IMAGE_LABELS, IMAGES, LABELS, TASK_LABELS, VERIFICATIONS, VERSIONS

BLOB_COLUMNS = (IMAGES.c.sha256, VERSIONS.c.model_sha256, VERSIONS.c.reference_sha256)
"""Every column that names a blob."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageFilter:
    """Which images of a workspace are meant.

    Args:
        task_id: those with a label of this task.
        label_ids: those that show all of these labels.
        without_label_ids: those that show none of these.
        is_test: those of the fixed test set, or the others.
        is_real: real photos, or the others.
        origin: uploads, or images kept from predictions.
        has_labels: those that show any label, or none.
        value_least: by label, the least number it may stand for.
        value_most: by label, the largest.
        n_verified: those that so many people have verified.
    """

    task_id: str | None = None
    label_ids: tuple[str, ...] = ()
    without_label_ids: tuple[str, ...] = ()
    is_test: bool | None = None
    is_real: bool | None = None
    origin: Origin | None = None
    has_labels: bool | None = None
    value_least: tuple[tuple[str, float], ...] = ()
    value_most: tuple[tuple[str, float], ...] = ()
    n_verified: int | None = None


ALL = ImageFilter()


def insert(tx: Tx, *images: StoredImage) -> None:
    """Write new images."""
    rows.add(tx, IMAGES, *images)


def get(tx: Tx, workspace_id: str, image_id: str) -> StoredImage:
    """Return an image.

    Raises:
        NotFoundError: this workspace has none of this id.
    """
    return rows.get(tx, IMAGES, StoredImage, workspace_id, image_id)


def by_hash(tx: Tx, workspace_id: str, sha256: str) -> StoredImage | None:
    """Return the image with these bytes, where the workspace has it."""
    return rows.find(
        tx, IMAGES, StoredImage, IMAGES.c.workspace_id == workspace_id, IMAGES.c.sha256 == sha256
    )


def at_address(tx: Tx, image_id: str, sha256: str) -> StoredImage | None:
    """Return the image of any workspace with this id and these bytes: who names both was told of it."""
    return rows.find(tx, IMAGES, StoredImage, IMAGES.c.id == image_id, IMAGES.c.sha256 == sha256)


def page(
    tx: Tx,
    workspace_id: str,
    chosen: ImageFilter = ALL,
    *,
    cursor: str | None = None,
    limit: int = 50,
    newest_first: bool = False,
) -> Page[StoredImage]:
    """Return images of a workspace that fit, in the order they came in."""
    where = _where(workspace_id, chosen)
    return rows.page(tx, IMAGES, StoredImage, *where, cursor=cursor, limit=limit, newest_first=newest_first)


def count(tx: Tx, workspace_id: str, chosen: ImageFilter = ALL) -> int:
    """Return how many images fit."""
    return rows.count(tx, IMAGES, *_where(workspace_id, chosen))


def _where(workspace_id: str, chosen: ImageFilter) -> list[Any]:
    where: list[Any] = [IMAGES.c.workspace_id == workspace_id]
    shows = IMAGE_LABELS.c.image_id == IMAGES.c.id
    if chosen.task_id is not None:
        answers = select(TASK_LABELS.c.label_id).where(TASK_LABELS.c.task_id == chosen.task_id)
        where.append(exists().where(shows, IMAGE_LABELS.c.label_id.in_(answers)))
    for label_id in chosen.label_ids:
        where.append(exists().where(shows, IMAGE_LABELS.c.label_id == label_id))
    for label_id in chosen.without_label_ids:
        where.append(~exists().where(shows, IMAGE_LABELS.c.label_id == label_id))
    for label_id, least in chosen.value_least:
        where.append(
            exists().where(shows, IMAGE_LABELS.c.label_id == label_id, IMAGE_LABELS.c.value >= least)
        )
    for label_id, most in chosen.value_most:
        where.append(exists().where(shows, IMAGE_LABELS.c.label_id == label_id, IMAGE_LABELS.c.value <= most))
    if chosen.n_verified is not None:
        n = select(func.count()).where(VERIFICATIONS.c.image_id == IMAGES.c.id).scalar_subquery()
        where.append(n == chosen.n_verified)
    if chosen.has_labels is not None:
        any_label = exists().where(shows)
        where.append(any_label if chosen.has_labels else ~any_label)
    for column, wanted in ((IMAGES.c.is_test, chosen.is_test), (IMAGES.c.is_real, chosen.is_real)):
        if wanted is not None:
            where.append(column == wanted)
    if chosen.origin is not None:
        where.append(IMAGES.c.origin == chosen.origin.value)
    return where


def change(tx: Tx, workspace_id: str, image_ids: Sequence[str], **values: Any) -> int:
    """Change fields of images; return how many there were."""
    n = 0
    for part in rows.in_batches(list(image_ids)):
        n += rows.change(tx, IMAGES, IMAGES.c.workspace_id == workspace_id, IMAGES.c.id.in_(part), **values)
    return n


def delete(tx: Tx, workspace_id: str, image_ids: Sequence[str]) -> int:
    """Delete images with their labels; return how many there were. Their blobs are swept when nothing names them."""
    n = 0
    for part in rows.in_batches(list(image_ids)):
        n += rows.remove(tx, IMAGES, IMAGES.c.workspace_id == workspace_id, IMAGES.c.id.in_(part))
    return n


def show(tx: Tx, *said: ImageLabel) -> None:
    """Note that images show labels; a number said before is replaced."""
    for one in said:
        here = (IMAGE_LABELS.c.image_id == one.image_id, IMAGE_LABELS.c.label_id == one.label_id)
        if not rows.change(tx, IMAGE_LABELS, *here, value=one.value, created_us=one.created_us):
            rows.add(tx, IMAGE_LABELS, one)


def unshow(tx: Tx, image_id: str, label_id: str) -> int:
    """Note that an image does not show a label."""
    return rows.remove(
        tx, IMAGE_LABELS, IMAGE_LABELS.c.image_id == image_id, IMAGE_LABELS.c.label_id == label_id
    )


def labels_of(tx: Tx, image_ids: Sequence[str]) -> Mapping[str, tuple[tuple[Label, ImageLabel], ...]]:
    """Return what each image shows, with the numbers that labels stand for."""
    found: dict[str, list[tuple[Label, ImageLabel]]] = {image_id: [] for image_id in image_ids}
    for part in rows.in_batches(list(image_ids)):
        asked = (
            select(
                LABELS,
                IMAGE_LABELS.c.image_id,
                IMAGE_LABELS.c.value,
                IMAGE_LABELS.c.created_us.label("said_us"),
            )
            .join(IMAGE_LABELS, IMAGE_LABELS.c.label_id == LABELS.c.id)
            .where(IMAGE_LABELS.c.image_id.in_(part))
            .order_by(LABELS.c.seq)
        )
        for row in tx.execute(asked):
            label = rows.noun_of(Label, row)
            entry = row._mapping
            said = ImageLabel(
                image_id=entry["image_id"],
                label_id=label.id,
                value=entry["value"],
                created_us=entry["said_us"],
            )
            found[said.image_id].append((label, said))
    return {image_id: tuple(labels) for image_id, labels in found.items()}


def all_of(tx: Tx, workspace_id: str, chosen: ImageFilter = ALL) -> Iterator[StoredImage]:
    """Yield every image that fits, in the order they came in, without holding them all."""
    cursor: str | None = None
    while True:
        part = page(tx, workspace_id, chosen, cursor=cursor, limit=1000)
        yield from part.items
        cursor = part.next_cursor
        if cursor is None:
            return


def is_named(tx: Tx, sha256: str) -> bool:
    """Return whether any image or model of any workspace needs this blob."""
    return any(
        tx.execute(select(column).where(column == sha256).limit(1)).first() is not None
        for column in BLOB_COLUMNS
    )


def n_bytes(tx: Tx, workspace_id: str) -> int:
    """Return how many bytes the images of a workspace take."""
    asked = select(func.coalesce(func.sum(IMAGES.c.n_bytes), 0)).where(IMAGES.c.workspace_id == workspace_id)
    return int(tx.execute(asked).scalar_one())

"""Images in the database, what they show, and which blobs they still need."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Column, ColumnElement, Select, exists, func, select

from apprenti.domain.errors import NotFoundError
from apprenti.domain.service import ImageLabel, Label, Origin, StoredImage
from apprenti.store.database import rows
from apprenti.store.database.rows import Page, Tx
from apprenti.store.database.tables import IMAGE_LABELS, IMAGES, LABELS, TASK_LABELS, VERIFICATIONS, VERSIONS

MANY = 2_000
"""Images that show a label: no more are looked up one by one."""

MOST_FIT = 4
"""Rows of a table that are read in their order to find each that fits, at the most."""

BLOB_COLUMNS = (
    IMAGES.c.sha256,
    VERSIONS.c.model_sha256,
    VERSIONS.c.reference_sha256,
    VERSIONS.c.known_sha256,
    VERSIONS.c.run_sha256,
)
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


def by_hashes(tx: Tx, workspace_id: str, hashes: Sequence[str]) -> tuple[StoredImage, ...]:
    """Return the images with these bytes that the workspace has, in no order."""
    return tuple(_some(tx, workspace_id, IMAGES.c.sha256, hashes))


def by_ids(tx: Tx, workspace_id: str, image_ids: Sequence[str]) -> dict[str, StoredImage]:
    """Return the images with these ids that the workspace has, by id."""
    return {image.id: image for image in _some(tx, workspace_id, IMAGES.c.id, image_ids)}


def all_by_ids(tx: Tx, workspace_id: str, image_ids: Sequence[str]) -> dict[str, StoredImage]:
    """Return the images with these ids, by id.

    Raises:
        NotFoundError: the workspace has not all of them; the first that is missing is named.
    """
    found = by_ids(tx, workspace_id, image_ids)
    for image_id in image_ids:
        if image_id not in found:
            raise NotFoundError("not_found", noun=rows.called(StoredImage), id=image_id[:100])
    return found


def _some(tx: Tx, workspace_id: str, column: Column[str], values: Sequence[str]) -> Iterator[StoredImage]:
    for part in rows.in_batches(list(values)):
        # neither workspace nor order: SQLite would rather read all images by them than look a few up
        for row in tx.execute(select(IMAGES).where(column.in_(part))):
            image = rows.noun_of(StoredImage, row)
            if image.workspace_id == workspace_id:
                yield image


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
    few = _few_with_labels(tx, chosen.label_ids)
    if few is None:
        where = _where(workspace_id, chosen)
        return rows.page(
            tx, IMAGES, StoredImage, *where, cursor=cursor, limit=limit, newest_first=newest_first
        )
    return rows.page(
        tx,
        IMAGES,
        StoredImage,
        *_where_few(workspace_id, chosen, few),
        cursor=cursor,
        limit=limit,
        newest_first=newest_first,
        seq=IMAGES.c.seq + 0,
    )


def count(tx: Tx, workspace_id: str, chosen: ImageFilter = ALL) -> int:
    """Return how many images fit."""
    if chosen in (ImageFilter(task_id=chosen.task_id), ImageFilter(label_ids=chosen.label_ids[:1])):
        shown = _labels_meant(tx, workspace_id, chosen)
        if shown is not None:
            return _n_showing(tx, shown)
    few = _few_with_labels(tx, chosen.label_ids)
    if few is None:
        return rows.count(tx, IMAGES, *_where(workspace_id, chosen))
    return rows.count(tx, IMAGES, *_where_few(workspace_id, chosen, few))


def _labels_meant(tx: Tx, workspace_id: str, chosen: ImageFilter) -> list[str] | None:
    """Return the labels of which images show one; ``None`` where all images are meant."""
    ours = select(LABELS.c.id).where(LABELS.c.workspace_id == workspace_id)
    if chosen.task_id is not None:
        answers = select(TASK_LABELS.c.label_id).where(TASK_LABELS.c.task_id == chosen.task_id)
        return list(tx.execute(ours.where(LABELS.c.id.in_(answers))).scalars())
    if chosen.label_ids:
        return list(tx.execute(ours.where(LABELS.c.id == chosen.label_ids[0])).scalars())
    return None


def _n_showing(tx: Tx, label_ids: Sequence[str]) -> int:
    """Return how many images show one of some labels.

    They are named one by one: where PostgreSQL sees them it reads an index in the order of images, and sorts nothing.
    SQLite does where the words around the label keep it from looking labels up, which is worth it where most rows fit.
    """
    label = IMAGE_LABELS.c.label_id
    if len(label_ids) == 1:  # an image shows a label once
        return _number(tx, select(func.count()).where(label == label_ids[0]))
    fits = label.in_(label_ids)
    if tx.dialect.name == "sqlite" and _fit_mostly(tx, fits):
        fits = func.coalesce(label, "").in_(label_ids)
    found = select(IMAGE_LABELS.c.image_id).where(fits).distinct()
    return _number(tx, select(func.count()).select_from(found.subquery()))


def _fit_mostly(tx: Tx, fits: ColumnElement[bool]) -> bool:
    n_rows, most = _number(tx, select(func.count()).where(fits)), select(func.max(IMAGE_LABELS.c.seq))
    return n_rows > 0 and MOST_FIT * n_rows > _number(tx, most)


def _number(tx: Tx, query: Select[Any]) -> int:
    return int(tx.execute(query).scalar_one())


def _few_with_labels(tx: Tx, label_ids: Sequence[str]) -> Select[Any] | None:
    """Return what finds the images that show all of these labels, where they are few; else ``None``.

    Of labels on many images a page is soon full when images are read in their order; of labels on few, never.
    """
    if not label_ids:
        return None
    rarest, *others = sorted(label_ids, key=lambda label_id: _n_up_to_many(tx, _showing(label_id)))
    found = _showing(rarest, *others)
    return found if _n_up_to_many(tx, found) <= MANY else None


def _showing(label_id: str, *others: str) -> Select[Any]:
    """Return what finds the images that show a label, and others too."""
    found = select(IMAGE_LABELS.c.image_id).where(IMAGE_LABELS.c.label_id == label_id)
    for other in others:
        also = IMAGE_LABELS.alias()
        found = found.where(
            exists().where(also.c.label_id == other, also.c.image_id == IMAGE_LABELS.c.image_id)
        )
    return found


def _n_up_to_many(tx: Tx, found: Select[Any]) -> int:
    some = found.limit(MANY + 1).subquery()
    return _number(tx, select(func.count()).select_from(some))


def _where_few(workspace_id: str, chosen: ImageFilter, few: Select[Any]) -> list[Any]:
    """Return what says which of a few images are meant, so that they are looked up one by one.

    The words around the workspace keep SQLite from reading all of its images in search of those few.
    """
    _, *rest = _where(workspace_id, replace(chosen, label_ids=()))
    return [IMAGES.c.id.in_(few), func.coalesce(IMAGES.c.workspace_id, "") == workspace_id, *rest]


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


def shown_labels(tx: Tx, label_ids: Sequence[str]) -> set[str]:
    """Return which of these labels any image shows that is not of the fixed test set."""
    return {
        label_id
        for label_id in label_ids
        if tx.execute(
            select(IMAGE_LABELS.c.seq)
            .join(IMAGES, IMAGES.c.id == IMAGE_LABELS.c.image_id)
            .where(IMAGE_LABELS.c.label_id == label_id, IMAGES.c.is_test == False)  # noqa: E712
            .limit(1)
        ).first()
    }


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
    return bool(named(tx, [sha256]))


def named(tx: Tx, hashes: Sequence[str]) -> set[str]:
    """Return which of these blobs any image or model of any workspace needs."""
    found: set[str] = set()
    for part in rows.in_batches(list(hashes)):
        for column in BLOB_COLUMNS:
            found.update(tx.execute(select(column).where(column.in_(part))).scalars())
    return found


def n_bytes(tx: Tx, workspace_id: str) -> int:
    """Return how many bytes the images of a workspace take."""
    asked = select(func.coalesce(func.sum(IMAGES.c.n_bytes), 0)).where(IMAGES.c.workspace_id == workspace_id)
    return int(tx.execute(asked).scalar_one())


def kept_bytes(tx: Tx) -> Mapping[str, int]:
    """Return how many bytes the images and the models of all workspaces take; what is shared counts each time."""
    columns = {"images": IMAGES.c.n_bytes, "models": VERSIONS.c.n_bytes}
    return {
        what: int(tx.execute(select(func.coalesce(func.sum(column), 0))).scalar_one())
        for what, column in columns.items()
    }

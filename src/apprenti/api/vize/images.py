"""Training images: uploaded, listed, labelled, changed one by one or many at once, shown and deleted."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from fastapi import Request, Response
from pydantic import BaseModel, Field, FiniteFloat

from apprenti.api.refusals import RefusedError
from apprenti.api.vize.asking import Asked, uuid_in
from apprenti.api.vize.image_filters import image_filter
from apprenti.api.vize.lists import page_of
from apprenti.api.vize.pictures import FILES, Pictures
from apprenti.api.vize.routes import Answer, Routes, created
from apprenti.api.vize.shapes import shown_image, shown_images
from apprenti.blocks.decoding import thumbnail
from apprenti.blocks.reencoding import media_type, reencoded
from apprenti.domain.errors import NotFoundError
from apprenti.flow.service import images
from apprenti.flow.service.images import MAX_IMAGES_AT_ONCE, ImageWords, Said
from apprenti.store.database.images import ImageFilter

PATH = "/recognition/v2/training-image"
THUMBNAIL_PX = 256
_FILE = re.compile(r"(?P<sha256>[0-9a-f]{64})(?P<thumb>_thumb)?\.[a-z]{3,4}")
_FILE_HEADERS = {
    "x-content-type-options": "nosniff",
    "content-security-policy": "default-src 'none'; sandbox",
    "content-disposition": "attachment",
}
"""A file that is an image and a page at once is never a page here; nor are its bytes sent as they came."""


class UploadWords(BaseModel):
    """What is said of a new image, beside its bytes; ``noresize`` is not asked: each is kept as it is."""

    test_image: bool | None = None
    meta_data: dict[str, Any] | None = None


class MetaWords(BaseModel):
    """What a person's program notes of an image."""

    meta_data: dict[str, Any] | None = None


class ShowWords(BaseModel):
    """What an image shows."""

    label_id: str
    value: FiniteFloat | None = None


class UpdateWords(BaseModel):
    """Which images are to change, and how."""

    images: list[str] = Field(default=[], max_length=MAX_IMAGES_AT_ONCE)
    labels: list[str] = Field(default=[], max_length=100)
    labels_add: list[str] = Field(default=[], alias="labels-add", max_length=100)
    labels_remove: list[str] = Field(default=[], alias="labels-remove", max_length=100)
    mark_test: bool = Field(default=False, alias="mark-test")
    unmark_test: bool = Field(default=False, alias="unmark-test")
    mark_real: bool = Field(default=False, alias="mark-real")
    unmark_real: bool = Field(default=False, alias="unmark-real")

    def marks(self) -> dict[str, bool]:
        """Return the fields of images to set."""
        found = {}
        for field, mark, unmark in (
            ("is_test", self.mark_test, self.unmark_test),
            ("is_real", self.mark_real, self.unmark_real),
        ):
            if mark and unmark:
                raise RefusedError("request_malformed", 400, detail=f"mark-{field[3:]}, unmark-{field[3:]}")
            if mark or unmark:
                found[field] = mark
        return found


def image_routes(routes: Routes, pictures: Pictures) -> None:
    """Add them."""

    @routes.on("POST", PATH, has_images=True)
    def upload(asked: Asked) -> Answer:
        words = asked.words(UploadWords)
        data = pictures.in_record(asked.body, field="base64")
        said = ImageWords(meta_data=words.meta_data or {}, is_test=bool(words.test_image))
        image, is_new = images.add_image(*asked.here, data, words=said)
        if not is_new:  # these words and the id in them are what clients look for
            raise RefusedError("vize_image_exists", 409, id=image.id)
        return created(shown_image(asked, image.id))

    routes.on("GET", PATH)(list_images)
    routes.on("POST", f"{PATH}/update")(update_images)
    routes.on("GET", f"{PATH}/{{id}}")(get_image)
    routes.on("PUT", f"{PATH}/{{id}}")(change_image)
    routes.on("DELETE", f"{PATH}/{{id}}")(delete_image)
    for verb in ("add-label", "update-label"):
        routes.on("POST", f"{PATH}/{{id}}/{verb}")(add_label)
    routes.on("POST", f"{PATH}/{{id}}/remove-label")(remove_label)
    routes.on_open(f"{FILES}{{id}}/{{file}}", lambda request: image_file(routes, request))


def list_images(asked: Asked) -> Answer:
    """Show one page of the images that fit."""
    chosen = image_filter(asked.query)
    return page_of(
        asked,
        lambda cursor, limit: images.list_images(*asked.here, chosen, cursor=cursor, limit=limit),
        lambda found: shown_images(asked, found),
        count=images.count_images_that_fit(*asked.here, chosen),
    )


def get_image(asked: Asked) -> Answer:
    """Show an image with its labels."""
    return shown_image(asked, asked.id_of("image"))


def change_image(asked: Asked) -> Answer:
    """Change what a person's program notes of an image."""
    image_id, words = asked.id_of("image"), asked.words(MetaWords)
    images.get_image(*asked.here, image_id)
    if "meta_data" in words.model_fields_set:
        images.change_images(*asked.here, [image_id], meta_data=words.meta_data or {})
    return shown_image(asked, image_id)


def delete_image(asked: Asked) -> Answer:
    """Delete an image."""
    images.delete_images(*asked.here, [asked.id_of("image")])
    return None


def add_label(asked: Asked) -> Answer:
    """Say that an image shows a label, or which number it stands for now."""
    image_id, words = asked.id_of("image"), asked.words(ShowWords)
    said = Said(label_id=uuid_in(words.label_id, "label"), value=words.value)
    images.label_image(*asked.here, image_id, add=[said])
    return shown_image(asked, image_id)


def remove_label(asked: Asked) -> Answer:
    """Say that an image does not show a label."""
    image_id, label_id = asked.id_of("image"), uuid_in(asked.words(ShowWords).label_id, "label")
    images.label_image(*asked.here, image_id, remove=[label_id])
    return shown_image(asked, image_id)


def update_images(asked: Asked) -> Answer:
    """Change many images: those named, or all that show some labels."""
    words = asked.words(UpdateWords)
    marks = words.marks()
    add = [Said(label_id=uuid_in(label_id, "label")) for label_id in words.labels_add]
    remove = [uuid_in(label_id, "label") for label_id in words.labels_remove]
    n = 0
    for ids in _meant(asked, words):
        if add or remove:
            images.label_images(*asked.here, ids, add=add, remove=remove)
        if marks:
            service, caller, workspace_id = asked.here
            images.change_images(service, caller, workspace_id, ids, **marks)
        n += len(ids)
    return {"count": n}


def _meant(asked: Asked, words: UpdateWords) -> Iterator[list[str]]:
    """Yield the ids meant, in parts; they are all read first, since changing images changes which ones fit."""
    if words.images:
        ids = list(dict.fromkeys(uuid_in(image_id, "image") for image_id in words.images))
        for image_id in ids:
            images.get_image(*asked.here, image_id)
    elif words.labels:
        ids = _all_ids(asked, ImageFilter(label_ids=tuple(uuid_in(each, "label") for each in words.labels)))
    else:
        raise RefusedError("request_malformed", 400, detail="images, labels")
    for start in range(0, len(ids), MAX_IMAGES_AT_ONCE):
        yield ids[start : start + MAX_IMAGES_AT_ONCE]


def _all_ids(asked: Asked, chosen: ImageFilter) -> list[str]:
    ids: list[str] = []
    cursor: str | None = None
    while True:
        page = images.list_images(*asked.here, chosen, cursor=cursor, limit=1000)
        ids += [image.id for image in page.items]
        cursor = page.next_cursor
        if cursor is None:
            return ids


def image_file(routes: Routes, request: Request) -> Response:
    """Send an image or a small one, decoded and written anew, to whoever knows its address."""
    named = _FILE.fullmatch(request.path_params["file"])
    if named is None:
        raise NotFoundError("not_found", noun="image", id=request.path_params["file"][:100])
    image, data = images.file_at_address(
        routes.service, uuid_in(request.path_params["id"], "image"), named["sha256"]
    )
    if named["thumb"]:
        anew = thumbnail(data, item=image.name or "image", max_side_px=THUMBNAIL_PX)
    else:
        anew = reencoded(data, item=image.name or "image")
    return Response(anew, media_type=media_type(anew), headers=_FILE_HEADERS)

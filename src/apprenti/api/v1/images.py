"""Routes of images and what they show; uploads and pictures have files of their own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from fastapi import Query, Response
from fastapi.responses import JSONResponse

from apprenti.api.v1 import image_files, image_uploads
from apprenti.api.v1.asking import Asking, Asks, Cursor, Id, Limit, Posts, done, nouns
from apprenti.api.v1.image_words import Chosen
from apprenti.api.v1.schemas import Listed
from apprenti.api.v1.schemas_images import HowMany, ImageChange, ImageIds, ImageLabels, ImageView
from apprenti.domain.service import Role, StoredImage
from apprenti.flow.service import access, images
from apprenti.flow.service.images import Said
from apprenti.flow.service.repeats import Answer
from apprenti.flow.service.service import Service

ROUTER = nouns("images")
ROUTER.include_router(image_uploads.ROUTER)
ROUTER.include_router(image_files.ROUTER)


def views(asks: Asking, found: Sequence[StoredImage]) -> list[ImageView]:
    """Return images as they are shown, with what they show."""
    shows = images.labels_of_images(*asks.who, [image.id for image in found])
    return [ImageView.of(image, shows[image.id]) for image in found]


@ROUTER.get("/images")
def list_images(asks: Asks, chosen: Chosen, cursor: Cursor = None, limit: Limit = 50) -> Listed[ImageView]:
    """List images that fit, in the order they came in."""
    page = images.list_images(*asks.who, chosen, cursor=cursor, limit=limit)
    return Listed(items=views(asks, page.items), next_cursor=page.next_cursor)


@ROUTER.get("/images/count")
def count_images(asks: Asks, chosen: Chosen) -> HowMany:
    """Count images that fit."""
    return HowMany(n=images.count_images_that_fit(*asks.who, chosen))


@ROUTER.post("/images/labels", response_model=HowMany)
def label_images(posts: Posts, body: ImageLabels) -> JSONResponse:
    """Say what several images show, or do not: of all, or of none."""

    def say_it(service: Service) -> Answer:
        images.label_images(
            *posts.of(service), body.image_ids, add=[one.said() for one in body.add], remove=body.remove
        )
        return done(HowMany(n=len(body.image_ids)))

    return posts.once(say_it, body)


@ROUTER.post("/images/delete", response_model=HowMany)
def delete_images(posts: Posts, body: ImageIds) -> JSONResponse:
    """Delete several images, and their bytes where nothing else needs them."""
    return posts.once(
        lambda service: done(HowMany(n=images.delete_images(*posts.of(service), body.image_ids))), body
    )


@ROUTER.get("/images/{image_id}")
def show_image(asks: Asks, image_id: Id) -> ImageView:
    """Show an image's facts and what it shows."""
    return views(asks, [images.get_image(*asks.who, image_id)])[0]


@ROUTER.patch("/images/{image_id}")
def change_image(asks: Asks, image_id: Id, body: ImageChange) -> ImageView:
    """Change what is said of an image."""
    access.allow(asks.caller, asks.workspace_id, Role.EDITOR)
    images.get_image(*asks.who, image_id)
    images.change_images(*asks.who, [image_id], **body.model_dump(exclude_unset=True))
    return views(asks, [images.get_image(*asks.who, image_id)])[0]


@ROUTER.delete("/images/{image_id}", status_code=204)
def delete_image(asks: Asks, image_id: Id) -> Response:
    """Delete an image, and its bytes where nothing else needs them."""
    images.delete_images(*asks.who, [image_id])
    return Response(status_code=204)


@ROUTER.put("/images/{image_id}/labels/{label_id}", status_code=204)
def label_image(
    asks: Asks,
    image_id: Id,
    label_id: Id,
    value: Annotated[
        float | None, Query(allow_inf_nan=False, description="where the label stands for a number")
    ] = None,
) -> Response:
    """Say that an image shows a label; a category takes the place of its task's other categories."""
    images.label_image(*asks.who, image_id, add=[Said(label_id=label_id, value=value)])
    return Response(status_code=204)


@ROUTER.delete("/images/{image_id}/labels/{label_id}", status_code=204)
def unlabel_image(asks: Asks, image_id: Id, label_id: Id) -> Response:
    """Say that an image does not show a label."""
    images.label_image(*asks.who, image_id, remove=[label_id])
    return Response(status_code=204)

"""Routes that take images in: one by one, or a form of several."""

from __future__ import annotations

import hashlib

from fastapi import Request, Response
from fastapi.responses import JSONResponse

from apprenti.api.hands import Hands
from apprenti.api.schemas import Problem
from apprenti.api.uploads import Upload, image_body, read_image, read_images
from apprenti.api.v1.asking import Posting, Posts, done, nouns
from apprenti.api.v1.image_words import UploadWords, Words
from apprenti.api.v1.schemas_images import ImageView, TakenImage, TakenImages
from apprenti.domain.errors import ApprentiError, ItemError, UserError
from apprenti.domain.service import Role
from apprenti.error_table import outcome_of
from apprenti.flow.service import access, images
from apprenti.flow.service.repeats import Answer
from apprenti.flow.service.service import Service

ROUTER = nouns("images")


@ROUTER.post(
    "/images",
    status_code=201,
    response_model=ImageView,
    responses={200: {"model": ImageView, "description": "these bytes were here already"}},
    openapi_extra=image_body(),
)
async def add_image(request: Request, posts: Posts, words: Words) -> JSONResponse:
    """Take in an image: it is on the disk when the answer comes; the same bytes are kept once."""
    access.allow(posts.caller, posts.workspace_id, Role.EDITOR)
    hands: Hands = request.app.state.hands
    async with hands.place():
        upload = await read_image(request, most_bytes=posts.service.limits.max_image_bytes)

        def take_in(service: Service) -> Answer:
            view, is_new = _taken_in(service, posts, upload, words)
            return Answer(status=201 if is_new else 200, body=view.model_dump(mode="json"))

        return await hands.do(posts.once_long, take_in, hashlib.sha256(upload.data).digest())


@ROUTER.post("/images/batch", response_model=TakenImages, openapi_extra=image_body(many=True))
async def add_images(request: Request, posts: Posts, words: Words) -> Response:
    """Take in the images of a form; each succeeds or fails alone, and the answer says which did.

    Sent again it does no harm: images that are there already are answered with 200.
    """
    access.allow(posts.caller, posts.workspace_id, Role.EDITOR)
    hands: Hands = request.app.state.hands
    taken = []
    limits = posts.service.limits
    async with hands.place(), read_images(request, most_bytes=limits.max_image_bytes) as uploads:
        async for upload in uploads:
            taken.append(await hands.do(_tried, posts, upload, words))
    return JSONResponse(done(TakenImages(items=taken)).body)


def _tried(posts: Posting, upload: Upload, words: UploadWords) -> TakenImage:
    """Return what became of one image among several."""
    try:
        if upload.is_too_large:
            limit = f"{posts.service.limits.max_image_bytes / 1e6:g}"
            raise ItemError("file_too_large", item=upload.name, limit=limit)
        view, is_new = _taken_in(posts.service, posts, upload, words)
    except UserError as error:
        return _refused(upload.name, error, posts)
    return TakenImage(name=upload.name, status=201 if is_new else 200, image=view)


def _taken_in(service: Service, posts: Posting, upload: Upload, words: UploadWords) -> tuple[ImageView, bool]:
    who = posts.of(service)
    image, is_new = images.add_image(*who, upload.data, words=words.of(upload.name), shows=words.shows)
    return ImageView.of(image, images.labels_of_images(*who, [image.id])[image.id]), is_new


def _refused(name: str, error: ApprentiError, posts: Posting) -> TakenImage:
    problem = Problem(code=error.key, message=error.said(posts.lang))
    return TakenImage(name=name, status=outcome_of(error).http_status, error=problem)

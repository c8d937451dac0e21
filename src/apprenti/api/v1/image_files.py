"""Routes that show pictures: always drawn anew from pixels, so that nothing hidden in an upload is ever served."""

from __future__ import annotations

from typing import Any

from fastapi import Request, Response

from apprenti.api.hands import Hands
from apprenti.api.v1.asking import Asking, Asks, Id, nouns
from apprenti.blocks.decoding import thumbnail
from apprenti.blocks.reencoding import media_type, reencoded
from apprenti.domain.service import StoredImage
from apprenti.flow.service import images

ROUTER = nouns("images")
THUMBNAIL_SIDE_PX = 256
_BYTES = {"schema": {"type": "string", "format": "binary"}}
_PICTURE: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "the picture",
        "content": {f"image/{kind}": _BYTES for kind in ("jpeg", "png", "webp")},
    }
}
_SMALL: dict[int | str, dict[str, Any]] = {
    200: {"description": "the picture", "content": {"image/jpeg": _BYTES}}
}
_UNCHANGED: dict[int | str, dict[str, Any]] = {
    304: {"description": "the picture is the one you have (If-None-Match)"}
}


@ROUTER.get("/images/{image_id}/file", response_class=Response, responses={**_PICTURE, **_UNCHANGED})
async def show_picture(request: Request, asks: Asks, image_id: Id) -> Response:
    """Show the picture, its longer side at most 2048 pixels, without anything else that was in the file."""
    return await _picture(request, asks, image_id, "file")


@ROUTER.get("/images/{image_id}/thumbnail", response_class=Response, responses={**_SMALL, **_UNCHANGED})
async def show_thumbnail(request: Request, asks: Asks, image_id: Id) -> Response:
    """Show the picture small, its longer side at most 256 pixels."""
    return await _picture(request, asks, image_id, "thumbnail")


async def _picture(request: Request, asks: Asking, image_id: str, what: str) -> Response:
    hands: Hands = request.app.state.hands
    async with hands.place():
        image = await hands.do(images.get_image, *asks.who, image_id)
        headers = {"etag": f'"{image.sha256[:32]}-{what}"', "cache-control": "private, no-cache"}
        if request.headers.get("if-none-match") == headers["etag"]:
            return Response(status_code=304, headers=headers)
        drawn = await hands.do(_drawn, asks, image, what)
    kind = media_type(drawn)
    headers["content-disposition"] = f'inline; filename="{image.id}.{kind.partition("/")[2]}"'
    return Response(drawn, media_type=kind, headers=headers)


def _drawn(asks: Asking, image: StoredImage, what: str) -> bytes:
    data = asks.service.blobs.get(image.sha256)
    if what == "thumbnail":
        return thumbnail(data, item=image.id, max_side_px=THUMBNAIL_SIDE_PX)
    return reencoded(data, image.id)

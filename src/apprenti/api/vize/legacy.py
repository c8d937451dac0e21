"""The first version of the vize service (2017): a form with one photo, answered with names and probabilities."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import Request

from apprenti.api.photos import read_photo
from apprenti.api.vize.asking import Asked
from apprenti.api.vize.bodies import BODY_SECONDS
from apprenti.api.vize.routes import Answer, Routes
from apprenti.domain.errors import ItemError
from apprenti.flow.service import predictions

PATH = "/v1/classify"
PHOTO = "photo"


def legacy_routes(routes: Routes) -> None:
    """Add them."""
    routes.on("POST", f"{PATH}/{{id}}", has_images=True, read=read_form)(classify)


async def read_form(request: Request) -> Mapping[str, Any]:
    """Return the photo of a form, or of a bare body."""
    data, name = await read_photo(request, seconds=BODY_SECONDS, skips_others=True)
    return {PHOTO: data, "name": name}


def classify(asked: Asked) -> Answer:
    """Say what the photo shows: ``prediction`` and ``scores`` by name, or the number."""
    task_id, data = asked.id_of("task"), asked.body[PHOTO]
    limit = asked.service.limits.max_image_bytes
    if len(data) > limit:
        raise ItemError("file_too_large", item="image", limit=f"{limit / 1e6:g}")
    answer = predictions.classify(*asked.here, task_id, data, keeps_image=False).answer
    if "labels" not in answer:
        return {"prediction": answer["value"], "scores": {}}
    scores = {label["name"]: label["p"] for label in answer["labels"]}
    return {"prediction": next(iter(scores), None), "scores": scores}

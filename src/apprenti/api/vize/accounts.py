"""Who somebody is, which workspace is meant by default, and who has verified which image."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, Field

from apprenti.api.vize.asking import Asked, uuid_in
from apprenti.api.vize.lists import page_of
from apprenti.api.vize.routes import Answer, Routes, created
from apprenti.api.vize.shapes import when
from apprenti.domain.service import Verification
from apprenti.flow.service import images, verifications

VERIFICATIONS = "/annotate/v2/verification"


class VerificationWords(BaseModel):
    """Who found right what an image is said to show."""

    user: str | int = Field(union_mode="left_to_right")
    image_id: str


def account_routes(routes: Routes) -> None:
    """Add them."""
    routes.on("GET", "/account/v2/user")(get_user)
    routes.on("GET", "/account/v2/details")(get_details)
    routes.on("POST", "/authorization/v2/authorize")(authorize)
    routes.on("POST", VERIFICATIONS)(verify)
    routes.on("GET", VERIFICATIONS)(list_verifications)
    routes.on("DELETE", f"{VERIFICATIONS}/{{id}}")(take_back)


def get_user(asked: Asked) -> Answer:
    """Show who asks: here tokens are what users are there."""
    return {"id": asked.caller.token_id, "role": asked.caller.role.name.lower()}


def get_details(asked: Asked) -> Answer:
    """Show which workspace is meant where none is named."""
    return {"id": asked.caller.token_id, "default_workspace": asked.workspace_id}


def authorize(asked: Asked) -> Answer:
    """Say that the caller may use the service; what each token may do is told where it is done."""
    return {"user_id": asked.caller.token_id}


def verify(asked: Asked) -> Answer:
    """Note that somebody has verified an image."""
    words = asked.words(VerificationWords)
    image_id = uuid_in(words.image_id, "image")
    return created(_shown(verifications.verify_image(*asked.here, image_id, user=str(words.user))))


def list_verifications(asked: Asked) -> Answer:
    """Show one page of the verifications, of all images or of one."""
    image_id = uuid_in(asked.query["image"], "image") if asked.query.get("image") else None
    if image_id is not None:
        images.get_image(*asked.here, image_id)
    return page_of(
        asked,
        lambda cursor, limit: verifications.list_verifications(
            *asked.here, image_id=image_id, cursor=cursor, limit=limit
        ),
        lambda found: [_shown(each) for each in found],
        count=verifications.count_verifications(*asked.here, image_id=image_id),
    )


def take_back(asked: Asked) -> Answer:
    """Take a verification back."""
    verifications.take_back_verification(*asked.here, asked.id_of("verification"))
    return None


def _shown(verification: Verification) -> Mapping[str, Any]:
    return {
        "id": verification.id,
        "user": verification.user,
        "image": verification.image_id,
        "image_id": verification.image_id,
        "created": when(verification.created_us),
    }

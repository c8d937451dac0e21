"""Routes of corrections: a person's word in one call, and what becomes of those held back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from fastapi import Query, Request
from fastapi.responses import JSONResponse
from pydantic import AwareDatetime

from apprenti.api.hands import Hands
from apprenti.api.v1.asking import UUID, Asks, Cursor, Id, IdQuery, Limit, Posting, Posts, done, made, nouns
from apprenti.api.v1.schemas import Listed, us_of
from apprenti.api.v1.schemas_images import HowMany
from apprenti.api.v1.schemas_loop import CorrectionView, ImageWord, NewCorrection, RejectedCorrections
from apprenti.domain.service import Correction, CorrectionState
from apprenti.flow.service import corrections, deciding, withdrawing
from apprenti.flow.service.service import Service

ROUTER = nouns("corrections")


@ROUTER.post("/predictions/{prediction_id}/corrections", status_code=201, response_model=CorrectionView)
async def correct(request: Request, posts: Posts, prediction_id: Id, body: NewCorrection) -> JSONResponse:
    """Say what the image of a prediction shows; it is learnt from, unless something speaks against it."""

    def give(service: Service) -> Correction:
        return corrections.correct(*posts.of(service), prediction_id, **body.model_dump())

    return await _given(request, posts, give, body)


@ROUTER.post("/tasks/{task_id}/images/{image_id}/corrections", status_code=201, response_model=CorrectionView)
async def correct_image(
    request: Request, posts: Posts, task_id: Id, image_id: Id, body: ImageWord
) -> JSONResponse:
    """Say what an image shows for a task, whether or not a model was asked."""

    def give(service: Service) -> Correction:
        return corrections.correct_image(*posts.of(service), image_id, task_id, **body.model_dump())

    return await _given(request, posts, give, body)


async def _given(
    request: Request, posts: Posting, give: Callable[[Service], Correction], body: ImageWord
) -> JSONResponse:
    """Answer with a correction; the model in use looks at the image, so that it takes a hand."""
    hands: Hands = request.app.state.hands
    async with hands.place():
        return await hands.do(
            posts.once_long,
            lambda service: made(CorrectionView.of(give(service), posts.lang)),
            body.model_dump_json().encode(),
        )


@ROUTER.get("/corrections")
def list_corrections(
    asks: Asks,
    task: IdQuery = None,
    state: Annotated[CorrectionState | None, Query(description="all by default")] = None,
    token: Annotated[str | None, Query(pattern=UUID, description="given with this token")] = None,
    since: Annotated[AwareDatetime | None, Query(description="given then or later")] = None,
    until: Annotated[AwareDatetime | None, Query(description="given before then")] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Listed[CorrectionView]:
    """List corrections, newest first."""
    page = corrections.list_corrections(
        *asks.who,
        task_id=task,
        state=state,
        token_id=token,
        from_us=us_of(since),
        until_us=us_of(until),
        cursor=cursor,
        limit=limit,
    )
    return Listed(
        items=[CorrectionView.of(one, asks.lang) for one in page.items], next_cursor=page.next_cursor
    )


@ROUTER.post("/corrections/reject", response_model=HowMany)
def reject_corrections(posts: Posts, body: RejectedCorrections) -> JSONResponse:
    """Drop all corrections of a task, a token or a time, as if each were rejected; at least one must be named.

    `GET /corrections` with the same words shows beforehand which these are. Owners only.
    """
    return posts.once_long(
        lambda service: done(HowMany(n=deciding.reject_several(*posts.of(service), body.chosen()))),
        body.model_dump_json().encode(),
    )


@ROUTER.get("/corrections/{correction_id}")
def show_correction(asks: Asks, correction_id: Id) -> CorrectionView:
    """Show a correction and what became of it."""
    return CorrectionView.of(corrections.get_correction(*asks.who, correction_id), asks.lang)


@ROUTER.post("/corrections/{correction_id}/release", response_model=CorrectionView)
def release_correction(posts: Posts, correction_id: Id) -> JSONResponse:
    """Accept a correction that was held back; others of its image that say otherwise are rejected. Owners only."""
    return posts.once(
        lambda service: done(
            CorrectionView.of(deciding.release(*posts.of(service), correction_id), posts.lang)
        )
    )


@ROUTER.post("/corrections/{correction_id}/reject", response_model=CorrectionView)
def reject_correction(posts: Posts, correction_id: Id) -> JSONResponse:
    """Drop a correction, held back or accepted: no later training learns from it. Owners only.

    One that was accepted is withdrawn: its image shows what it did before, unless somebody labelled it by hand since.
    """
    return posts.once(
        lambda service: done(
            CorrectionView.of(deciding.reject(*posts.of(service), correction_id), posts.lang)
        )
    )


@ROUTER.post("/corrections/{correction_id}/withdraw", response_model=CorrectionView)
def withdraw_correction(posts: Posts, correction_id: Id) -> JSONResponse:
    """Take back a correction of one's own no training has learnt from; its prediction waits for a look again."""
    return posts.once(
        lambda service: done(
            CorrectionView.of(withdrawing.withdraw(*posts.of(service), correction_id), posts.lang)
        )
    )

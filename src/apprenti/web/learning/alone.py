"""The lessons without a service: one run, or the reference set, for whoever sits at this machine."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import Depends, FastAPI, Request
from fastapi.responses import RedirectResponse, Response

from apprenti.domain.errors import ApprentiError, NotFoundError
from apprenti.domain.lesson_context import LessonContext
from apprenti.texts import Lang
from apprenti.web.learning.classroom import Classroom
from apprenti.web.learning.routes import HALL, ROUTER, RunChoice
from apprenti.web.rooms import wishes
from apprenti.web.rooms.frame import Frame
from apprenti.web.rooms.house import outcome_status
from apprenti.web.rooms.visits import HOUSE, look_of


@dataclass(frozen=True, kw_only=True)
class School:
    """What the pages work with.

    Args:
        frame: draws them.
        classroom: keeps what is looked at.
        own: the learner's run; ``None`` for the reference set alone.
    """

    frame: Frame
    classroom: Classroom
    own: LessonContext | None


@dataclass(frozen=True, kw_only=True)
class AloneHall:
    """One request to the school; see ``routes.Hall``."""

    school: School
    request: Request

    @property
    def classroom(self) -> Classroom:
        """Keeps what is looked at."""
        return self.school.classroom

    def lang(self) -> Lang:
        """Return the language of the page."""
        return look_of(self.request).lang

    def choices(self) -> Sequence[RunChoice]:
        """Return the one run there is, or none."""
        own = self.school.own
        return () if own is None else (RunChoice(id=own.run_id, name=own.name),)

    def open(self, run: str) -> LessonContext | None:
        """Return the run."""
        own = self.school.own
        if run and (own is None or run != own.run_id):
            raise NotFoundError("run_unknown", run=run[:100])
        return own

    def page(self, template: str, **values: Any) -> Response:
        """Return a page."""
        page: Response = self.school.frame.page(template, look_of(self.request), areas=("learn",), **values)
        return page


def make_school(own: LessonContext | None, reference: Callable[[], LessonContext]) -> FastAPI:
    """Return the application that shows lessons on one run.

    Args:
        own: the learner's run.
        reference: gives the set that comes along.
    """
    school = School(frame=Frame(), classroom=Classroom(reference), own=own)

    def put(request: Request) -> None:
        request.scope[HOUSE] = school
        request.scope[HALL] = lambda asked: AloneHall(school=school, request=asked)

    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None, dependencies=[Depends(put)])
    app.include_router(wishes.ROUTER)
    app.include_router(ROUTER)
    app.add_api_route("/", lambda: RedirectResponse("/learn", status_code=303), response_model=None)

    @app.exception_handler(ApprentiError)
    async def refuse(request: Request, error: ApprentiError) -> Response:
        look = look_of(request)
        return school.frame.page(
            "problem", look, status=outcome_status(error), message=error.said(look.lang), back="/learn"
        )

    return app

"""The lessons in the service: on the run of any version of the workspace."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from apprenti.domain.lesson_context import LessonContext
from apprenti.flow.service import runs
from apprenti.texts import Lang
from apprenti.web.learning import HALL, Classroom, RunChoice
from apprenti.web.learning import ROUTER as LESSONS
from apprenti.web.rooms.visits import Visit, visit_of


@dataclass(frozen=True, kw_only=True)
class RoomHall:
    """One request to the lessons; see ``web.learning.Hall``."""

    visit: Visit

    @property
    def classroom(self) -> Classroom:
        """Keeps what is looked at."""
        return self.visit.house.classroom

    def lang(self) -> Lang:
        """Return the language of the page."""
        return self.visit.look.lang

    def choices(self) -> Sequence[RunChoice]:
        """Return the versions that kept a run."""
        return [RunChoice(id=kept.id, name=kept.name) for kept in runs.list_runs(*self.visit.who)]

    def open(self, run: str) -> LessonContext | None:
        """Return the run of a version; of the newest one by default."""
        if run:
            kept = runs.find_run(*self.visit.who, run)
        elif there := runs.list_runs(*self.visit.who):
            kept = there[0]
        else:
            return None
        return runs.open_kept_run(self.visit.house.service, self.visit.caller, kept, once=self.classroom.run)

    def page(self, template: str, **values: Any) -> Response:
        """Return a page."""
        return self.visit.page(template, areas=("learn",), **values)


def _put_hall(request: Request) -> None:
    request.scope[HALL] = lambda asked: RoomHall(visit=visit_of(asked))


ROUTER = APIRouter(dependencies=[Depends(_put_hall)])
ROUTER.include_router(LESSONS)

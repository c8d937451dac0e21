"""The routes of the lessons. All of them only read: answers to checks are judged, never kept on the server.

Questions come as GET, so that they change nothing by their kind and need no word of a session.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Annotated, Any, Protocol
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse, Response

from apprenti.domain.errors import NotFoundError
from apprenti.domain.lesson_context import LessonContext
from apprenti.lessons.catalogue import all_lessons, lesson_numbered
from apprenti.lessons.check import read_number
from apprenti.lessons.folders import PACKAGE
from apprenti.lessons.forms import feedback
from apprenti.lessons.glossary import glossary
from apprenti.lessons.lesson import Lesson
from apprenti.lessons.page import Links, Seen, draw
from apprenti.texts import Lang, say
from apprenti.web.learning.classroom import Classroom
from apprenti.web.learning.path import LADDER, LEAVES_WITH, STEPS

ROUTER = APIRouter(prefix="/learn")
HALL = "apprenti_learning"
"""Where in a request's scope the hall stands."""
STATIC = "/learn/static/"
REFERENCE = "digits"
KINDS = {"js": "text/javascript", "css": "text/css"}
FOREVER = {"cache-control": "public, max-age=31536000, immutable"}
PRIVATE_HOUR = {"cache-control": "private, max-age=3600"}
MOST_FIELDS = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class RunChoice:
    """A run that can be learnt on."""

    id: str
    name: str


class Hall(Protocol):
    """What a door puts around the lessons."""

    @property
    def classroom(self) -> Classroom:
        """Keeps what is looked at."""
        ...

    def lang(self) -> Lang:
        """Return the language of the page."""
        ...

    def choices(self) -> Sequence[RunChoice]:
        """Return the runs there are, the one meant by default first."""
        ...

    def open(self, run: str) -> LessonContext | None:
        """Return a run by its id, the default one for none; ``None`` for the reference set.

        Raises:
            NotFoundError: there is none of that id.
        """
        ...

    def page(self, template: str, **values: Any) -> Response:
        """Return a page."""
        ...


def hall_of(request: Request) -> Hall:
    """Return the hall that the door has put there."""
    hall: Hall = request.scope[HALL](request)
    return hall


Halls = Annotated[Hall, Depends(hall_of)]


@ROUTER.get("")
def show_lessons(hall: Halls, run: str = "") -> Response:
    """Show every lesson."""
    lang, own = hall.lang(), _open(hall, run)
    run = run or _id(own)
    return hall.page(
        "lessons",
        lessons=[_listed(lesson, lang, run) for lesson in all_lessons()],
        own=_name(own),
        run=run,
        **_furniture(hall, run),
    )


@ROUTER.get("/glossary")
def show_glossary(hall: Halls, run: str = "") -> Response:
    """Show every term."""
    lang = hall.lang()
    terms = sorted(glossary().items(), key=lambda item: item[1].named(lang))
    return hall.page("glossary", terms=terms, query=_query(run=run), **_furniture(hall, run))


@ROUTER.get("/path")
def show_path(hall: Halls, run: str = "") -> Response:
    """Show in which order to take lessons, commands and practice, from zero on."""
    listed = {lesson.number: _listed(lesson, hall.lang(), run) for lesson in all_lessons()}
    return hall.page(
        "path",
        steps=STEPS,
        minutes={step.name: sum(listed[number]["minutes"] for number in step.lessons) for step in STEPS},
        ladder=LADDER,
        leaves_with=LEAVES_WITH,
        listed=listed,
        query=_query(run=run),
        **_furniture(hall, run),
    )


@ROUTER.get("/static/{version}/{name}")
def static(version: str, name: str) -> Response:
    """Give out a module or a style sheet of the lessons."""
    data = static_files().get(name)
    if data is None:
        raise NotFoundError("lesson_part_unknown", path=name[:100])
    return Response(data, media_type=KINDS[name.rpartition(".")[2]], headers=FOREVER)


@ROUTER.get("/photo/{row}")
def photo(hall: Halls, row: int, run: str = "") -> Response:
    """Give out a kept photo, small."""
    thumbnails = (_open(hall, run) or hall.classroom.reference()).photos.thumbnails
    if not 0 <= row < len(thumbnails) or not thumbnails[row]:
        raise NotFoundError("lesson_part_unknown", path=f"photo/{row}")
    return Response(thumbnails[row], media_type="image/jpeg", headers=PRIVATE_HOUR)


@ROUTER.get("/{number}")
def show_lesson(hall: Halls, request: Request, number: int, run: str = "", check: str = "") -> Response:
    """Show a lesson on a run; with the answer to a check in the address, what that is worth."""
    lesson, lang = _lesson(number), hall.lang()
    own = _open(hall, run)
    seen, run = hall.classroom.seen(lesson, own), run or _id(own)
    verdicts = {}
    if check in lesson.checks:
        written = _written(request)
        verdicts[check] = (written, lesson.checks[check].judge(seen.shown, written))
    drawn = draw(lesson, seen, lang, _links(seen, run), verdicts=verdicts)
    numbers = [one.number for one in all_lessons()]
    place = numbers.index(number)
    return hall.page(
        "lesson",
        lesson=lesson,
        drawn=drawn,
        data={**drawn.data, "run": run, "photos": _photo_url(seen, run)(0).replace("/0?", "/{row}?")},
        own=_name(seen.context),
        is_reference=seen.context.is_reference,
        before=_listed(lesson_numbered(numbers[place - 1]), lang, run) if place else None,
        after=_listed(lesson_numbered(numbers[place + 1]), lang, run) if place + 1 < len(numbers) else None,
        query=_query(run=run),
        **_furniture(hall, run),
    )


@ROUTER.get("/{number}/check/{name}")
def answer_check(hall: Halls, request: Request, number: int, name: str, run: str = "") -> Response:
    """Say what an answer to a check is worth."""
    lesson = _lesson(number)
    if name not in lesson.checks:
        raise NotFoundError("lesson_part_unknown", path=name[:100])
    seen = hall.classroom.seen(lesson, _open(hall, run))
    verdict = lesson.checks[name].judge(seen.shown, _written(request))
    said = feedback(lesson, name, verdict, seen.shown, hall.lang())
    return JSONResponse({"right": verdict.right, "key": verdict.key, "html": said})


@ROUTER.get("/{number}/compute")
def answer_question(hall: Halls, request: Request, number: int, run: str = "") -> Response:
    """Work out what a widget asks; every value is a number."""
    lesson = _lesson(number)
    if lesson.respond is None:
        raise NotFoundError("lesson_part_unknown", path=f"{number}/compute")
    seen = hall.classroom.seen(lesson, _open(hall, run))
    asked = {name: read_number(value) for name, value in _written(request).items()}
    question = {name: value for name, value in asked.items() if value is not None}
    return JSONResponse(lesson.respond(seen.context, seen.shown, question))


@cache
def static_files() -> dict[str, bytes]:
    """Return every file that pages of lessons ask for: the shared ones, and the modules as FOLDER-NAME.js."""
    shared = files(PACKAGE).joinpath("static")
    found = {one.name: one.read_bytes() for one in shared.iterdir() if one.name.rpartition(".")[2] in KINDS}
    for lesson in all_lessons():
        found |= {f"{lesson.folder}-{name}.js": lesson.file(f"{name}.js") for name in lesson.modules}
    return found


@cache
def static_folder() -> str:
    """Return where they are: the address changes with their content."""
    whole = hashlib.sha256(b"".join(hashlib.sha256(data).digest() for data in static_files().values()))
    return f"{STATIC}{whole.hexdigest()[:12]}"


def _open(hall: Hall, run: str) -> LessonContext | None:
    """Return the run that is meant; ``None`` for the set that comes along."""
    return None if run == REFERENCE else hall.open(run)


def _id(own: LessonContext | None) -> str:
    """Return the id that the run has in addresses, so that all of a page is of the same one."""
    return own.run_id if own else ""


def _furniture(hall: Hall, run: str) -> dict[str, Any]:
    """Return what every page of lessons has."""
    choices = [*hall.choices(), RunChoice(id=REFERENCE, name=say("learn.reference", hall.lang()))]
    return {"choices": choices, "chosen": run, "learn_static": static_folder(), "room": "learn"}


def _lesson(number: int) -> Lesson:
    lesson = lesson_numbered(number)
    if lesson is None:
        raise NotFoundError("lesson_unknown", number=number)
    return lesson


def _listed(lesson: Lesson | None, lang: Lang, run: str) -> dict[str, Any]:
    if lesson is None:
        return {}
    return {
        "number": lesson.number,
        "title": lesson.title(lang),
        "minutes": lesson.plan.minutes,
        "objectives": lesson.plan.objectives[lang],
        "url": f"/learn/{lesson.number}{_query(run=run)}",
    }


def _name(context: LessonContext | None) -> str:
    return "" if context is None or context.is_reference else context.name


def _links(seen: Seen, run: str) -> Links:
    query = _query(run=run)
    return Links(
        lesson=lambda number: f"/learn/{number}{query}",
        term=lambda name: f"/learn/glossary{query}#{name}",
        photo=_photo_url(seen, run),
        keep={"run": run} if run else {},
    )


def _photo_url(seen: Seen, run: str) -> Any:
    shown_run = REFERENCE if seen.context.is_reference else run
    return lambda row: f"/learn/photo/{row}?{urlencode({'run': shown_run})}"


def _query(**values: str) -> str:
    given = {name: value for name, value in values.items() if value}
    return f"?{urlencode(given)}" if given else ""


def _written(request: Request) -> dict[str, str]:
    """Return what stands in the address; values of one name, such as ticked photos, with commas between."""
    fields: dict[str, list[str]] = {}
    for name, value in request.query_params.multi_items()[:MOST_FIELDS]:
        fields.setdefault(name, []).append(value)
    return {name: ",".join(values) for name, values in fields.items() if name not in ("run", "check")}

"""What every room is shown in: templates, files with addresses that change with their content, safe headers."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import partial
from importlib.resources import files
from typing import Any

from fastapi.responses import HTMLResponse, Response
from jinja2 import Environment, PackageLoader, StrictUndefined

from apprenti.domain import figures
from apprenti.texts import LANGS, Lang, catalogue, say, written
from apprenti.web.rooms.asked import asked

PACKAGE = "apprenti.web"
MEDIA_TYPES = {
    "base.css": "text/css",
    "rooms.css": "text/css",
    "train.css": "text/css",
    "models.css": "text/css",
    "review.css": "text/css",
    "icon.svg": "image/svg+xml",
    "icons.svg": "image/svg+xml",
    "api.js": "text/javascript",
    "words.js": "text/javascript",
    "frame.js": "text/javascript",
    "enter.js": "text/javascript",
    "data.js": "text/javascript",
    "queue.js": "text/javascript",
    "uploads.js": "text/javascript",
    "sources.js": "text/javascript",
    "unzip.js": "text/javascript",
    "grid.js": "text/javascript",
    "labels.js": "text/javascript",
    "closer.js": "text/javascript",
    "train.js": "text/javascript",
    "plan.js": "text/javascript",
    "race.js": "text/javascript",
    "curves.js": "text/javascript",
    "drawn.js": "text/javascript",
    "models.js": "text/javascript",
    "answers.js": "text/javascript",
    "heat.js": "text/javascript",
    "live.js": "text/javascript",
    "compare.js": "text/javascript",
    "exports.js": "text/javascript",
    "camera.js": "text/javascript",
    "review.js": "text/javascript",
    "review_queue.js": "text/javascript",
    "views.css": "text/css",
    "views.js": "text/javascript",
    "brush.js": "text/javascript",
    "groups.js": "text/javascript",
    "map.js": "text/javascript",
    "doubts.js": "text/javascript",
    "ready.js": "text/javascript",
    "shots.js": "text/javascript",
}
"""Every file there is: a name from a request is looked up here and never becomes a path."""

LANG_NAMES = {"en": "English", "fr": "Français"}
THEMES = ("light", "dark")
PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; connect-src 'self'; "
    "frame-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
REPORT_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)
HEADERS = {
    "content-security-policy": PAGE_POLICY,
    "referrer-policy": "same-origin",  # with none at all a browser would not say which page a form came from
    "vary": "accept-language, cookie",
    "permissions-policy": "camera=(self), geolocation=(), microphone=()",
}
FOREVER = {"cache-control": "public, max-age=31536000, immutable"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How somebody wants pages.

    Args:
        lang: language.
        theme: ``light``, ``dark``, or empty for what the device says.
        path: where they are, for switches that come back here.
    """

    lang: Lang
    theme: str
    path: str


class Frame:
    """Draws pages and gives out their files."""

    def __init__(self) -> None:
        static = files(PACKAGE).joinpath("static", "rooms")
        self._data = {name: static.joinpath(name).read_bytes() for name in MEDIA_TYPES}
        whole = hashlib.sha256(b"".join(hashlib.sha256(data).digest() for data in self._data.values()))
        self.folder = f"/static/{whole.hexdigest()[:12]}"
        environment = Environment(
            loader=PackageLoader(PACKAGE, "templates/rooms"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates = {
            "data": environment.get_template("data.html"),
            "enter": environment.get_template("enter.html"),
            "glossary": environment.get_template("glossary.html"),
            "lesson": environment.get_template("lesson.html"),
            "lessons": environment.get_template("lessons.html"),
            "models": environment.get_template("models.html"),
            "path": environment.get_template("path.html"),
            "problem": environment.get_template("problem.html"),
            "review": environment.get_template("review.html"),
            "review_log": environment.get_template("review_log.html"),
            "review_traffic": environment.get_template("review_traffic.html"),
            "tasks": environment.get_template("tasks.html"),
            "tokens": environment.get_template("tokens.html"),
            "train": environment.get_template("train.html"),
        }

    @property
    def addresses(self) -> frozenset[str]:
        """Of all files; anybody may have them."""
        return frozenset(f"{self.folder}/{name}" for name in MEDIA_TYPES)

    def page(
        self, name: str, look: Look, *, status: int = 200, areas: tuple[str, ...] = (), **values: Any
    ) -> HTMLResponse:
        """Return a page.

        Args:
            name: of its template.
            look: how it is wanted.
            status: HTTP status.
            areas: texts that its script says.
            **values: what it shows.
        """
        lang = look.lang
        html = self._templates[name].render(
            lang=lang,
            look=look,
            langs={code: LANG_NAMES[code] for code in LANGS},
            themes=THEMES,
            static=self.folder,
            say=partial(_said, lang),
            n=partial(_number, lang),
            percent=partial(_percent, lang),
            asked=partial(asked, lang),
            words={area: dict(catalogue(area, lang)) for area in ("script", *areas)},
            **{"visit": None, "task": None, "room": "", **values},
        )
        return HTMLResponse(html, status_code=status, headers=HEADERS)

    def file(self, name: str) -> Response:
        """Return a file of the pages, for good: its address changes with its content."""
        return Response(self._data[name], media_type=MEDIA_TYPES[name], headers=FOREVER)


def _said(lang: Lang, key: str, **values: object) -> str:
    return say(key, lang, **values)


def _number(lang: Lang, value: int) -> str:
    return str(written(value, lang))


def _percent(lang: Lang, share: float) -> str:
    return figures.percent(share, lang)

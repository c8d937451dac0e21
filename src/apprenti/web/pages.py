"""Routes of the pages. Everything they show comes from the package itself; nothing from elsewhere."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import HTMLResponse, Response
from jinja2 import Environment, PackageLoader, StrictUndefined

from apprenti.domain.errors import ModelFileError
from apprenti.domain.figures import amount, decimal, percent
from apprenti.domain.report import Report
from apprenti.languages import lang_from_header, lang_of
from apprenti.plain import model_data
from apprenti.texts import LANGS, Lang, say

if TYPE_CHECKING:
    from apprenti.stages.predict import Predictor

MEDIA_TYPES = {"page.css": "text/css", "page.js": "text/javascript", "icon.svg": "image/svg+xml"}
"""Every file there is: a name from a request is looked up here and never becomes a path."""

MOST_LABELS = 12
SCRIPT_WORDS = (
    "looking",
    "unfamiliar",
    "unfamiliar_why",
    "unreachable",
    "too_large",
    "heard",
    "heard_unfamiliar",
    "heard_plain",
    "heard_plain_unfamiliar",
    "no_label",
    "within",
    "separator",
)
TELLS = {"multi_class": "tells_apart", "multi_label": "tells_labels", "regression": "tells_number"}
PLACEHOLDERS = ("label", "sure", "limit", "photo", "low", "high", "share")
PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
REPORT_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
RenderReport = Callable[[Report, Lang], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asset:
    """A file of the page, and the address that changes with its content."""

    data: bytes
    media_type: str
    address: str


def make_pages(
    models: Mapping[str, Predictor], *, render_report: RenderReport, max_body_bytes: int
) -> APIRouter:
    """Return the routes of the pages.

    Args:
        models: loaded models by name, at least one.
        render_report: makes the page of a report.
        max_body_bytes: what the server takes in, so that the page can say so before sending.
    """
    router = APIRouter()
    assets = {name: _asset(name) for name in MEDIA_TYPES}
    template = _environment(assets).get_template("page.html")
    facts = {name: model_data(name, model) for name, model in models.items()}
    limit_mb = max_body_bytes // 1_000_000

    @cache  # a few models in two languages
    def report_page(name: str, lang: Lang) -> str:
        return render_report(Report.from_json(models[name].report).named(name), lang)

    @router.get("/")
    async def page(request: Request, model: str = "") -> HTMLResponse:
        lang = page_lang(request)
        shown = facts[model if model in facts else next(iter(facts))]
        html = template.render(_context(shown, list(facts), lang, limit_mb=limit_mb))
        return HTMLResponse(html, headers=_headers(PAGE_POLICY))

    @router.get("/models/{name}/report")
    def report(name: str, request: Request) -> HTMLResponse:
        if name not in facts:
            raise HTTPException(404)
        if "recipe" not in facts[name]:
            raise ModelFileError("report_missing", name=name)
        return HTMLResponse(report_page(name, page_lang(request)), headers=_headers(REPORT_POLICY))

    @router.get("/static/{name}")
    async def static(name: str) -> Response:
        if name not in assets:
            raise HTTPException(404)
        forever = {
            "cache-control": "public, max-age=31536000, immutable"
        }  # the address changes with the content
        return Response(assets[name].data, media_type=assets[name].media_type, headers=forever)

    return router


def page_lang(request: Request) -> Lang:
    """Return the language asked for in the address, else the one the browser weighs most."""
    asked = lang_of(request.query_params.get("lang", ""))
    return asked or lang_from_header(request.headers.get("accept-language", ""))


def _context(model: Mapping[str, Any], names: list[str], lang: Lang, *, limit_mb: int) -> dict[str, Any]:
    """Return what the template needs to show one model in one language."""

    def word(key: str, **values: object) -> str:
        return say(f"web.{key}", lang, **values)

    return {
        "lang": lang,
        "langs": LANGS,
        "word": word,
        "names": names,
        "model": model,
        "labels": model["labels"][:MOST_LABELS],
        "n_more": max(0, len(model["labels"]) - MOST_LABELS),
        "tells": word(TELLS[model.get("task_type", "multi_class")], **_range(model, lang)),
        "how_good": _how_good(model, lang),
        "limit_mb": limit_mb,
        "script_words": {key: _unfilled(key, lang) for key in SCRIPT_WORDS},
    }


def _range(model: Mapping[str, Any], lang: Lang) -> dict[str, str]:
    """Return the least and the greatest number a model learnt from; nothing where it tells labels."""
    numbers = model.get("numbers")
    if numbers is None:
        return {}
    spread = numbers["high"] - numbers["low"]
    return {end: amount(numbers[end], lang, precision=spread) for end in ("low", "high")}


def _how_good(model: Mapping[str, Any], lang: Lang) -> str | None:
    """Return in a sentence how good a model was on photos it had never seen; ``None`` where that is not known."""
    n = model.get("n_test", 0)
    if "accuracy" in model:
        return say("web.accuracy", lang, n=n, share=percent(model["accuracy"], lang))
    if "mean_average_precision" in model:
        score = decimal(model["mean_average_precision"], lang, 2)
        return say("web.mean_average_precision", lang, n=n, score=score)
    if "mean_absolute_error" in model:
        error = model["mean_absolute_error"]
        return say("web.absolute_error", lang, n=n, error=amount(error, lang, precision=error))
    return None


def _unfilled(key: str, lang: Lang) -> str:
    """Return a sentence with its placeholders left for the script to fill in."""
    return say(f"web.{key}", lang, **{name: f"{{{name}}}" for name in PLACEHOLDERS})


def _environment(assets: Mapping[str, Asset]) -> Environment:
    environment = Environment(
        loader=PackageLoader("apprenti.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["address"] = {name: asset.address for name, asset in assets.items()}
    return environment


def _asset(name: str) -> Asset:
    data = files("apprenti.web").joinpath("static", name).read_bytes()
    version = hashlib.sha256(data).hexdigest()[:12]
    return Asset(data=data, media_type=MEDIA_TYPES[name], address=f"/static/{name}?v={version}")


def _headers(policy: str) -> dict[str, str]:
    return {"content-security-policy": policy, "vary": "accept-language"}

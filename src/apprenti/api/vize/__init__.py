"""Routes for scripts written for the vize and Ximilar recognition service; ``docs/vize.md`` tells the differences."""

from __future__ import annotations

from fastapi import APIRouter

from apprenti.api.vize.accounts import account_routes
from apprenti.api.vize.errors import DIALECTS, PREFIXES
from apprenti.api.vize.images import image_routes
from apprenti.api.vize.labels import label_routes
from apprenti.api.vize.legacy import legacy_routes
from apprenti.api.vize.models import model_routes
from apprenti.api.vize.pictures import FILES, Fetch, Pictures
from apprenti.api.vize.requests import request_routes
from apprenti.api.vize.routes import Authenticate, Routes, let_in
from apprenti.api.vize.tasks import task_routes
from apprenti.flow.service.service import Service

__all__ = [
    "DIALECTS",
    "FILES",
    "PREFIXES",
    "Authenticate",
    "Fetch",
    "let_in",
    "vize_router",
]


def vize_router(
    service: Service, authenticate: Authenticate = let_in, *, fetch: Fetch | None = None
) -> APIRouter:
    """Return the compatible routes; they are in no OpenAPI description, being somebody else's contract.

    Args:
        service: what to work with.
        authenticate: tells on whose behalf a request is made, or raises ``TokenError``; whom the entrance let in
            by default. Files of images (``FILES``) are asked for without: their addresses cannot be guessed.
        fetch: returns what lies at an address, or raises an error of ours; without it records with ``_url`` are
            refused.
    """
    routes = Routes(service, authenticate)
    pictures = Pictures(max_bytes=service.limits.max_image_bytes, fetch=fetch)
    task_routes(routes)
    label_routes(routes)
    image_routes(routes, pictures)
    model_routes(routes, pictures)
    account_routes(routes)
    request_routes(routes, pictures)
    legacy_routes(routes)
    return routes.router()

"""The service's own REST door: one file of routes for each noun, each route one call of a flow."""

from __future__ import annotations

from fastapi import APIRouter

from apprenti.api.v1 import (
    archives,
    audit,
    corrections,
    explanations,
    images,
    labels,
    monitoring,
    plans,
    predictions,
    review,
    tasks,
    tokens,
    trainings,
    versions,
    webhooks,
    workspaces,
)
from apprenti.api.v1.asking import ERRORS

ROUTERS = (
    predictions.ROUTER,  # first, being asked for most: routes are tried one after the other
    explanations.ROUTER,
    workspaces.ROUTER,
    archives.ROUTER,
    tokens.ROUTER,
    tasks.ROUTER,
    labels.ROUTER,
    images.ROUTER,
    plans.ROUTER,
    trainings.ROUTER,
    versions.ROUTER,
    corrections.ROUTER,
    review.ROUTER,
    monitoring.ROUTER,
    webhooks.ROUTER,
    audit.ROUTER,
)


def v1_router() -> APIRouter:
    """Return all routes under ``/v1`` that need a token."""
    router = APIRouter(prefix="/v1", responses=ERRORS)
    for part in ROUTERS:
        router.include_router(part)
    return router

"""The doors that stand beside the service's own routes: scripts of another service, programs that ask any model."""

from __future__ import annotations

from functools import partial

from apprenti.api import inference
from apprenti.api.service_app import ServiceDoors
from apprenti.api.vize import DIALECTS, FILES, vize_router
from apprenti.egress import fetch
from apprenti.flow.service.service import Service

OPEN_BELOW = (FILES,)
"""Addresses of image files in the compatible door, which nobody can guess; its clients ask for them without a token."""


def other_doors(service: Service) -> ServiceDoors:
    """Return the routes of the other doors."""
    take = None
    if service.transport is not None:
        take = partial(fetch, policy=service.egress_policy, transport=service.transport)
    limits = inference.InferenceLimits(max_image_bytes=service.limits.max_image_bytes)
    any_model = inference.inference_router(inference.ServiceModels(service), limits=limits)
    return ServiceDoors(
        routers=(any_model, vize_router(service, fetch=take)), dialects={**DIALECTS, **inference.DIALECTS}
    )

"""The doors that stand beside the service's own routes: scripts of another service, programs that ask any model."""

from __future__ import annotations

from fastapi import Request

from apprenti.api.entrance import CALLER
from apprenti.api.service_app import ServiceDoors
from apprenti.api.vize import DIALECTS, FILES, vize_router
from apprenti.domain.service import Caller
from apprenti.egress import fetch
from apprenti.flow.service.service import Service

OPEN_BEGINNINGS = (FILES,)
"""Addresses of image files in the compatible door, which nobody can guess; its clients ask for them without a token."""


def other_doors(service: Service, *, n_threads: int) -> ServiceDoors:
    """Return the routes of the other doors."""
    egress = service.egress
    take = None if egress is None else lambda url: fetch(url, egress.policy, egress.transport)
    compatible = vize_router(service, caller_at_the_entrance, fetch=take, n_workers=n_threads)
    return ServiceDoors(routers=(compatible,), dialects=DIALECTS)


async def caller_at_the_entrance(request: Request) -> Caller:
    """Return on whose behalf a request is made: the entrance has asked for its token already."""
    caller: Caller = request.scope[CALLER]
    return caller

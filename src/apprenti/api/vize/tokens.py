"""Tokens in the header these clients send: ``Authorization: Token ...``, or ``JWT ...`` for long ones."""

from __future__ import annotations

from anyio import to_thread
from fastapi import Request
from starlette.datastructures import Headers

from apprenti.api.vize.routes import Authenticate
from apprenti.domain.service import Caller
from apprenti.flow.service.access import caller_of
from apprenti.flow.service.service import Service

SCHEMES = ("token", "jwt", "bearer")
LONGEST_SECRET = 500


def by_token(service: Service) -> Authenticate:
    """Return what tells callers by the secret in the header, asking the database each time."""

    async def authenticate(request: Request) -> Caller:
        return await to_thread.run_sync(caller_of, service, secret_in(request.headers))

    return authenticate


def secret_in(headers: Headers) -> str:
    """Return the secret a request shows; empty where it shows none.

    Example:
        >>> secret_in(Headers({"authorization": "JWT abc"}))
        'abc'
    """
    scheme, _, secret = headers.get("authorization", "").partition(" ")
    secret = secret.strip()
    return secret if scheme.lower() in SCHEMES and len(secret) <= LONGEST_SECRET else ""

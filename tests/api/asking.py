"""Asks an application as a client on the same machine would, without a network."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from functools import cache
from typing import Any

import httpx
from fastapi import FastAPI
from tests.fake_models import FakeModel

from apprenti.api.app import create_app
from apprenti.api.guard import Door

HERE = "http://127.0.0.1:8000"
DOOR = Door(names=frozenset({"127.0.0.1", "localhost", "::1"}), max_body_bytes=100_000)


@cache
def an_app(model: FakeModel | None = None, **options: Any) -> FastAPI:
    """Return an application that serves one model called ``clothes``; the same for the same arguments."""
    return create_app({"clothes": model or FakeModel()}, **({"door": DOOR} | options))  # type: ignore[dict-item]


def together(app: FastAPI, talk: Callable[[httpx.AsyncClient], Coroutine[Any, Any, Any]]) -> Any:
    """Return what ``talk`` returns, given a client of ``app``."""

    async def once() -> Any:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url=HERE) as client:
            return await talk(client)

    return asyncio.run(once())


def ask(app: FastAPI, method: str, path: str, **options: Any) -> httpx.Response:
    """Return the answer to one request."""
    answer: httpx.Response = together(app, lambda client: client.request(method, path, **options))
    return answer

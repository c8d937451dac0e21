"""Who may ask: rebinding and cross-site requests are turned away before anything is read."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from tests.api.asking import DOOR, an_app, ask
from tests.fake_models import RED

from apprenti.api.guard import Door, Guard, host_name

PREDICT = "/v1/models/clothes/predict"


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.1:9000", "localhost:8000", "LOCALHOST", "[::1]:8000"])
def test_our_own_names_are_answered_on_any_port(host: str) -> None:
    assert ask(an_app(), "GET", "/v1/models", headers={"host": host}).status_code == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "", "localhost.evil", "192.168.1.5", "[::1"]
)
def test_a_name_that_was_made_to_point_here_is_refused(host: str) -> None:
    answer = ask(an_app(), "GET", "/v1/models", headers={"host": host})
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "host_refused")


@pytest.mark.parametrize(
    "origin",
    [
        "http://evil.example",
        "null",
        "http://127.0.0.1:9999",
        "http://localhost:8000",
        "http://127.0.0.1:8000.evil.example",
    ],
)
@pytest.mark.parametrize(("method", "path"), [("POST", PREDICT), ("GET", "/v1/models")])
def test_a_request_from_another_sites_page_is_refused(origin: str, method: str, path: str) -> None:
    answer = ask(an_app(), method, path, content=RED, headers={"origin": origin})
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "origin_refused")
    assert "access-control-allow-origin" not in answer.headers


def test_a_request_from_our_own_page_is_answered() -> None:
    answer = ask(an_app(), "POST", PREDICT, content=RED, headers={"origin": "http://127.0.0.1:8000"})
    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("host", "answered"), [("192.168.1.5:8000", True), ("[fe80::1]", True), ("evil.example", False)]
)
def test_listening_everywhere_answers_to_digits_but_not_to_any_name(host: str, answered: bool) -> None:
    assert Door(names=frozenset(), any_address=True).answers_to(host) is answered
    assert not Door(names=frozenset()).answers_to(host)


@pytest.mark.parametrize("path", ["/v1/models", "/v1/nothing", "/v1/openapi.json"])
def test_every_answer_carries_safe_headers(path: str) -> None:
    headers = ask(an_app(), "GET", path).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert "default-src 'none'" in headers["content-security-policy"]
    assert headers["cache-control"] == "no-store"


@pytest.mark.parametrize("headers", [{}, {"host": "evil.example"}])
def test_refusals_carry_them_too(headers: dict[str, str]) -> None:
    answer = ask(an_app(), "POST", PREDICT, content=b"", headers=headers)
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("length", ["100001", "-1", "1e3", "9" * 30])
def test_a_length_that_is_too_large_or_no_length_is_refused_before_reading(length: str) -> None:
    sent = spoken_to(
        {"type": "http", "headers": [(b"host", b"localhost"), (b"content-length", length.encode())]}
    )
    assert sent[0]["status"] == 413
    assert (b"connection", b"close") in sent[0]["headers"]


def test_two_hosts_are_no_host() -> None:
    sent = spoken_to({"type": "http", "headers": [(b"host", b"localhost"), (b"host", b"evil.example")]})
    assert sent[0]["status"] == 403


def test_a_websocket_is_closed() -> None:
    assert spoken_to({"type": "websocket", "headers": []}) == [{"type": "websocket.close", "code": 1008}]


@pytest.mark.parametrize(
    ("header", "name"), [("A.b:80", "a.b"), ("[::1]:80", "::1"), ("::1", ""), (" localhost ", "localhost")]
)
def test_a_host_header_is_read_without_its_port(header: str, name: str) -> None:
    assert host_name(header) == name


def spoken_to(scope: dict[str, Any]) -> list[dict[str, Any]]:
    """Return what the guard sends for a raw request, in front of an application that must not be reached."""
    sent: list[dict[str, Any]] = []

    async def unreachable(*_: Any) -> None:
        raise AssertionError("the guard let it through")

    async def receive() -> dict[str, Any]:
        raise AssertionError("the guard began to read")

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {"method": "POST", "path": PREDICT} | scope
    asyncio.run(Guard(unreachable, door=DOOR)(scope, receive, send))
    return sent

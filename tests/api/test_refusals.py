"""One shape of errors, for programs that lost their way and for what is no HTTP at all."""

from __future__ import annotations

import json
import socket
from pathlib import Path

import pytest
from tests.api.v1.service_asking import House, code_of, open_house
from tests.client.served import served


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    return open_house(tmp_path_factory.mktemp("house"))


@pytest.mark.parametrize(
    "headers", [{}, {"accept": "application/json"}, {"content-type": "application/json"}]
)
def test_a_program_that_lost_its_way_is_told_in_json(house: House, headers: dict[str, str]) -> None:
    answer = house.ask("POST", "/nowhere", headers=headers)
    assert (answer.status_code, code_of(answer)) == (404, "page_unknown")
    if headers:
        answer = house.ask("POST", "/nowhere", as_="", headers=headers)
        assert (answer.status_code, code_of(answer)) == (401, "token_unknown")


def test_a_browser_is_shown_a_page(house: House) -> None:
    answer = house.ask("GET", "/nowhere", as_="", headers={"accept": "text/html,*/*;q=0.8"})
    assert answer.headers["location"].startswith("/enter")


@pytest.mark.parametrize(
    "raw",
    [
        b"POST /v1/tasks HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: many\r\n\r\n",
        b"POST /v1/tasks HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: -1\r\n\r\n",
        b"no HTTP\r\n\r\n",
    ],
)
def test_what_is_no_http_is_refused_in_the_same_shape(tmp_path: Path, raw: bytes) -> None:
    with served(open_house(tmp_path).app) as address:
        port = int(address.rpartition(":")[2])
        with socket.create_connection(("127.0.0.1", port), timeout=10) as there:
            there.sendall(raw)
            said = b"".join(iter(lambda: there.recv(4096), b""))
    head, _, body = said.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 400")
    assert json.loads(body)["error"]["code"] == "request_unreadable"

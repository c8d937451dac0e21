"""What the client does when the other end is busy, cut off, gone, or no service at all."""

from __future__ import annotations

import json
import pickle
import socket
import threading
from collections.abc import Iterator

import pytest
from tests.client.served import Rude, breaks_off, hangs_up, says

from apprenti.client.transport import Body, Transport
from apprenti.domain.errors import OptionError, ServiceRefusalError, ServiceUnreachableError

OK = says(200, '{"n": 1}')
BUSY = says(503, json.dumps({"error": {"code": "busy", "message": "everybody is busy"}}))


MADE: list[Transport] = []


@pytest.fixture(autouse=True)
def closed() -> Iterator[None]:
    yield
    while MADE:
        MADE.pop().close()


def transport(address: str, waits: list[float] | None = None, **options: object) -> Transport:
    waited = waits if waits is not None else []
    MADE.append(Transport(address, "secret", wait=waited.append, jitter=lambda: 1.0, **options))  # type: ignore[arg-type]
    return MADE[-1]


@pytest.mark.parametrize("deed", [BUSY, hangs_up, breaks_off, says(502, "<html>bad gateway</html>")])
def test_what_may_pass_is_tried_again_with_growing_pauses_and_under_the_same_key(deed: object) -> None:
    rude, waits = Rude(deeds=[deed, deed, deed, OK]), []  # type: ignore[list-item, var-annotated]
    with rude.serving() as address:
        assert transport(address, waits).ask_json("POST", "/v1/tasks", data={"name": "x"}) == {"n": 1}
    assert waits == [0.25, 0.5, 1.0]
    keys = {headers["idempotency-key"] for _, _, headers in rude.seen}
    assert len(keys) == 1


def test_two_requests_have_two_keys_and_reading_has_none() -> None:
    rude = Rude(deeds=[OK])
    with rude.serving() as address:
        way = transport(address)
        for method in ("POST", "POST", "GET"):
            way.ask(method, "/v1/x")
    keys = [headers.get("idempotency-key") for _, _, headers in rude.seen]
    assert keys[0] != keys[1]
    assert keys[2] is None


def test_a_service_that_says_when_to_come_back_is_believed() -> None:
    limit = says(429, json.dumps({"error": {"code": "too_many", "message": "slow"}}), retry_after="7")
    rude, waits = Rude(deeds=[limit, OK]), []  # type: ignore[var-annotated]
    with rude.serving() as address:
        transport(address, waits).ask("GET", "/v1/x")
    assert waits == [7.0]


def test_patience_ends_and_the_last_word_is_told() -> None:
    far = says(503, json.dumps({"error": {"code": "busy", "message": "busy"}}), retry_after="600")
    with Rude(deeds=[far]).serving() as address, pytest.raises(ServiceRefusalError) as caught:
        transport(address).ask("GET", "/v1/x")
    assert (caught.value.status, caught.value.code, caught.value.message) == (503, "busy", "busy")


def test_a_refusal_is_not_asked_for_twice_and_says_everything() -> None:
    details = [{"where": "body.name", "what": "too short"}]
    body = {"error": {"code": "request_malformed", "message": "wrong", "details": details}}
    rude = Rude(deeds=[says(422, json.dumps(body))])
    with rude.serving() as address, pytest.raises(ServiceRefusalError) as caught:
        transport(address).ask("POST", "/v1/x")
    assert len(rude.seen) == 1
    error = caught.value
    assert (error.status, error.code, error.details) == (422, "request_malformed", tuple(details))
    assert str(error) == "wrong (HTTP 422, request_malformed)"
    again = pickle.loads(pickle.dumps(error))
    assert (again.status, again.details) == (422, tuple(details))


def test_a_deletion_whose_answer_was_lost_is_done() -> None:
    gone = says(404, json.dumps({"error": {"code": "not_found", "message": "gone"}}))
    with Rude(deeds=[hangs_up, gone]).serving() as address:
        assert transport(address).ask("DELETE", "/v1/tasks/1").status == 204
    with Rude(deeds=[gone]).serving() as address, pytest.raises(ServiceRefusalError):
        transport(address).ask("DELETE", "/v1/tasks/1")


def test_a_kept_connection_that_was_closed_meanwhile_costs_no_pause() -> None:
    rude, waits = Rude(deeds=[OK, hangs_up, OK]), []  # type: ignore[var-annotated]
    with rude.serving() as address:
        way = transport(address, waits)
        way.ask("GET", "/v1/1")
        way.ask("GET", "/v1/2")
    assert waits == []
    assert [path for _, path, _ in rude.seen] == ["/v1/1", "/v1/2", "/v1/2"]


def test_what_is_no_service_is_told_with_its_address() -> None:
    for deed in (
        says(200, "<html>a page</html>"),
        says(301, location="http://169.254.169.254/"),
        says(404, "x"),
    ):
        with Rude(deeds=[deed]).serving() as address, pytest.raises(ServiceUnreachableError) as caught:
            transport(address).ask_json("GET", "/v1/x")
        assert address in str(caught.value)


def test_nobody_listening_is_told_without_the_token() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    waits: list[float] = []
    with pytest.raises(ServiceUnreachableError) as caught:
        transport(f"http://127.0.0.1:{port}", waits, patience_seconds=1.0).ask("GET", "/v1/x")
    assert "secret" not in str(caught.value)
    assert len(waits) >= 2


def test_a_body_refused_before_it_was_sent_whole_is_told_as_the_refusal_it_is() -> None:
    listening = socket.create_server(("127.0.0.1", 0))

    def refuse() -> None:
        connection, _ = listening.accept()
        connection.recv(1000)
        body = b'{"error": {"code": "body_too_large", "message": "too large"}}'
        head = f"HTTP/1.1 413 X\r\ncontent-length: {len(body)}\r\nconnection: close\r\n\r\n".encode()
        connection.sendall(head + body)
        connection.shutdown(socket.SHUT_WR)
        while connection.recv(65536):
            pass
        connection.close()

    thread = threading.Thread(target=refuse, daemon=True)
    thread.start()
    try:
        with pytest.raises(ServiceRefusalError) as caught:
            transport(f"http://127.0.0.1:{listening.getsockname()[1]}").ask(
                "POST", "/v1/images", body=Body(data=b"x" * 5_000_000, content_type="image/png")
            )
    finally:
        thread.join(10)
        listening.close()
    assert caught.value.status == 413


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1:8000", "ftp://host", "http://", "http://me:pass@127.0.0.1", "http://127.0.0.1:port"],
)
def test_an_address_that_is_none_is_refused_without_repeating_a_password(address: str) -> None:
    with pytest.raises(OptionError) as caught:
        Transport(address, "secret")
    assert "pass@" not in str(caught.value)


def test_a_token_does_not_travel_unencrypted_to_another_machine() -> None:
    with pytest.raises(OptionError, match="unencrypted"):
        Transport("http://photos.example", "secret")
    Transport("http://photos.example", "secret", insecure_http=True)
    Transport("https://photos.example/apprenti/", "secret")
    for here in ("http://localhost:1", "http://[::1]:1", "http://127.0.0.2"):
        Transport(here, "secret")


def test_a_proxys_path_and_the_workspace_are_part_of_every_request() -> None:
    rude = Rude(deeds=[OK])
    with rude.serving() as address:
        way = transport(f"{address}/photos/", workspace="w-1")
        way.ask("GET", "/v1/images", query={"is_test": True, "label": ["a", "b"], "task": None})
    assert rude.seen[0][1] == "/photos/v1/images?workspace=w-1&is_test=true&label=a&label=b"

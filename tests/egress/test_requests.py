"""One request at a time, over real sockets: what comes back, and all that can go wrong on the way."""

from __future__ import annotations

import shutil
import socket
import ssl
import threading
import time
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from tests.egress.servers import (
    OTHER_PUBLIC,
    PUBLIC,
    Names,
    Server,
    Ticks,
    Wires,
    certificate,
    local,
    public,
    redirects,
    sends,
    serving,
    transport,
)

from apprenti.domain.errors import EgressError
from apprenti.egress import EgressPolicy, Transport, check_endpoint, fetch, post
from apprenti.egress.connection import ask_system, usual_tls


def failure(url: str, policy: EgressPolicy, way: Transport) -> str:
    with pytest.raises(EgressError) as caught:
        fetch(url, policy, way)
    assert caught.value.said("fr") != caught.value.said("en")
    return caught.value.key


def real() -> Transport:
    return Transport(clock=time.monotonic)


def test_a_photo_is_fetched_from_a_named_host_on_this_machine() -> None:
    with serving(sends(b"photo")) as server:
        assert fetch(f"http://127.0.0.1:{server.port}/a.jpg?b=c", local(server), real()) == b"photo"
        assert fetch(f"http://localhost:{server.port}/", local(server), real()) == b"photo"
    (method, path, headers, _), (_, _, by_name, _) = server.requests
    assert (method, path) == ("GET", "/a.jpg?b=c")
    assert headers["host"] == f"127.0.0.1:{server.port}"
    assert by_name["host"] == f"localhost:{server.port}"
    assert headers["accept-encoding"] == "identity"
    assert not {"authorization", "cookie", "referer"} & headers.keys()


def test_the_address_connected_to_is_the_one_that_was_judged_and_the_host_keeps_its_name() -> None:
    with serving(sends(b"photo")) as server:
        wires, names = Wires(server), Names(photos_example_org=(PUBLIC,))
        assert fetch("http://photos.example.org/", public(server), transport(names, wires)) == b"photo"
    assert wires.connected == [(PUBLIC, 80)]
    assert names.asked == ["photos.example.org"]
    assert server.requests[0][2]["host"] == "photos.example.org"


def test_the_next_address_is_tried_where_one_does_not_answer() -> None:
    with serving(sends(b"photo")) as server:
        wires = Wires(server)

        def connect(address: str, port: int, seconds: float) -> socket.socket:
            assert seconds <= 20
            if address == OTHER_PUBLIC:
                wires.connected.append((address, port))
                assert seconds <= 10
                raise TimeoutError
            return wires(address, port, seconds)

        way = Transport(clock=Ticks(), resolve=Names(a_example_org=(OTHER_PUBLIC, PUBLIC)), connect=connect)
        assert fetch("http://a.example.org/", public(server), way) == b"photo"
    assert [address for address, _ in wires.connected] == [OTHER_PUBLIC, PUBLIC]


def test_proxies_of_the_environment_are_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "https_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    with serving(sends(b"photo")) as server:
        assert fetch(f"http://127.0.0.1:{server.port}/", local(server), real()) == b"photo"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_followed_with_a_get(status: int) -> None:
    def answer(request: BaseHTTPRequestHandler) -> None:
        (sends(b"photo") if request.path == "/b" else redirects(to="../b", status=status))(request)

    with serving(answer) as server:
        assert fetch(f"http://127.0.0.1:{server.port}/a/c", local(server), real()) == b"photo"


def test_redirects_end_after_so_many() -> None:
    with serving(redirects(to="/again")) as server:
        url = f"http://127.0.0.1:{server.port}/"
        assert failure(url, local(server, max_redirects=2), real()) == "egress_redirects"
        assert len(server.requests) == 3


@pytest.mark.parametrize("status", [204, 206, 304, 401, 404, 500])
def test_only_an_answer_of_200_counts(status: int) -> None:
    with serving(sends(b"" if status in (204, 304) else b"no", status)) as server:
        assert failure(f"http://127.0.0.1:{server.port}/", local(server), real()) == "egress_status"


def test_a_redirect_that_leads_nowhere_is_told() -> None:
    with serving(sends(b"", 302)) as server:
        assert failure(f"http://127.0.0.1:{server.port}/", local(server), real()) == "egress_status"


def test_an_answer_announced_too_large_is_not_read() -> None:
    with serving(sends(b"x" * 2000)) as server:
        url = f"http://127.0.0.1:{server.port}/"
        assert failure(url, local(server, max_bytes=1999), real()) == "egress_too_large"
        assert fetch(url, local(server, max_bytes=2000), real()) == b"x" * 2000


def endless(*, chunked: bool) -> tuple[object, list[int]]:
    sent = [0]

    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        if chunked:
            request.send_header("Transfer-Encoding", "chunked")
        request.end_headers()
        request.close_connection = True
        while sent[0] < 50_000_000:
            request.wfile.write(b"2710\r\n" + bytes(10_000) + b"\r\n" if chunked else bytes(10_000))
            sent[0] += 10_000

    return answer, sent


@pytest.mark.parametrize("chunked", [True, False])
def test_an_answer_without_a_length_is_cut_off_while_it_comes(chunked: bool) -> None:
    answer, sent = endless(chunked=chunked)
    with serving(answer) as server:  # type: ignore[arg-type]
        url = f"http://127.0.0.1:{server.port}/"
        assert failure(url, local(server, max_bytes=100_000), real()) == "egress_too_large"
    assert sent[0] < 20_000_000


def test_headers_count_too() -> None:
    def answer(request: BaseHTTPRequestHandler) -> None:
        for _ in range(2000):
            request.wfile.write(b"HTTP/1.1 100 Continue\r\nX: " + b"x" * 1000 + b"\r\n\r\n")

    with serving(answer) as server:
        url = f"http://127.0.0.1:{server.port}/"
        assert failure(url, local(server, max_bytes=1000), real()) == "egress_too_large"


def test_an_answer_that_breaks_off_is_told() -> None:
    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.send_header("Content-Length", "100")
        request.end_headers()
        request.wfile.write(b"half")
        request.close_connection = True

    with serving(answer) as server:
        assert failure(f"http://127.0.0.1:{server.port}/", local(server), real()) == "egress_failed"


@pytest.mark.parametrize("part", ["head", "body"])
def test_a_server_that_drips_is_left_when_the_time_is_up(part: str) -> None:
    def answer(request: BaseHTTPRequestHandler) -> None:
        if part == "body":
            request.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        for letter in b"HTTP/1.1 200 " + b"O" * 200:
            request.wfile.write(bytes([letter]))
            time.sleep(0.02)

    with serving(answer) as server:
        began = time.monotonic()
        url = f"http://127.0.0.1:{server.port}/"
        assert failure(url, local(server, seconds=0.3), real()) == "egress_too_slow"
        assert time.monotonic() - began < 2


def test_a_server_that_never_answers_is_left_when_the_time_is_up() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        policy = EgressPolicy(
            private_hosts=("127.0.0.1",), schemes=("http", "https"), ports=(port,), seconds=0.2
        )
        assert failure(f"http://127.0.0.1:{port}/", policy, real()) == "egress_too_slow"
        assert failure(f"https://127.0.0.1:{port}/", policy, real()) == "egress_too_slow"


def test_the_time_spent_looking_a_name_up_counts() -> None:
    clock = Ticks()

    def resolve(name: str, port: int, seconds: float) -> tuple[str, ...]:
        clock.now += 30
        return (PUBLIC,)

    way = Transport(clock=clock, resolve=resolve, connect=Wires())
    assert failure("https://example.org/", EgressPolicy(hosts=("*",)), way) == "egress_too_slow"


def test_a_look_up_that_takes_too_long_is_left_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    over = threading.Event()

    def dawdle(*_: object, **__: object) -> list[object]:
        over.wait(10)
        return []

    monkeypatch.setattr(socket, "getaddrinfo", dawdle)
    began = time.monotonic()
    assert ask_system("example.org", 443, 0.05) == ()
    assert time.monotonic() - began < 2
    over.set()


def test_nobody_listening_is_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closing:
        port = closing.getsockname()[1]
    policy = EgressPolicy(private_hosts=("127.0.0.1",), schemes=("http",), ports=(port,))
    assert failure(f"http://127.0.0.1:{port}/", policy, real()) == "egress_failed"


def test_what_is_no_http_is_told() -> None:
    def answer(request: BaseHTTPRequestHandler) -> None:
        request.wfile.write(b"SSH-2.0-OpenSSH_9.2\r\n")
        request.close_connection = True

    with serving(answer) as server:
        assert failure(f"http://127.0.0.1:{server.port}/", local(server), real()) == "egress_failed"


def test_a_post_sends_its_body_and_returns_the_status() -> None:
    with serving(sends(b"thanks", 202)) as server:
        url = f"http://127.0.0.1:{server.port}/hook"
        assert post(url, b'{"a": 1}', {"X-Apprenti": "yes"}, local(server), real()) == 202
    (method, path, headers, body) = server.requests[0]
    assert (method, path, body) == ("POST", "/hook", b'{"a": 1}')
    assert headers["x-apprenti"] == "yes"
    assert headers["content-length"] == "8"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_post_follows_no_redirect(status: int) -> None:
    with serving(redirects(to="/elsewhere", status=status)) as server:
        assert post(f"http://127.0.0.1:{server.port}/", b"secret", {}, local(server), real()) == status
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "a"},
        {"content-length": "1"},
        {"a b": "c"},
        {"": "c"},
        {"a": "b\r\nc: d"},
        {"a": "é"},
        {"a\n": "b"},
    ],
)
def test_a_post_takes_no_header_that_would_change_the_request(headers: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r"header|callers"):
        post("https://example.org/", b"", headers, EgressPolicy(hosts=("*",)), transport())


@pytest.mark.skipif(shutil.which("openssl") is None, reason="needs the program openssl")
def test_tls_is_spoken_for_the_name_at_the_judged_address(tmp_path: Path) -> None:
    serves, trusts = certificate(tmp_path, "photos.example.org")
    with serving(sends(b"photo"), serves) as server:
        wires = Wires(server)
        names = Names(photos_example_org=(PUBLIC,), other_example_org=(PUBLIC,))
        way = Transport(clock=Ticks(), resolve=names, connect=wires, tls=lambda: trusts)
        assert fetch("https://photos.example.org/", public(server), way) == b"photo"
        assert wires.connected == [(PUBLIC, 443)]
        assert failure("https://other.example.org/", public(server), way) == "egress_tls"
        stranger = Transport(clock=Ticks(), resolve=names, connect=wires)
        assert failure("https://photos.example.org/", public(server), stranger) == "egress_tls"


def test_tls_checks_certificates_and_writes_no_keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSLKEYLOGFILE", str(tmp_path / "keys"))
    context = usual_tls()
    assert context.check_hostname
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.keylog_filename is None


def test_an_endpoint_is_judged_without_being_asked() -> None:
    policy = EgressPolicy(
        hosts=("s3.example.org",), private_hosts=("minio",), schemes=("http", "https"), ports=(443, 9000)
    )
    wires = Wires()
    way = transport(Names(s3_example_org=(PUBLIC,), minio=("172.18.0.2",)), wires)
    assert check_endpoint("https://s3.example.org/", policy, way) == "https://s3.example.org"
    assert check_endpoint("http://minio:9000", policy, way) == "http://minio:9000"
    assert wires.connected == []
    with pytest.raises(EgressError):
        check_endpoint("https://s3.example.org/?a=b", policy, way)


def test_the_server_of_these_tests_can_say_no() -> None:
    with serving(sends(b"no", 500)) as server:
        assert isinstance(server, Server)
        assert post(f"http://127.0.0.1:{server.port}/", b"", {}, local(server), real()) == 500

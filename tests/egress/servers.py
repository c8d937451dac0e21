"""Real servers on this machine, and a transport that leads any public address to them."""

from __future__ import annotations

import itertools
import socket
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from apprenti.egress import EgressPolicy, Transport
from apprenti.egress.connection import connect_to

Answer = Callable[[BaseHTTPRequestHandler], None]

PUBLIC = "93.184.216.34"
OTHER_PUBLIC = "2606:2800:220:1:248:1893:25c8:1946"


class Server:
    """A server that answers every request with one function, and remembers what it was asked."""

    def __init__(self, answer: Answer, tls: ssl.SSLContext | None = None) -> None:
        self.requests: list[tuple[str, str, dict[str, str], bytes]] = []
        remembered = self.requests

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length", "0")))
                headers = {name.lower(): value for name, value in self.headers.items()}
                remembered.append((self.command, self.path, headers, body))
                try:
                    answer(self)
                except OSError:  # the client has had enough
                    self.close_connection = True

            def do_POST(self) -> None:
                self.do_GET()

            def log_message(self, *_: object) -> None: ...

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._server.block_on_close = False
        self._server.handle_error = lambda *_: None  # type: ignore[method-assign]
        if tls is not None:
            self._server.socket = tls.wrap_socket(
                self._server.socket, server_side=True, do_handshake_on_connect=False
            )
        self.port: int = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@contextmanager
def serving(answer: Answer, tls: ssl.SSLContext | None = None) -> Iterator[Server]:
    server = Server(answer, tls)
    try:
        yield server
    finally:
        server.close()


def sends(body: bytes, status: int = 200, **headers: str) -> Answer:
    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(status)
        request.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            request.send_header(name, value)
        request.end_headers()
        request.wfile.write(body)

    return answer


def redirects(*, to: str, status: int = 302) -> Answer:
    return sends(b"", status, Location=to)


class Ticks:
    """A clock that a test moves; each look moves it by ``step`` seconds."""

    def __init__(self, step: float = 0.0) -> None:
        self.now = 1000.0
        self.step = step

    def __call__(self) -> float:
        self.now += self.step
        return self.now


class Names:
    """A resolver that knows these names, answers in turn where there are several answers, and remembers."""

    def __init__(self, **answers: Sequence[str]) -> None:
        self.asked: list[str] = []
        self._answers = {name.replace("_", "."): answer for name, answer in answers.items()}
        self._turns: dict[str, Iterator[Sequence[str]]] = {}

    def in_turn(self, name: str, *answers: Sequence[str]) -> Names:
        self._turns[name] = itertools.chain(answers, itertools.repeat(answers[-1]))
        return self

    def __call__(self, name: str, port: int, seconds: float) -> Sequence[str]:
        self.asked.append(name)
        return next(self._turns[name]) if name in self._turns else self._answers.get(name, ())


class Wires:
    """A connector that remembers which address it was given, and leads there or to a server of the test."""

    def __init__(self, *servers: Server) -> None:
        self.connected: list[tuple[str, int]] = []
        self._servers = {server.port: server for server in servers}
        self._first = servers[0] if servers else None

    def __call__(self, address: str, port: int, seconds: float) -> socket.socket:
        self.connected.append((address, port))
        server = self._servers.get(port, self._first)
        if server is None:
            raise ConnectionRefusedError("nobody there")
        return connect_to("127.0.0.1", server.port, seconds)


def transport(
    names: Names | None = None, wires: Wires | None = None, clock: Ticks | None = None
) -> Transport:
    return Transport(clock=clock or Ticks(), resolve=names or Names(), connect=wires or Wires())


def public(server: Server, **limits: object) -> EgressPolicy:
    """What allows every public name, at the usual ports and the server's."""
    settings = {"hosts": ("*",), "schemes": ("https", "http"), "ports": (80, 443, server.port), **limits}
    return EgressPolicy(**settings)  # type: ignore[arg-type]


def local(server: Server, **limits: object) -> EgressPolicy:
    """What allows this machine, by name, at the server's port."""
    settings = {
        "private_hosts": ("127.0.0.1", "localhost"),
        "schemes": ("http",),
        "ports": (server.port,),
        **limits,
    }
    return EgressPolicy(**settings)  # type: ignore[arg-type]


def certificate(folder: Path, name: str) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """Return what a server for ``name`` speaks TLS with, and what trusts it."""
    key, cert = folder / "key.pem", folder / "cert.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days",
         "2", "-subj", f"/CN={name}", "-addext", f"subjectAltName=DNS:{name}", "-keyout", str(key), "-out", str(cert)],
        check=True,
        capture_output=True,
    )  # fmt: skip
    serves = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serves.load_cert_chain(cert, key)
    trusts = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    trusts.load_verify_locations(cert)
    return serves, trusts

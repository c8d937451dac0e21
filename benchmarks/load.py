"""Recorded requests sent by ``wrk`` (Debian's package of that name), a program in C of its own."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from serving_world import Server, cpu_seconds

_SCRIPT = """
local sent, place = {}, 0
function init(folders)
  for i = 1, tonumber(folders[2]) do
    local file = io.open(folders[1] .. "/" .. i, "rb")
    sent[i] = file:read("*a")
    file:close()
  end
end
function request()
  place = place % #sent + 1
  return sent[place]
end
function done(summary, latency)
  local failed = summary.errors
  io.write(string.format(
    '{"n": %d, "failed": %d, "seconds": %f, "p50_ms": %f, "p99_ms": %f}\\n', summary.requests,
    failed.connect + failed.read + failed.write + failed.status + failed.timeout, summary.duration / 1e6,
    latency:percentile(50) / 1e3, latency:percentile(99) / 1e3))
end
"""


@dataclass(frozen=True, kw_only=True)
class Load:
    """What came of sending requests for a while.

    Args:
        n: answered.
        seconds: it took.
        cpu_seconds: the server's.
        p50_ms: half of the answers came within.
        p99_ms: nearly all of them.
    """

    n: int
    seconds: float
    cpu_seconds: float
    p50_ms: float
    p99_ms: float

    @property
    def cpu_ms(self) -> float:
        """Of the server, for one request."""
        return 1e3 * self.cpu_seconds / self.n


def send(server: Server, requests: Sequence[bytes], *, seconds: float, n_connections: int = 2) -> Load:
    """Send whole recorded requests in turn, each connection the next as soon as it has its answer.

    Raises:
        RuntimeError: ``wrk`` is not there, or an answer was none of those in 2xx.
    """
    if shutil.which("wrk") is None:
        raise RuntimeError("wrk is missing: apt-get install wrk")
    with tempfile.TemporaryDirectory() as folder:
        for number, request in enumerate(requests, start=1):
            (Path(folder) / str(number)).write_bytes(request)
        script = Path(folder) / "recorded.lua"
        script.write_text(_SCRIPT)
        command = ["wrk", "-t1", f"-c{n_connections}", f"-d{round(seconds)}s", "--timeout", "60s"]
        before = cpu_seconds(server.pid)
        done = subprocess.run(
            [*command, "-s", script, f"http://127.0.0.1:{server.port}", "--", folder, str(len(requests))],
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        taken = cpu_seconds(server.pid) - before
    said = json.loads(done.stdout.splitlines()[-1])
    if said["failed"] or not said["n"]:
        raise RuntimeError(f"{said['failed']} of {said['n']} requests failed: {done.stdout}")
    return Load(
        n=said["n"], seconds=said["seconds"], cpu_seconds=taken, p50_ms=said["p50_ms"], p99_ms=said["p99_ms"]
    )


def warm(server: Server, request: bytes) -> None:
    """Ask once and wait: the first answer of a service takes its model from the disk.

    Raises:
        RuntimeError: the answer is none of those in 2xx.
    """
    with socket.create_connection(("127.0.0.1", server.port), timeout=120) as connection:
        connection.sendall(request)
        said = connection.recv(10_000)
    if not said.startswith(b"HTTP/1.1 2"):
        raise RuntimeError(said.decode(errors="replace"))


def get(path: str, *, secret: str = "") -> bytes:
    """Return a request without a body."""
    return _request("GET", path, b"", {}, secret)


def post(path: str, body: bytes, *, secret: str = "", **headers: str) -> bytes:
    """Return a request with a body; underscores in the names of headers become dashes."""
    return _request("POST", path, body, headers, secret)


def form(path: str, photo: bytes, *, secret: str = "") -> bytes:
    """Return a request with a photo in a form, as browsers and curl send it."""
    edge = "------------------------d74496d66958873e"
    head = (
        f'--{edge}\r\nContent-Disposition: form-data; name="image"; filename="photo.jpg"\r\n'
        "Content-Type: image/jpeg\r\n\r\n"
    )
    body = head.encode() + photo + f"\r\n--{edge}--\r\n".encode()
    return post(path, body, secret=secret, content_type=f"multipart/form-data; boundary={edge}")


def _request(method: str, path: str, body: bytes, headers: dict[str, str], secret: str) -> bytes:
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", "Accept: */*"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    if secret:
        lines.append(f"Authorization: Token {secret}")
    if body:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode() + body

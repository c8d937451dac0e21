"""A real server in a process group of its own, with its workers: asked over HTTP, killed as a power cut would.

Everything that lasts lies in one folder, so that a server begun again on it goes on where the last one was killed.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import re
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

ROOT = Path(__file__).parents[2]
HOOKS = Path(__file__).parent / "hooks"
START_SECONDS = 60.0
ASK_SECONDS = 60.0
_ADDRESS = re.compile(r"http://127\.0\.0\.1:(\d+)/v1")
_SECRET = re.compile(r"^  (\S{40,})$", re.MULTILINE)


class GoneError(ConnectionError):
    """The server went away before it had answered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """What a server answered.

    Args:
        status: HTTP status.
        data: the body.
    """

    status: int
    data: bytes

    @property
    def body(self) -> Any:
        """The body as JSON."""
        return json.loads(self.data)

    @property
    def ok(self) -> bool:
        """Whether it was acknowledged."""
        return 200 <= self.status < 300

    @property
    def code(self) -> str:
        """Our name of the error."""
        return str(self.body["error"]["code"])


class Running:
    """A server that can be killed and begun again.

    Args:
        folder: everything lies in it; ``service`` is the service's own.
        data: the service's own folder, where it is to lie elsewhere.
        options: words for ``apprenti serve``.
        environment: on top of ours.
        before: words before the command, such as ``faketime``.
    """

    def __init__(
        self,
        folder: Path,
        *,
        data: Path | None = None,
        options: Sequence[str] = (),
        environment: Mapping[str, str] | None = None,
        before: Sequence[str] = (),
    ) -> None:
        self.folder, self.data = folder, data or folder / "service"
        self.options, self.before = list(options), list(before)
        self.environment = dict(environment or {})
        self.secret = ""
        self.port = 0
        self.n_starts = 0
        self.process: subprocess.Popen[str] | None = None
        folder.mkdir(parents=True, exist_ok=True)

    def start(self) -> Running:
        """Begin the server and wait until it answers."""
        self.n_starts += 1
        log = self.folder / f"log-{self.n_starts}.txt"
        words = [*self.before, sys.executable, "-m", "apprenti", "serve", "--port", "0", "--rate", "0"]
        with log.open("wb") as out:
            self.process = subprocess.Popen(
                [*words, "--data", str(self.data), *self.options],
                stdout=out,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                cwd=self.folder,
                env=self._environment(),
                text=True,
                start_new_session=True,
            )
        end = time.monotonic() + START_SECONDS
        while not (found := _ADDRESS.search(said := log.read_text(errors="replace"))):
            if self.process.poll() is not None or time.monotonic() > end:
                self.kill()
                raise RuntimeError(f"the server did not start: {said[-2000:]}")
            time.sleep(0.02)
        self.port = int(found[1])
        secret = _SECRET.search(said)
        self.secret = secret[1] if secret else self.secret
        if not self.secret:  # killed after the token was made and before it was shown
            self.kill()
            self.options.append("--new-token")
            self.start()
            self.options.remove("--new-token")
        return self

    def kill(self) -> None:
        """End it and all its workers at once, as the system does when the power goes."""
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def stop(self) -> int:
        """Ask it to end, and return its exit status."""
        assert self.process is not None
        self.process.terminate()
        return self.process.wait(60)

    def workers(self) -> list[int]:
        """Return the process ids of the workers."""
        assert self.process is not None
        found = []
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit():
                with contextlib.suppress(OSError):
                    parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
                    if parent == self.process.pid:
                        found.append(int(entry.name))
        return sorted(found)

    def log(self) -> str:
        """Return what all servers of this folder have said."""
        return "\n".join(path.read_text(errors="replace") for path in sorted(self.folder.glob("log-*.txt")))

    def ask(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        key: str = "",
        content_type: str = "application/json",
        **query: Any,
    ) -> Answered:
        """Ask under ``/v1`` and return the answer.

        Raises:
            GoneError: there was none.
        """
        data = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        headers = {"authorization": f"Token {self.secret}"}
        if data is not None:
            headers["content-type"] = content_type
        if key:
            headers["idempotency-key"] = key
        words = f"?{urlencode(query, doseq=True)}" if query else ""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=ASK_SECONDS)
        try:
            connection.request(method, f"/v1{quote(path)}{words}", body=data, headers=headers)
            answer = connection.getresponse()
            return Answered(status=answer.status, data=answer.read())
        except (OSError, http.client.HTTPException) as error:
            raise GoneError(str(error)) from error
        finally:
            connection.close()

    def done(self, method: str, path: str, body: Any = None, **more: Any) -> Any:
        """Ask for what must be granted and return the JSON answered."""
        answered = self.ask(method, path, body, **more)
        assert answered.ok, f"{method} {path}: {answered.status} {answered.data[:500]!r}"
        return answered.body if answered.data else None

    def begin_upload(self, data: bytes, *, share: float = 0.5) -> socket.socket:
        """Send the first part of an upload over a socket that stays open."""
        there = socket.create_connection(("127.0.0.1", self.port), timeout=ASK_SECONDS)
        head = (
            f"POST /v1/images HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: Token {self.secret}\r\n"
            f"content-type: image/png\r\ncontent-length: {len(data)}\r\n\r\n"
        )
        there.sendall(head.encode() + data[: int(len(data) * share)])
        return there

    def wait_for(self, training_id: str, *, seconds: float = 200.0) -> Any:
        """Wait until a training is over and return it."""
        end = time.monotonic() + seconds
        while True:
            now = self.done("GET", f"/trainings/{training_id}")
            if now["state"] not in ("queued", "running"):
                return now
            assert time.monotonic() < end, f"{now}\n{self.log()[-3000:]}"
            time.sleep(0.2)

    def _environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "PYTHONPATH": os.pathsep.join([str(HOOKS), str(ROOT / "src")]),
            "APPRENTI_CACHE": str(self.folder / "cache"),
            "APPRENTI_DATA": str(self.folder / "user"),
            "APPRENTI_WORKERS": "2",
            "OMP_NUM_THREADS": "1",
            "FAULTS_NO_TORCH": "1",
            **self.environment,
        }

    def __enter__(self) -> Running:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.kill()


def is_closed(there: socket.socket, *, seconds: float = 10.0) -> bool:
    """Return whether the other end has let go of a socket."""
    ready, _, _ = select.select([there], [], [], seconds)
    try:
        return bool(ready) and there.recv(1) == b""
    except ConnectionError:
        return True

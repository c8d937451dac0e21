"""A hub on this machine: the few requests that ``huggingface_hub`` makes, answered as the real one answers them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest

from apprenti.hub import HubAccess

LARGE_BYTES = 2000
"""From here on files are kept as the real hub keeps large ones: known by their SHA-256, fetched by a redirect."""


def needs_client() -> None:
    """Skip by name where the hub's client is not installed."""
    pytest.importorskip("huggingface_hub", reason='needs the hub\'s client: pip install ".[hub-onnx]"')


@dataclass(kw_only=True)
class Repository:
    """One repository: files by commit, and what its branches stand at.

    Args:
        commits: files of each commit.
        branches: commit of each branch.
        card: metadata of the model card.
        gated: files are given only to those who send a token.
        lies: files that come out as other bytes than was announced.
        sizes: sizes announced for files, where they are not their own.
    """

    commits: dict[str, Mapping[str, bytes]]
    branches: dict[str, str]
    card: Mapping[str, Any] = field(default_factory=dict)
    gated: bool = False
    lies: dict[str, bytes] = field(default_factory=dict)
    sizes: dict[str, int] = field(default_factory=dict)


def a_repository(files: Mapping[str, bytes], **facts: Any) -> Repository:
    """Return a repository with one commit."""
    commit = commit_of(files)
    return Repository(commits={commit: files}, branches={"main": commit}, **facts)


def commit_of(files: Mapping[str, bytes]) -> str:
    digest = hashlib.sha1(usedforsecurity=False)
    for name, data in sorted(files.items()):
        digest.update(name.encode() + b"\0" + data)
    return digest.hexdigest()


@dataclass(kw_only=True)
class FakeHub:
    """A hub that is running.

    Args:
        repositories: by ``OWNER/NAME``.
        requests: method, path and headers of each request, in lower case.
        port: on 127.0.0.1.
        broken: every request is answered with an error of the server.
    """

    repositories: dict[str, Repository]
    port: int = 0
    broken: bool = False
    requests: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def access(self, folder: Path, **changes: Any) -> HubAccess:
        """Return the way here, with a cache of its own under ``folder``."""
        values: dict[str, Any] = {
            "endpoint": self.endpoint,
            "gateway": ("127.0.0.1", self.port),
            "cache_folder": folder / "files",
            "own_folder": folder,
        }
        return HubAccess(**(values | changes))


@contextmanager
def running(**repositories: Repository) -> Iterator[FakeHub]:
    """Run a hub whose repositories are ``someone/NAME``."""
    hub = FakeHub(repositories={f"someone/{name}": each for name, each in repositories.items()})

    class Handler(_Handler):
        served = hub

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    hub.port = server.server_address[1]
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield hub
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    served: FakeHub
    protocol_version = "HTTP/1.0"

    def do_HEAD(self) -> None:
        self._answer()

    def do_GET(self) -> None:
        self._answer()

    def log_message(self, *_: object) -> None: ...

    def _answer(self) -> None:
        path = unquote(urlsplit(self.path).path)
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.served.requests.append((self.command, path, headers))
        parts = path.strip("/").split("/")
        if self.served.broken:
            self._refuse(500, "")
        elif parts[0] == "api":
            self._tell_of("/".join(parts[2:4]), parts[5] if len(parts) > 5 else "main")
        elif parts[0] == "large":
            self._give(self._bytes_of("/".join(parts[1:3]), parts[3], "/".join(parts[4:])), {})
        else:
            self._resolve("/".join(parts[:2]), parts[3], "/".join(parts[4:]))

    def _tell_of(self, name: str, revision: str) -> None:
        repository = self.served.repositories.get(name)
        if repository is None:
            self._refuse(401, "RepoNotFound")  # what the hub says to those who are not known to it
            return
        commit = repository.branches.get(revision, revision)
        if commit not in repository.commits:
            self._refuse(404, "RevisionNotFound")
            return
        siblings = [_sibling(file, data, repository) for file, data in repository.commits[commit].items()]
        told = {
            "id": name,
            "sha": commit,
            "gated": "manual" if repository.gated else False,
            "cardData": dict(repository.card),
            "siblings": siblings,
            "tags": [],
        }
        self._give(json.dumps(told).encode(), {"Content-Type": "application/json"})

    def _resolve(self, name: str, commit: str, file: str) -> None:
        repository = self.served.repositories[name]
        if repository.gated and "authorization" not in {each.lower() for each in self.headers}:
            self._refuse(401, "GatedRepo")
            return
        told, sent = repository.commits[commit][file], self._bytes_of(name, commit, file)
        headers = {"X-Repo-Commit": commit, "ETag": f'"{_git_sha1(told)}"'}
        if len(told) < LARGE_BYTES:
            self._give(sent, headers)
            return
        headers |= {
            "X-Linked-Etag": f'"{hashlib.sha256(told).hexdigest()}"',
            "X-Linked-Size": str(len(sent)),
            # as the real one, to a host of another name, which must not be told the token
            "Location": f"http://localhost:{self.served.port}/large/{name}/{commit}/{file}",
        }
        self._give(b"", headers, status=302)

    def _bytes_of(self, name: str, commit: str, file: str) -> bytes:
        repository = self.served.repositories[name]
        return repository.lies.get(file, repository.commits[commit][file])

    def _give(self, data: bytes, headers: Mapping[str, str], status: int = 200) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(data)

    def _refuse(self, status: int, code: str) -> None:
        self.send_response(status)
        self.send_header("X-Error-Code", code)
        self.send_header("Content-Length", "0")
        self.end_headers()


def _sibling(name: str, data: bytes, repository: Repository) -> dict[str, Any]:
    size = repository.sizes.get(name, len(data))
    told: dict[str, Any] = {"rfilename": name, "size": size, "blobId": _git_sha1(data)}
    if len(data) >= LARGE_BYTES:
        told["lfs"] = {"sha256": hashlib.sha256(data).hexdigest(), "size": size, "pointerSize": 130}
    return told


def _git_sha1(data: bytes) -> str:
    return hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()

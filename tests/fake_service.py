"""A service with everything real but the world: a clock that is set, ids that are counted, bytes in memory."""

from __future__ import annotations

import hashlib
import io
import itertools
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image

from apprenti.domain.errors import NotFoundError
from apprenti.domain.service import Caller, Role
from apprenti.flow.service.access import begin_service
from apprenti.flow.service.service import Service
from apprenti.flow.service.workspaces import workspace_meant
from apprenti.store.database.connection import Database

OPERATOR = Caller(token_id="operator", role=Role.OPERATOR)


class Blobs:
    """Bytes in a dictionary."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    def put(self, data: bytes) -> str:
        sha256 = hashlib.sha256(data).hexdigest()
        self.kept[sha256] = data
        return sha256

    def get(self, sha256: str) -> bytes:
        if sha256 not in self.kept:
            raise NotFoundError("not_found", noun="blob", id=sha256)
        return self.kept[sha256]

    def has(self, sha256: str) -> bool:
        return sha256 in self.kept

    def delete(self, sha256: str) -> None:
        self.kept.pop(sha256, None)

    def hashes(self, *, older_than_seconds: float = 0.0) -> Iterator[str]:
        yield from list(self.kept)


class Locks:
    """Workers said to be alive."""

    def __init__(self) -> None:
        self.alive: set[str] = set()

    @contextmanager
    def hold(self, worker_id: str) -> Iterator[None]:
        self.alive.add(worker_id)
        yield
        self.alive.discard(worker_id)

    def is_alive(self, worker_id: str) -> bool:
        return worker_id in self.alive

    def n_alive(self) -> int:
        return len(self.alive)


class WorldClock:
    """A clock of the world that somebody sets."""

    def __init__(self) -> None:
        self.now = 1_760_000_000_000_000

    def __call__(self) -> int:
        self.now += 1_000
        return self.now


def make_service(folder: Path, *, url: str = "sqlite://") -> Service:
    """Return a service that has begun: a workspace and an operator."""
    numbers = itertools.count(1)
    service = Service(
        database=Database.open(url),
        blobs=Blobs(),
        locks=Locks(),
        folder=folder,
        now_us=WorldClock(),
        new_id=lambda: str(uuid.uuid4()),
        new_secret=lambda: f"secret-number-{next(numbers)}",
    )
    begin_service(service)
    return service


def default_workspace(service: Service) -> str:
    """Return the id of the first workspace."""
    return workspace_meant(service, OPERATOR, None).id


def picture(colour: tuple[int, int, int] = (200, 30, 30), *, side_px: int = 32, kind: str = "PNG") -> bytes:
    """Return an image file of one colour."""
    out = io.BytesIO()
    Image.new("RGB", (side_px, side_px), colour).save(out, kind)
    return out.getvalue()

"""Looking at photos: each is embedded once, beside everything else, never while somebody waits for an answer."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from apprenti.domain.errors import ItemError, NotFoundError
from apprenti.domain.service import Caller, Role
from apprenti.flow.service.access import allow
from apprenti.flow.service.service import Service
from apprenti.store.database import embeddings as table
from apprenti.store.database import photo_grid
from apprenti.store.database import tasks as task_table
from apprenti.store.database.photo_grid import EVERY

LOOKED_AT_ONCE = 32
"""Photos whose embeddings are written together."""
LONGEST_US = 1_500_000
"""How long photos are looked at before others have their turn: messages wait no longer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """How far the looking is.

    Args:
        n: photos of a task.
        n_done: of those, looked at.
    """

    n: int
    n_done: int


def look_at_photos(service: Service, *, longest_us: int = LONGEST_US) -> int:
    """Embed photos that nobody has looked at, for a while; return how many there were.

    One that cannot be decoded, or whose bytes are gone, is not tried again. Two who look at the same photos at the
    same time do the work twice and nothing worse.
    """
    begun_us, n = service.now_us(), 0
    while True:
        with service.database.read() as tx:
            newest = table.newest_image(tx)
            if newest == service.sight.seen_up_to:  # nothing came in since all were looked at
                return n
            waiting = table.waiting(tx, service.sight.name, limit=LOOKED_AT_ONCE)
        if not waiting:
            service.sight.seen_up_to = newest
            return n
        vectors = {image_id: _embedded(service, sha256) for image_id, sha256 in waiting}
        with service.database.write(only_adds=True) as tx:
            table.put(tx, service.sight.name, vectors)
        n += len(waiting)
        if not 0 <= service.now_us() - begun_us < longest_us:
            return n


def forget_other_sights(service: Service) -> int:
    """Delete embeddings of another network than the packaged one, left by another version; return how many."""
    with service.database.write() as tx:
        return table.forget_others(tx, service.sight.name)


def how_far_looked(service: Service, caller: Caller, workspace_id: str, task_id: str) -> Looked:
    """Return how many photos of a task have been looked at."""
    allow(caller, workspace_id, Role.READER)
    with service.database.read() as tx:
        task_table.get(tx, workspace_id, task_id)
        return Looked(
            n=photo_grid.count(tx, workspace_id, task_id, EVERY),
            n_done=table.count(tx, workspace_id, task_id, EVERY, made_by=service.sight.name),
        )


def _embedded(service: Service, sha256: str) -> NDArray[np.float32]:
    try:
        return service.sight.embed(service.blobs.get(sha256), item=sha256)
    except (ItemError, NotFoundError):  # deleted meanwhile, or damaged since it came in
        return np.empty(0, np.float32)

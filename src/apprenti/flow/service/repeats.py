"""Requests that are sent again because their answer was lost: done once, answered the same twice."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from apprenti.domain.errors import ConflictError
from apprenti.domain.service import Acknowledged
from apprenti.flow.service.service import Service
from apprenti.store.database import idempotency as table
from apprenti.store.database.joined import JoinedDatabase
from apprenti.store.database.rows import Tx

KEPT_US = 3 * 24 * 3600 * 1_000_000
"""Longer than the day that is promised: a clock that was a day off either way forgets nothing too soon."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a door answers.

    Args:
        status: HTTP status.
        body: JSON.
        secrets: fields of the body that are shown once and never kept.
        is_repeat: it was given before.
    """

    status: int
    body: Mapping[str, Any]
    secrets: tuple[str, ...] = ()
    is_repeat: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request that may come again.

    Args:
        workspace_id: where it belongs.
        key: the sender's word for it.
        sha256: of what it asks.
    """

    workspace_id: str
    key: str
    sha256: str


def answer_once(service: Service, asked: Asked, work: Callable[[Service], Answer]) -> Answer:
    """Do ``work`` unless it was done, and keep its answer in the transaction that does it.

    Args:
        service: what to work with.
        asked: the request.
        work: given a service whose transactions are parts of one.

    Raises:
        ConflictError: another request had the same key.
    """
    with service.database.write() as tx:
        before = _before(tx, asked)
        if before is not None:
            return before
        answer = work(replace(service, database=JoinedDatabase(service.database, tx)))
        _keep(tx, service, asked, answer)
    return answer


def answer_long_work_once(service: Service, asked: Asked, work: Callable[[Service], Answer]) -> Answer:
    """Do ``work`` unless it was done; for work that takes long and does no harm when it is done twice.

    Nobody else's writes wait for it. Killed between the work and its end, or sent twice at the same moment, it is
    done again: images are known by their content, so they are not taken in twice.

    Raises:
        ConflictError: another request had the same key.
    """
    with service.database.read() as tx:
        before = _before(tx, asked)
    if before is not None:
        return before
    answer = work(service)
    service.prediction_log.settle()  # an answer that is kept must not name what is not
    with service.database.write() as tx:
        before = _before(tx, asked)
        if before is not None:
            return before
        _keep(tx, service, asked, answer)
    return answer


def _before(tx: Tx, asked: Asked) -> Answer | None:
    kept = table.find(tx, asked.workspace_id, asked.key)
    if kept is None:
        return None
    if kept.request_sha256 != asked.sha256:
        raise ConflictError("idempotency_key_used", word=asked.key)
    return Answer(status=kept.status, body=kept.body, is_repeat=True)


def _keep(tx: Tx, service: Service, asked: Asked, answer: Answer) -> None:
    now_us = service.now_us()
    table.forget(tx, before_us=now_us - KEPT_US)
    kept = Acknowledged(
        workspace_id=asked.workspace_id,
        key=asked.key,
        request_sha256=asked.sha256,
        status=answer.status,
        body={name: None if name in answer.secrets else value for name, value in answer.body.items()},
        created_us=now_us,
    )
    table.insert(tx, kept)

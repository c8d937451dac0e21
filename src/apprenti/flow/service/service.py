"""What the service works with, handed in by the door that was used."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from apprenti.domain.service import AuditEntry, Caller
from apprenti.egress.policy import EgressPolicy
from apprenti.flow.service.answering import AnsweringVersions
from apprenti.flow.service.answers_on_test import AnswersOnTest
from apprenti.flow.service.loaded_models import LoadedModels
from apprenti.flow.service.prediction_log import DirectLog, PredictionLog
from apprenti.flow.service.remembered import Remembered
from apprenti.flow.service.sight import Sight
from apprenti.store.database import audit

if TYPE_CHECKING:
    from apprenti.domain.seams import BlobStore, WorkerLocks
    from apprenti.egress.requests import Transport
    from apprenti.store.database.connection import Database
    from apprenti.store.database.rows import Tx

MAX_NAME_LETTERS = 200
MAX_TEXT_LETTERS = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceLimits:
    """How much one caller may ask for.

    Args:
        max_image_bytes: of one image file.
        max_megapixels: of one image, told by its header before anything is decoded.
    """

    max_image_bytes: int = 20_000_000
    max_megapixels: float = 100.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """The parts of a running service.

    Args:
        database: rows.
        blobs: bytes of images and of model files.
        locks: tell which workers are alive.
        folder: the service's own, for journals and unpacked data; private.
        now_us: microseconds since the epoch, UTC.
        new_id: a lower-case UUID nobody can guess.
        new_secret: a long random word, for tokens.
        limits: how much one caller may ask for.
        models: those that are loaded.
        answering: remembers which version of a task answers.
        test_answers: remembers what versions say of test photos.
        prediction_log: takes answers that keep no image.
        sight: looks at photos, so that those alike are found.
        remembered: what was worked out of photos lately.
        egress_policy: which other addresses may be asked: none, unless whoever runs the service names them.
        transport: by which way they are; ``None`` where none ever is.
    """

    database: Database
    blobs: BlobStore
    locks: WorkerLocks
    folder: Path
    now_us: Callable[[], int]
    new_id: Callable[[], str]
    new_secret: Callable[[], str]
    limits: ServiceLimits = field(default_factory=ServiceLimits)
    models: LoadedModels = field(default_factory=LoadedModels)
    answering: AnsweringVersions = field(default_factory=AnsweringVersions)
    test_answers: AnswersOnTest = field(default_factory=AnswersOnTest)
    prediction_log: PredictionLog = field(default_factory=DirectLog)
    sight: Sight = field(default_factory=Sight)
    remembered: Remembered = field(default_factory=Remembered)
    egress_policy: EgressPolicy = field(default_factory=EgressPolicy)
    transport: Transport | None = None


def note(
    tx: Tx,
    service: Service,
    caller: Caller,
    workspace_id: str,
    verb: str,
    noun: str,
    noun_id: str,
    **details: Any,
) -> None:
    """Write what was done into the audit log, in the transaction that does it."""
    entry = AuditEntry(
        id=service.new_id(),
        workspace_id=workspace_id,
        token_id=caller.token_id,
        verb=verb,
        noun=noun,
        noun_id=noun_id,
        details=details,
        created_us=service.now_us(),
    )
    audit.insert(tx, entry)


def hash_of(secret: str) -> str:
    """Return what is kept of a secret: its SHA-256; secrets are random and long, so that no slower hash is needed.

    Example:
        >>> len(hash_of("a secret"))
        64
    """
    return hashlib.sha256(secret.encode()).hexdigest()

"""The tables: one for each noun, its columns named like its fields; what belongs together is deleted together."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    Index,
    Integer,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
)

from apprenti.store.database.table_parts import ID as _ID
from apprenti.store.database.table_parts import METADATA
from apprenti.store.database.table_parts import column_of as _of
from apprenti.store.database.table_parts import id_column as _id
from apprenti.store.database.table_parts import json_column as _json
from apprenti.store.database.table_parts import seq_column as _seq
from apprenti.store.database.table_parts import table_of as _table
from apprenti.store.database.table_parts import time_column as _us

__all__ = ["METADATA"]
"""All tables; each is taken by its name."""

WORKSPACES = _table("workspaces", _seq(), _id(), Column("name", Text, nullable=False), _us("created_us"))

TASKS = _table(
    "tasks",
    _seq(),
    _id(),
    _of("workspace"),
    Column("name", Text, nullable=False),
    Column("task_type", String(16), nullable=False),
    Column("description", Text, nullable=False),
    Column("keeps_images", Boolean, nullable=False),
    Column("corrections_until_retrain", Integer),
    Column("budget_seconds", Float, nullable=False),
    Column("production_version", Integer),
    Column("pinned", Boolean, nullable=False),
    _us("created_us"),
    Index(None, "workspace_id", "seq"),
)

LABELS = _table(
    "labels",
    _seq(),
    _id(),
    _of("workspace"),
    Column("name", Text, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("description", Text, nullable=False),
    Column("output_name", Text, nullable=False),
    _us("created_us"),
    Index(None, "workspace_id", "seq"),
)

TASK_LABELS = _table(
    "task_labels",
    _seq(),
    _of("task"),
    _of("label"),
    Column("is_negative", Boolean, nullable=False),
    UniqueConstraint("task_id", "label_id"),
    Index(None, "label_id"),
)

IMAGES = _table(
    "images",
    _seq(),
    _id(),
    _of("workspace"),
    Column("sha256", String(64), nullable=False),
    Column("n_bytes", BigInteger, nullable=False),
    Column("width_px", Integer, nullable=False),
    Column("height_px", Integer, nullable=False),
    Column("format", String(8), nullable=False),
    Column("brightness", Float, nullable=False),
    Column("contrast", Float, nullable=False),
    Column("colourfulness", Float, nullable=False),
    Column("name", Text, nullable=False),
    _json("meta_data"),
    Column("is_test", Boolean, nullable=False),
    Column("is_real", Boolean, nullable=False),
    Column("origin", String(16), nullable=False),
    _us("created_us"),
    UniqueConstraint("workspace_id", "sha256"),
    Index(None, "workspace_id", "seq"),
    Index(None, "workspace_id", "is_test", "seq"),
    Index(None, "sha256"),
)

IMAGE_LABELS = _table(
    "image_labels",
    _seq(),
    _of("image"),
    _of("label"),
    Column("value", Float),
    _us("created_us"),
    UniqueConstraint("image_id", "label_id"),
    Index(None, "label_id", "image_id"),
)

EMBEDDINGS = _table(
    "embeddings", _seq(), _of("image"), Column("made_by", String(80), nullable=False),
    Column("vector", LargeBinary, nullable=False), UniqueConstraint("image_id", "made_by"),
)  # fmt: skip

TRAININGS = _table(
    "trainings",
    _seq(),
    _id(),
    _of("workspace"),
    _of("task"),
    Column("state", String(16), nullable=False),
    Column("reason", String(16), nullable=False),
    Column("priority", Integer, nullable=False),
    Column("budget_seconds", Float, nullable=False),
    Column("seed", Integer, nullable=False),
    Column("owner", Text, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("cancel_requested", Boolean, nullable=False),
    _json("progress"),
    _json("error"),
    Column("version_number", Integer),
    _us("created_us"),
    _us("started_us", nullable=True),
    _us("finished_us", nullable=True),
    Index(None, "workspace_id", "seq"),
    Index(None, "task_id", "seq"),
    Index(None, "state", "priority", "seq"),
)

VERSIONS = _table(
    "versions",
    _seq(),
    _id(),
    _of("workspace"),
    _of("task"),
    Column("number", Integer, nullable=False),
    Column("job_id", _ID, nullable=False),
    Column("model_sha256", String(64), nullable=False),
    Column("n_bytes", BigInteger, nullable=False),
    Column("reference_sha256", String(64), nullable=False),
    Column("known_sha256", String(64), nullable=False),
    Column("run_sha256", String(64), nullable=False),
    _json("scores"),
    _json("labels"),
    Column("n_examples", Integer, nullable=False),
    _json("verdict"),
    _us("created_us"),
    UniqueConstraint("task_id", "number"),
    Index(None, "workspace_id", "seq"),
    Index(None, "model_sha256"),
    Index(None, "reference_sha256"),
    Index(None, "known_sha256"),
    Index(None, "run_sha256"),
)

PREDICTIONS = _table(
    "predictions",
    _seq(),
    _id(),
    _of("workspace"),
    _of("task"),
    Column("version_number", Integer, nullable=False),
    _of("image", nullable=True),
    _json("answer"),
    Column("label_id", _ID, nullable=False),
    Column("p_label", Float, nullable=False),
    Column("familiar", Boolean, nullable=False),
    Column("distance", Float, nullable=False),
    Column("review_score", Float, nullable=False),
    Column("review_reason", String(16)),
    Column("is_reviewed", Boolean, nullable=False),
    _json("facts"),
    Column("sketch", Text, nullable=False),
    Column("latency_us", BigInteger, nullable=False),
    _us("created_us"),
    Index(None, "workspace_id", "seq"),
    Index(None, "task_id", "seq"),
    Index(None, "task_id", "created_us"),
    Index(None, "image_id"),
)

IN_QUEUE = (
    (PREDICTIONS.c.is_reviewed == False)  # noqa: E712 (a column, not a truth)
    & PREDICTIONS.c.review_reason.is_not(None)
    & PREDICTIONS.c.image_id.is_not(None)
)
"""Which predictions wait for a person's look; an index holds just these, in the order they are looked at."""

Index(
    "ix_predictions_in_queue",
    PREDICTIONS.c.task_id,
    PREDICTIONS.c.review_score,
    PREDICTIONS.c.seq,
    sqlite_where=IN_QUEUE,
    postgresql_where=IN_QUEUE,
)

CORRECTIONS = _table(
    "corrections",
    _seq(),
    _id(),
    _of("workspace"),
    _of("task"),
    _of("image"),
    Column("prediction_id", _ID),
    _json("label_ids"),
    Column("value", Float),
    Column("agrees", Boolean, nullable=False),
    Column("token_id", Text, nullable=False),
    Column("state", String(16), nullable=False),
    _json("reason"),
    _json("before"),
    Column("decided_by", Text, nullable=False),
    Column("estimates_version", Integer),
    Column("job_id", _ID, nullable=False),
    _us("created_us"),
    Index(None, "workspace_id", "seq"),
    Index(None, "task_id", "state", "job_id", "seq"),
    Index(None, "task_id", "estimates_version", "state"),
    Index(None, "task_id", "token_id", "seq"),
    Index(None, "prediction_id"),
    Index(None, "image_id"),
)

TOKENS = _table(
    "tokens",
    _seq(),
    _id(),
    _of("workspace", nullable=True),
    Column("name", Text, nullable=False),
    Column("role", Integer, nullable=False),
    Column("sha256", String(64), nullable=False, unique=True),
    _us("created_us"),
    _us("last_used_us", nullable=True),
    _us("revoked_us", nullable=True),
    Index(None, "workspace_id", "seq"),
)

SESSIONS = _table(
    "sessions",
    _seq(),
    _id(),
    _of("token"),
    Column("sha256", String(64), nullable=False, unique=True),
    _us("created_us"),
    _us("last_used_us"),
)

AUDIT = _table(
    "audit",
    _seq(),
    _id(),
    Column("workspace_id", _ID, nullable=False),  # what was done outlives what it was done to
    Column("token_id", Text, nullable=False),
    Column("verb", String(32), nullable=False),
    Column("noun", String(32), nullable=False),
    Column("noun_id", Text, nullable=False),
    _json("details"),
    _us("created_us"),
    Index(None, "workspace_id", "seq"),
    Index(None, "workspace_id", "noun_id", "seq"),
)

WEBHOOKS = _table(
    "webhooks",
    _seq(),
    _id(),
    _of("workspace"),
    Column("url", Text, nullable=False),
    _json("events"),
    Column("secret", Text, nullable=False),
    Column("is_active", Boolean, nullable=False),
    _us("created_us"),
    Index(None, "workspace_id", "seq"),
)

DELIVERIES = _table(
    "deliveries",
    _seq(),
    _id(),
    _of("workspace"),
    _of("webhook"),
    Column("event", Text, nullable=False),
    _json("body"),
    Column("state", String(16), nullable=False),
    Column("n_attempts", Integer, nullable=False),
    _us("next_us"),
    Column("problem", Text, nullable=False),
    _us("created_us"),
    Index(None, "webhook_id", "seq"),
    Index(None, "state", "next_us"),
)

IDEMPOTENCY = _table(
    "idempotency",
    _seq(),
    _of("workspace"),
    Column("key", Text, nullable=False),
    Column("request_sha256", String(64), nullable=False),
    Column("status", Integer, nullable=False),
    _json("body"),
    _us("created_us"),
    UniqueConstraint("workspace_id", "key"),
    Index(None, "created_us"),
)

TRAFFIC = _table(
    "traffic",
    _seq(),
    _of("task"),
    Column("version_number", Integer, nullable=False),
    Column("day", Integer, nullable=False),  # days since the epoch, UTC
    Column("measure", String(16), nullable=False),
    Column("bucket", Text, nullable=False),
    Column("n", BigInteger, nullable=False),
    UniqueConstraint("task_id", "day", "version_number", "measure", "bucket"),
)

ALARMS = _table(
    "alarms",
    _seq(),
    _of("task"),
    Column("version_number", Integer, nullable=False),
    Column("checked_seq", BigInteger, nullable=False),
    _us("checked_us"),
    Column("n", Integer, nullable=False),
    Column("is_on", Boolean, nullable=False),
    Column("since_day", Integer),
    _us("begun_us", nullable=True),
    _json("drift"),
    _json("notices"),
    _json("moved"),
    UniqueConstraint("task_id"),
)

PLANS = _table(
    "plans",
    _seq(),
    _of("task"),
    Column("wanted_for", String(64), nullable=False),
    _us("asked_us"),
    Column("owner", Text, nullable=False),
    Column("made_for", String(64), nullable=False),
    _json("content"),
    _json("error"),
    UniqueConstraint("task_id"),
)

WORKERS = _table("workers", _seq(), _id(), _us("begun_us"), _us("seen_us"))

VERIFICATIONS = _table(
    "verifications",
    _seq(),
    _id(),
    _of("workspace"),
    _of("image"),
    Column("user", Text, nullable=False),
    _us("created_us"),
    UniqueConstraint("image_id", "user"),
)

REQUESTS = _table(
    "requests",
    _seq(),
    _id(),
    _of("workspace"),
    _json("body"),
    Column("status", Integer, nullable=False),
    _json("answer"),
    _us("created_us"),
    Index(None, "workspace_id", "seq"),
)

"""What must be true of a service's folder whatever was killed when, looked at while no server runs."""

from __future__ import annotations

import hashlib
import sqlite3
from pathlib import Path

from sqlalchemy import text

from apprenti.store.database.connection import Database

NAMED = (
    "SELECT sha256 FROM images UNION SELECT model_sha256 FROM versions "
    "UNION SELECT reference_sha256 FROM versions WHERE reference_sha256 != '' "
    "UNION SELECT known_sha256 FROM versions WHERE known_sha256 != '' "
    "UNION SELECT run_sha256 FROM versions WHERE run_sha256 != ''"
)
RULES = {
    "a training is done and has no version": (
        "SELECT t.id FROM trainings t WHERE t.state = 'done' AND NOT EXISTS "
        "(SELECT 1 FROM versions v WHERE v.job_id = t.id AND v.number = t.version_number)"
    ),
    "a version came of no training that is done": (
        "SELECT v.id FROM versions v WHERE NOT EXISTS "
        "(SELECT 1 FROM trainings t WHERE t.id = v.job_id AND t.state = 'done')"
    ),
    "a training made two versions": "SELECT job_id FROM versions GROUP BY job_id HAVING count(*) > 1",
    "a version is not in the audit log": (
        "SELECT id FROM versions WHERE id NOT IN (SELECT noun_id FROM audit WHERE noun = 'version')"
    ),
    "an image that somebody sent is not in the audit log": (
        "SELECT id FROM images WHERE origin != 'prediction' "
        "AND id NOT IN (SELECT noun_id FROM audit WHERE noun = 'image')"
    ),
    "a correction is not in the audit log": (
        "SELECT id FROM corrections WHERE id NOT IN (SELECT noun_id FROM audit WHERE noun = 'correction')"
    ),
    "an accepted correction is on an answer nobody has judged": (
        "SELECT c.id FROM corrections c JOIN predictions p ON p.id = c.prediction_id "
        "WHERE c.state = 'accepted' AND NOT p.is_reviewed"
    ),
    "production is no version": (
        "SELECT id FROM tasks t WHERE production_version IS NOT NULL AND NOT EXISTS "
        "(SELECT 1 FROM versions v WHERE v.task_id = t.id AND v.number = t.production_version)"
    ),
    "an image shows two classes": (
        "SELECT il.image_id FROM image_labels il JOIN task_labels tl ON tl.label_id = il.label_id "
        "GROUP BY il.image_id, tl.task_id HAVING count(*) > 1"
    ),
}


def problems_of(folder: Path, *, ignoring: str = "nothing") -> list[str]:
    """Return what is not whole in a service's folder (SQLite and blobs in it); nothing where all is well.

    Args:
        folder: the service's.
        ignoring: rules with this word do not hold here.
    """
    url = f"sqlite:///{folder}/apprenti.db"
    with sqlite3.connect(folder / "apprenti.db") as raw:
        found = [row[0] for row in raw.execute("PRAGMA integrity_check") if row[0] != "ok"]
        found += [f"foreign key: {row}" for row in raw.execute("PRAGMA foreign_key_check")]
    raw.close()
    database = Database.open(url)
    try:
        with database.read() as tx:
            for rule, query in RULES.items():
                if ignoring in rule:
                    continue
                found += [f"{rule}: {row[0]}" for row in tx.execute(text(query))]
            named = {row[0] for row in tx.execute(text(NAMED))}
    finally:
        database.close()
    blobs = {path.name: path for path in (folder / "blobs").glob("??/*")}
    found += [f"a row names a blob that is not there: {name}" for name in sorted(named - blobs.keys())]
    for name, path in blobs.items():
        if hashlib.sha256(path.read_bytes()).hexdigest() != name:
            found.append(f"a blob is not whole: {name}")
    return found

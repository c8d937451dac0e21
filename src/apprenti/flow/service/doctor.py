"""Whether a service is well: its database, its workers, its blobs. Looks, and changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from apprenti.domain.errors import ApprentiError, NotFoundError, StoreError
from apprenti.domain.health import Finding, Level, finding
from apprenti.domain.sentence import Sentence
from apprenti.domain.service import JobState, TrainingJob
from apprenti.flow.service.machine_findings import judge_sqlite
from apprenti.store.database import integrity
from apprenti.store.database.connection import Database
from apprenti.store.database.migrating import is_known, revision_of

if TYPE_CHECKING:
    from apprenti.domain.seams import BlobStore, WorkerLocks

N_SAMPLED = 200
MOVED_SECONDS = 300
UNHURRIED_SECONDS = 3600.0
"""A blob that no row names yet may be of an upload under way, if it is younger."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Patient:
    """A service that is looked at.

    Args:
        reach: returns its database as it is; ``None`` where there is none yet.
        open_locks: returns what tells which workers live.
        open_blobs: returns where its images and models lie.
        is_served: whether a server has its folder.
        where: its folder, for people.
        now_us: microseconds since the epoch.
        is_named: somebody said where it is, and so believes that it is there.
        thorough: hold every blob against its name, not only some.
    """

    reach: Callable[[], Database | None]
    open_locks: Callable[[], WorkerLocks]
    open_blobs: Callable[[], BlobStore]
    is_served: bool
    where: str
    now_us: int
    is_named: bool = False
    thorough: bool = False


def examine(patient: Patient) -> Iterator[Finding]:
    """Yield what is found, one thing after the other; what cannot be looked at is a problem itself."""
    try:
        database = patient.reach()
    except ApprentiError as error:
        yield trouble("database", error)
        return
    if database is None:
        yield _absent(patient)
        return
    try:
        yield from _of_database(database, patient)
    finally:
        database.close()


def trouble(topic: str, error: ApprentiError) -> Finding:
    """Return an error as a finding."""
    return Finding(
        topic=topic, level=Level.PROBLEM, found=Sentence(key=f"errors.{error.key}", values=error.values)
    )


def _of_database(database: Database, patient: Patient) -> Iterator[Finding]:
    try:
        facts = integrity.facts_of(database)
        if database.is_sqlite:
            yield judge_sqlite(facts.version, is_safe=facts.wal_is_safe)
        if facts.is_read_only:
            yield finding("database", Level.PROBLEM, "database_follows", advice="name_leader")
        now, head = revision_of(database)
        if now is None:
            yield _absent(patient)
            return
        judged = judge_revision(now, head or "", known=is_known(now))
        yield judged
        yield judge_faults(integrity.faults_of(database), kind=f"{facts.kind} {facts.version}")
        if judged.level is not Level.OK:  # what follows reads the tables as this version knows them
            return
        yield from _of_workers(database, patient)
        yield from _of_clock(database, patient)
        yield from _of_blobs(database, patient)
    except StoreError as error:
        yield trouble("database", error)


def _absent(patient: Patient) -> Finding:
    """Return that no service has begun: a typing error, perhaps, where somebody named its place."""
    if patient.is_named:
        return finding("database", Level.WARNING, "no_service", advice="check_place", folder=patient.where)
    return finding("database", Level.OK, "no_service", folder=patient.where)


def judge_revision(now: str, head: str, *, known: bool) -> Finding:
    """Return whether the tables are those this version works with."""
    if now == head:
        return finding("revision", Level.OK, "revision_there", revision=now)
    if known:
        return finding("revision", Level.WARNING, "revision_old", advice="upgrade", revision=now, head=head)
    return finding("revision", Level.PROBLEM, "revision_new", advice="newer_program", revision=now, head=head)


def judge_faults(faults: Sequence[str], *, kind: str) -> Finding:
    """Return whether the database is whole."""
    if not faults:
        return finding("database", Level.OK, "database_whole", kind=kind)
    first = faults[0][:200]
    return finding(
        "database", Level.PROBLEM, "database_faults", advice="restore", kind=kind, n=len(faults), first=first
    )


def _of_workers(database: Database, patient: Patient) -> Iterator[Finding]:
    try:
        locks = patient.open_locks()
        n_alive = locks.n_alive()
        with database.read() as tx:
            jobs = integrity.trainings_under_way(tx)
        orphaned = [job for job in jobs if job.state is JobState.RUNNING and not locks.is_alive(job.owner)]
    except ApprentiError as error:
        yield trouble("workers", error)
        return
    # beside files the server holds a lock as well
    yield judge_workers(jobs, orphaned, n_workers=n_alive - (patient.is_served and database.is_sqlite))


def judge_workers(jobs: Sequence[TrainingJob], orphaned: Sequence[TrainingJob], *, n_workers: int) -> Finding:
    """Return whether somebody works on what there is to do.

    Args:
        jobs: trainings that are not over.
        orphaned: those among them that a worker had which is no more.
        n_workers: how many are alive.
    """
    n_waiting = sum(job.state is JobState.QUEUED for job in jobs) + len(orphaned)
    if n_waiting and not n_workers:
        return finding("workers", Level.PROBLEM, "workers_absent", advice="start_worker", n_waiting=n_waiting)
    if orphaned:
        n = len(orphaned)
        return finding("workers", Level.WARNING, "trainings_left", advice="trainings_taken_up", n=n)
    n_running = len(jobs) - n_waiting
    return finding(
        "workers", Level.OK, "workers_alive", n=n_workers, n_running=n_running, n_waiting=n_waiting
    )


def _of_clock(database: Database, patient: Patient) -> Iterator[Finding]:
    with database.read() as tx:
        latest_us = integrity.latest_us(tx)
    ahead = (latest_us - patient.now_us) / 1e6
    if ahead > MOVED_SECONDS:
        hours = round(ahead / 3600, 1)
        yield finding("clock", Level.WARNING, "clock_behind", advice="set_clock", hours=hours)


def _of_blobs(database: Database, patient: Patient) -> Iterator[Finding]:
    try:
        blobs = patient.open_blobs()
        with database.read() as tx:
            named = {bytes.fromhex(sha256) for sha256 in integrity.blobs_named(tx)}
        missing, n_orphans = _compared(named, blobs)
        step = 1 if patient.thorough else max(1, len(named) // N_SAMPLED)
        damaged, n_read = _damaged(sorted(named - missing)[::step], blobs)
    except ApprentiError as error:
        yield trouble("blobs", error)
        return
    yield judge_blobs(sorted(sha256.hex() for sha256 in missing | damaged), n_named=len(named), n_read=n_read)
    if n_orphans:
        yield finding("orphans", Level.WARNING, "orphans", advice="orphans_harmless", n=n_orphans)


def judge_blobs(lost: Sequence[str], *, n_named: int, n_read: int) -> Finding:
    """Return whether every image and model is there and whole, as far as they were looked at."""
    if not lost:
        return finding("blobs", Level.OK, "blobs_whole", n=n_named, n_read=n_read)
    return finding("blobs", Level.PROBLEM, "blobs_lost", advice="restore_blobs", n=len(lost), first=lost[0])


def _compared(named: set[bytes], blobs: BlobStore) -> tuple[set[bytes], int]:
    """Return what rows name and is not there, and how many there are that no row names."""
    there = {bytes.fromhex(sha256) for sha256 in blobs.hashes()}
    missing = {sha256 for sha256 in named - there if not blobs.has(sha256.hex())}
    if not there - named:
        return missing, 0
    old = (bytes.fromhex(sha256) for sha256 in blobs.hashes(older_than_seconds=UNHURRIED_SECONDS))
    return missing, sum(sha256 not in named for sha256 in old)


def _damaged(some: Sequence[bytes], blobs: BlobStore) -> tuple[set[bytes], int]:
    """Return those whose bytes are not what their name says, and how many were read."""
    damaged = set()
    for sha256 in some:
        try:
            blobs.get(sha256.hex())
        except (NotFoundError, StoreError) as error:
            if error.key not in ("blob_damaged", "not_found", "blob_missing"):
                raise
            damaged.add(sha256)
    return damaged, len(some)

"""What the doctor finds on services that ail in one way each."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import text
from tests.fake_service import (
    OPERATOR,
    Blobs,
    Locks,
    WorldClock,
    default_workspace,
    make_service,
    picture,
)

from apprenti.domain.errors import NotFoundError, StoreError
from apprenti.domain.health import Finding, Level, worst
from apprenti.domain.service import JobState, TrainingJob
from apprenti.flow.service.doctor import N_SAMPLED, Patient, examine, judge_faults, judge_workers
from apprenti.flow.service.images import ImageWords, add_image
from apprenti.flow.service.service import Service
from apprenti.flow.service.tasks import TaskSettings, create_task
from apprenti.store.database import trainings
from apprenti.store.database.connection import Database
from apprenti.store.database.integrity import BLOB_COLUMNS
from apprenti.store.database.tables import METADATA

NOW_US = WorldClock().now + 60_000_000


class Ageing(Blobs):
    """Bytes of which those in ``young`` came just now; reads are counted."""

    def __init__(self) -> None:
        super().__init__()
        self.young: set[str] = set()
        self.damaged: set[str] = set()
        self.n_reads = 0

    def get(self, sha256: str) -> bytes:
        self.n_reads += 1
        if sha256 in self.damaged:
            raise StoreError("blob_damaged", sha256=sha256)
        return super().get(sha256)

    def hashes(self, *, older_than_seconds: float = 0.0):  # type: ignore[no-untyped-def]
        yield from (sha256 for sha256 in self.kept if not older_than_seconds or sha256 not in self.young)


@pytest.fixture
def service(tmp_path: Path) -> Service:
    return make_service(tmp_path, url=f"sqlite:///{tmp_path}/apprenti.db")


def found(
    service: Service, folder: Path, *, blobs: Blobs | None = None, locks: Locks | None = None, **facts: object
) -> dict[str, Finding]:
    patient = Patient(
        reach=lambda: Database.as_it_is(f"sqlite:///{folder}/apprenti.db"),
        open_locks=lambda: locks or Locks(),
        open_blobs=lambda: blobs or service.blobs,
        **({"is_served": False, "where": "FOLDER", "now_us": NOW_US} | facts),  # type: ignore[arg-type]
    )
    return {one.topic: one for one in examine(patient)}


def add_pictures(service: Service, n: int) -> list[str]:
    workspace = default_workspace(service)
    return [
        add_image(service, OPERATOR, workspace, picture((number, 9, 9)), words=ImageWords())[0].sha256
        for number in range(n)
    ]


def add_training(service: Service, **fields: object) -> None:
    workspace = default_workspace(service)
    task = create_task(service, OPERATOR, workspace, TaskSettings(name="Bread"))
    job = TrainingJob(
        id=service.new_id(), workspace_id=workspace, task_id=task.id, budget_seconds=20.0, created_us=1,
        **fields,  # type: ignore[arg-type]
    )  # fmt: skip
    with service.database.write() as tx:
        trainings.insert(tx, job)


def test_a_service_that_is_well_has_nothing_but_the_word_so(service: Service, tmp_path: Path) -> None:
    add_pictures(service, 3)
    all_found = found(service, tmp_path)
    all_found.pop("sqlite")  # says what this Python's SQLite is
    assert worst(all_found.values()) is Level.OK
    assert set(all_found) == {"revision", "database", "workers", "blobs"}
    assert "all 3 are there" in all_found["blobs"].found.said("en")


def test_looking_where_no_service_is_makes_none(tmp_path: Path) -> None:
    patient = Patient(
        reach=lambda: Database.as_it_is(f"sqlite:///{tmp_path}/apprenti.db"),
        open_locks=Locks, open_blobs=Blobs, is_served=False, where="FOLDER", now_us=0,
    )  # fmt: skip
    (only,) = examine(patient)
    assert (only.level, only.found.key) == (Level.OK, "doctor.no_service")
    assert list(tmp_path.iterdir()) == []


def test_a_blob_that_is_gone_and_one_that_is_damaged_are_problems(service: Service, tmp_path: Path) -> None:
    hashes = add_pictures(service, 3)
    blobs = Ageing()
    blobs.kept = dict(service.blobs.kept)  # type: ignore[attr-defined]
    del blobs.kept[hashes[0]]
    blobs.damaged = {hashes[1]}
    one = found(service, tmp_path, blobs=blobs)["blobs"]
    assert one.level is Level.PROBLEM
    assert one.found.values["n"] == 2
    assert one.advice is not None


def test_only_old_bytes_that_no_row_names_are_leftovers(service: Service, tmp_path: Path) -> None:
    add_pictures(service, 1)
    blobs = Ageing()
    blobs.kept = dict(service.blobs.kept)  # type: ignore[attr-defined]
    blobs.put(b"old")
    blobs.young = {blobs.put(b"of an upload under way")}
    assert found(service, tmp_path, blobs=blobs)["orphans"].found.values["n"] == 1
    del blobs.kept[next(sha256 for sha256, data in blobs.kept.items() if data == b"old")]
    assert "orphans" not in found(service, tmp_path, blobs=blobs)


def test_some_blobs_are_read_and_all_where_thoroughness_is_asked_for(
    service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("apprenti.flow.service.doctor.N_SAMPLED", 3)
    add_pictures(service, 10)
    for thorough, n_reads in ((False, 4), (True, 10)):
        blobs = Ageing()
        blobs.kept = dict(service.blobs.kept)  # type: ignore[attr-defined]
        found(service, tmp_path, blobs=blobs, thorough=thorough)
        assert blobs.n_reads == n_reads
    assert N_SAMPLED == 200


def test_storage_that_does_not_answer_is_a_problem_and_the_rest_is_still_told(
    service: Service, tmp_path: Path
) -> None:
    class Silent(Blobs):
        def hashes(self, *, older_than_seconds: float = 0.0):  # type: ignore[no-untyped-def]
            raise StoreError("blobs_unreachable", place="s3://photos", cause="timed out")

    all_found = found(service, tmp_path, blobs=Silent())
    assert all_found["blobs"].found.key == "errors.blobs_unreachable"
    assert all_found["workers"].level is Level.OK


def test_waiting_trainings_without_a_worker_are_a_problem(service: Service, tmp_path: Path) -> None:
    add_training(service)
    assert found(service, tmp_path)["workers"].level is Level.PROBLEM
    locks = Locks()
    locks.alive = {"a-worker"}
    assert found(service, tmp_path, locks=locks)["workers"].level is Level.OK


def test_the_servers_own_lock_is_no_worker(service: Service, tmp_path: Path) -> None:
    add_training(service)
    locks = Locks()
    locks.alive = {"server"}
    assert found(service, tmp_path, locks=locks, is_served=True)["workers"].level is Level.PROBLEM


def test_a_training_whose_worker_died_is_seen_by_the_lock(service: Service, tmp_path: Path) -> None:
    add_training(service, state=JobState.RUNNING, owner="gone", attempt=1)
    locks = Locks()
    locks.alive = {"another"}
    one = found(service, tmp_path, locks=locks)["workers"]
    assert (one.level, one.found.key) == (Level.WARNING, "doctor.trainings_left")
    locks.alive = {"gone"}
    assert found(service, tmp_path, locks=locks)["workers"].level is Level.OK


def test_a_clock_that_was_set_back_is_seen(service: Service, tmp_path: Path) -> None:
    assert "clock" not in found(service, tmp_path)
    a_day_ago = NOW_US - 86_400_000_000
    assert found(service, tmp_path, now_us=a_day_ago)["clock"].level is Level.WARNING


@pytest.mark.parametrize(
    ("revision", "level", "key"),
    [("0001", Level.WARNING, "doctor.revision_old"), ("9999", Level.PROBLEM, "doctor.revision_new")],
)
def test_tables_of_another_version_are_told_and_left_as_they_are(
    service: Service, tmp_path: Path, revision: str, level: Level, key: str
) -> None:
    with service.database.write() as tx:
        tx.execute(text("UPDATE alembic_version SET version_num = :to"), {"to": revision})
    all_found = found(service, tmp_path)
    assert (all_found["revision"].level, all_found["revision"].found.key) == (level, key)
    assert "blobs" not in all_found  # its tables may be others than we know
    with service.database.read() as tx:
        assert tx.execute(text("SELECT version_num FROM alembic_version")).scalar_one() == revision


def test_a_page_that_was_overwritten_is_found(service: Service, tmp_path: Path) -> None:
    add_pictures(service, 60)
    service.database.close()
    path = tmp_path / "apprenti.db"
    data = bytearray(path.read_bytes())
    place = data.rindex(b"PNG") // 4096 * 4096
    data[place : place + 4096] = b"\xa5" * 4096
    path.write_bytes(data)
    one = found(service, tmp_path)["database"]
    assert one.level is Level.PROBLEM
    assert one.found.key in ("doctor.database_faults", "errors.store_damaged")


@pytest.mark.parametrize("data", [b"not a database at all" * 500, b""])
def test_a_file_that_is_no_database_is_told_and_kept(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "apprenti.db").write_bytes(data)
    patient = Patient(
        reach=lambda: Database.as_it_is(f"sqlite:///{tmp_path}/apprenti.db"),
        open_locks=Locks, open_blobs=Blobs, is_served=False, where="FOLDER", now_us=0,
    )  # fmt: skip
    *_, last = examine(patient)
    assert last.found.key == ("errors.store_damaged" if data else "doctor.no_service")
    assert (tmp_path / "apprenti.db").read_bytes()[: len(data)] == data


def test_every_column_that_holds_a_hash_of_a_blob_is_looked_at() -> None:
    holding = {
        str(column)
        for table in METADATA.sorted_tables
        for column in table.columns
        if column.name.endswith("sha256")
    }
    of_other_things = {"tokens.sha256", "sessions.sha256", "idempotency.request_sha256"}
    assert {str(column) for column in BLOB_COLUMNS} == holding - of_other_things


def test_what_is_told_fits_its_sentences_in_both_languages() -> None:
    for one in (
        judge_workers([], [], n_workers=2),
        judge_faults(["row 3 missing"], kind="SQLite 3.51.3"),
        judge_faults(["a", "b"], kind="SQLite 3.51.3"),
    ):
        for sentence in filter(None, (one.found, one.advice)):
            assert sentence.said("en") != sentence.said("fr")


def test_a_blob_nobody_has_is_no_reason_to_stop(service: Service, tmp_path: Path) -> None:
    class Vanishing(Ageing):
        def get(self, sha256: str) -> bytes:
            raise NotFoundError("blob_missing", sha256=sha256)  # deleted since it was listed

    add_pictures(service, 1)
    blobs = Vanishing()
    blobs.kept = dict(service.blobs.kept)  # type: ignore[attr-defined]
    assert found(service, tmp_path, blobs=blobs)["blobs"].level is Level.PROBLEM


@pytest.mark.slow
def test_the_doctor_looks_at_postgresql_too(postgres_url: str, tmp_path: Path) -> None:
    from apprenti.store.advisory_locks import AdvisoryLocks

    service = make_service(tmp_path, url=postgres_url)
    add_pictures(service, 2)
    locks = AdvisoryLocks(postgres_url)
    patient = Patient(
        reach=lambda: Database.as_it_is(postgres_url),
        open_locks=lambda: locks, open_blobs=lambda: service.blobs, is_served=True, where="", now_us=NOW_US,
    )  # fmt: skip
    with locks.hold("one-worker"):
        all_found = {one.topic: one for one in examine(patient)}
    assert worst(all_found.values()) is Level.OK
    assert all_found["workers"].found.values["n"] == 1
    assert str(all_found["database"].found.values["kind"]).startswith("PostgreSQL 1")
    service.database.close()

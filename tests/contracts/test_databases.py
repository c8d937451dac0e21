"""What every database of the service does alike: SQLite in memory, SQLite in a file, PostgreSQL."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text
from tests.made_rows import (
    HASH,
    add_correction,
    add_image,
    add_job,
    add_label,
    add_prediction,
    add_task,
    add_version,
    add_workspace,
    new_id,
    show,
)

from apprenti.domain.dataset import TaskType
from apprenti.domain.errors import ConflictError, NotFoundError
from apprenti.domain.service import (
    AuditEntry,
    CorrectionState,
    Delivery,
    DeliveryState,
    JobState,
    ReviewReason,
    Role,
    Token,
    Webhook,
)
from apprenti.store.database import (
    audit,
    corrections,
    images,
    labels,
    predictions,
    tasks,
    tokens,
    trainings,
    versions,
    webhooks,
    workspaces,
)
from apprenti.store.database.connection import Database
from apprenti.store.database.images import ImageFilter
from apprenti.store.database.tables import METADATA
from apprenti.texts import catalogue


@pytest.fixture(params=["memory", "file", pytest.param("postgresql", marks=pytest.mark.slow)])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    if request.param == "postgresql":
        url = request.getfixturevalue("postgres_url")
    else:
        url = "sqlite://" if request.param == "memory" else f"sqlite:///{tmp_path}/a.db"
    opened = Database.open(url)
    yield opened
    opened.close()


def test_the_tables_are_those_the_code_expects(database: Database) -> None:
    with database.read() as tx:
        assert compare_metadata(MigrationContext.configure(tx), METADATA) == []


def test_a_noun_comes_back_as_it_was_written(database: Database) -> None:
    meta = {"where": "Tübingen ‘Neckar’ 🐟", "nested": {"n": [1, 2.5, None, True]}}
    with database.write() as tx:
        here = add_workspace(tx)
        task = add_task(tx, here, task_type=TaskType.REGRESSION, budget_seconds=12.5, production_version=3)
        image = add_image(tx, here, meta_data=meta, is_test=True, brightness=0.123456789)
        version = add_version(tx, task, scores={"accuracy": 0.987654321}, labels=("a", "b"))
        said = add_prediction(tx, task, image, review_reason=ReviewReason.RANDOM, facts=(0.1, 0.2))
        token = Token(id=new_id(), workspace_id=here, role=Role.OWNER, sha256=HASH, created_us=1)
        tokens.insert(tx, token)
    with database.read() as tx:
        assert tasks.get(tx, here, task.id) == task
        assert images.get(tx, here, image.id) == image
        assert versions.get(tx, here, version.id) == version
        assert predictions.get(tx, here, said.id) == said
        assert tokens.by_hash(tx, HASH) == token


def test_nothing_of_another_workspace_is_found_changed_or_deleted(database: Database) -> None:
    with database.write() as tx:
        here, there = add_workspace(tx), add_workspace(tx)
        task, label, image = add_task(tx, there), add_label(tx, there), add_image(tx, there)
        job, version = add_job(tx, task), add_version(tx, task)
        said, word = add_prediction(tx, task, image), add_correction(tx, task, image)
    with database.write() as tx:
        for get, found in (
            (tasks.get, task),
            (labels.get, label),
            (images.get, image),
            (trainings.get, job),
            (versions.get, version),
            (predictions.get, said),
            (corrections.get, word),
        ):
            with pytest.raises(NotFoundError):
                get(tx, here, found.id)
            assert get(tx, there, found.id) == found
        assert tasks.delete(tx, here, task.id) == 0
        assert labels.delete(tx, here, label.id) == 0
        assert images.delete(tx, here, [image.id]) == 0
        assert images.change(tx, here, [image.id], is_test=True) == 0
        assert versions.delete(tx, here, version.id) == 0
        for page in (tasks.page, labels.page, images.page, trainings.page, versions.page, predictions.page):
            assert page(tx, here).items == ()


def test_what_belongs_to_a_thing_goes_with_it_and_the_rest_stays(database: Database) -> None:
    with database.write() as tx:
        here = add_workspace(tx)
        task = add_task(tx, here)
        label = add_label(tx, here, task=task)
        image = add_image(tx, here)
        show(tx, image, label)
        job, version = add_job(tx, task), add_version(tx, task)
        add_prediction(tx, task, image)
    with database.write() as tx:
        tasks.delete(tx, here, task.id)
        assert labels.get(tx, here, label.id) == label
        assert images.get(tx, here, image.id) == image
        assert trainings.page(tx, here).items == versions.page(tx, here).items == ()
        assert predictions.page(tx, here).items == ()
        images.delete(tx, here, [image.id])
        assert labels.n_images(tx, [label.id]) == {label.id: 0}
        workspaces.delete(tx, here)
        assert labels.page(tx, here).items == ()
    assert job.task_id == version.task_id


def test_a_failed_write_leaves_nothing(database: Database) -> None:
    with database.write() as tx:
        here = add_workspace(tx)
        image = add_image(tx, here)

    def write_twice() -> None:
        with database.write() as tx:
            add_task(tx, here)
            images.insert(tx, image)

    with pytest.raises(ConflictError):
        write_twice()
    with database.read() as tx:
        assert tasks.count(tx, here) == 0


def test_a_row_cannot_name_what_is_not_there(database: Database) -> None:
    def name_nothing() -> None:
        with database.write() as tx:
            add_task(tx, new_id())

    with pytest.raises(ConflictError):
        name_nothing()


def test_pages_hold_their_place_while_rows_come_and_go(database: Database) -> None:
    with database.write() as tx:
        here = add_workspace(tx)
        made = [add_image(tx, here) for _ in range(6)]
    with database.read() as tx:
        first = images.page(tx, here, limit=2)
    with database.write() as tx:
        images.delete(tx, here, [made[1].id, made[5].id])
        late = add_image(tx, here)
    with database.read() as tx:
        second = images.page(tx, here, cursor=first.next_cursor, limit=2)
        third = images.page(tx, here, cursor=second.next_cursor, limit=2)
    assert [image.id for page in (first, second, third) for image in page.items] == [
        image.id for image in (*made[:5], late)
    ]
    assert third.next_cursor is None


def test_images_are_found_by_what_they_show_and_by_what_is_said_of_them(database: Database) -> None:
    with database.write() as tx:
        here = add_workspace(tx)
        task = add_task(tx, here)
        red, blue = add_label(tx, here, "red", task=task), add_label(tx, here, "blue")
        one, two, three = (add_image(tx, here, is_test=n == 1) for n in range(3))
        show(tx, one, red, 1.5)
        show(tx, two, red, 2.5)
        show(tx, two, blue)

    def found(**chosen: object) -> list[str]:
        with database.read() as tx:
            filtered = ImageFilter(**chosen)  # type: ignore[arg-type]
            page = images.page(tx, here, filtered)
            assert images.count(tx, here, filtered) == len(page.items)
            return [image.id for image in page.items]

    assert found(label_ids=(red.id,)) == [one.id, two.id]
    assert found(label_ids=(red.id, blue.id)) == [two.id]
    assert found(without_label_ids=(blue.id,)) == [one.id, three.id]
    assert found(task_id=task.id) == [one.id, two.id]
    assert found(is_test=True) == [two.id]
    assert found(has_labels=False) == [three.id]
    assert found(value_least=((red.id, 2.0),)) == [two.id]
    assert found(value_most=((red.id, 2.0),)) == [one.id]


@pytest.mark.parametrize("search", ["%", "_", "\\", "'", "RED"])
def test_letters_that_mean_something_to_sql_are_letters(database: Database, search: str) -> None:
    with database.write() as tx:
        here = add_workspace(tx)
        add_label(tx, here, f"x{search}y")
        add_label(tx, here, "nothing alike")
        assert [label.name for label in labels.page(tx, here, search=search.lower()).items] == [f"x{search}y"]


def test_a_number_said_again_takes_the_place_of_the_first(database: Database) -> None:
    with database.write() as tx:
        here = add_workspace(tx)
        label, image = add_label(tx, here), add_image(tx, here)
        show(tx, image, label, 1.0)
        show(tx, image, label, 2.0)
        ((_, said),) = images.labels_of(tx, [image.id])[image.id]
        assert said.value == 2.0
        assert images.unshow(tx, image.id, label.id) == 1


def test_bytes_are_needed_as_long_as_an_image_or_a_model_names_them(database: Database) -> None:
    with database.write() as tx:
        here = add_workspace(tx)
        task = add_task(tx, here)
        image, version = add_image(tx, here), add_version(tx, task)
        assert images.is_named(tx, image.sha256)
        assert images.is_named(tx, version.model_sha256)
        images.delete(tx, here, [image.id])
        versions.delete(tx, here, version.id)
        assert not images.is_named(tx, image.sha256)
        assert not images.is_named(tx, version.model_sha256)


def test_only_one_of_many_workers_gets_a_training(database: Database) -> None:
    with database.write() as tx:
        task = add_task(tx, add_workspace(tx))
        for _ in range(8):
            add_job(tx, task)
    taken: list[str] = []

    def take(name: str) -> None:
        while True:
            with database.write() as tx:
                job = trainings.claim(tx, name, is_alive=lambda owner: True, now_us=1)
            if job is None:
                return
            taken.append(job.id)

    threads = [threading.Thread(target=take, args=(f"worker-{n}",)) for n in range(4)]
    if database.engine.url.database in (None, "", ":memory:"):
        threads = threads[:1]  # one connection cannot be in two transactions
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(taken) == len(set(taken)) == 8


def test_an_attempt_that_was_given_up_writes_nothing(database: Database) -> None:
    with database.write() as tx:
        task = add_task(tx, add_workspace(tx))
        add_job(tx, task)
        first = trainings.claim(tx, "one", is_alive=lambda owner: False, now_us=1)
        second = trainings.claim(tx, "two", is_alive=lambda owner: False, now_us=2)
        assert first is not None
        assert second is not None
        with pytest.raises(ConflictError):
            trainings.write(tx, first, state=JobState.DONE)
        trainings.write(tx, second, state=JobState.DONE)
        assert trainings.claim(tx, "three", is_alive=lambda owner: False, now_us=3) is None


def test_numbers_never_lose_an_addition_of_four_writers(database: Database) -> None:
    with database.write() as tx:
        tx.execute(text("CREATE TABLE counter (n INTEGER)"))
        tx.execute(text("INSERT INTO counter VALUES (0)"))
    problems: list[BaseException] = []

    def count() -> None:
        try:
            for _ in range(25):
                with database.write() as tx:
                    n = tx.execute(text("SELECT n FROM counter")).scalar_one()
                    tx.execute(text("UPDATE counter SET n = :n"), {"n": n + 1})
        except BaseException as problem:
            problems.append(problem)

    in_memory = database.engine.url.database in (None, "", ":memory:")
    threads = [threading.Thread(target=count) for _ in range(1 if in_memory else 4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    with database.read() as tx:
        assert tx.execute(text("SELECT n FROM counter")).scalar_one() == 25 * len(threads)


def test_the_review_queue_gives_the_most_telling_first_and_leaves_out_what_was_seen(
    database: Database,
) -> None:
    with database.write() as tx:
        here = add_workspace(tx)
        task, image = add_task(tx, here), add_image(tx, here)
        low, high, seen = (
            add_prediction(tx, task, image, review_score=score, review_reason=ReviewReason.UNCERTAIN)
            for score in (0.2, 0.9, 1.0)
        )
        add_prediction(tx, task, None, review_score=0.99, review_reason=ReviewReason.UNCERTAIN)
        add_prediction(tx, task, image, review_score=0.98)
        predictions.mark_reviewed(tx, here, [seen.id])
        first = predictions.to_review(tx, here, task.id, limit=1)
        then = predictions.to_review(tx, here, task.id, limit=1, cursor=first.next_cursor)
        assert [one.id for page in (first, then) for one in page.items] == [high.id, low.id]
        assert then.next_cursor is None


def test_corrections_are_learnt_from_once_and_agreement_is_nothing_new(database: Database) -> None:
    with database.write() as tx:
        here = add_workspace(tx)
        task, image = add_task(tx, here), add_image(tx, here)
        word = add_correction(tx, task, image, label_ids=("a",))
        add_correction(tx, task, image, agrees=True)
        held = add_correction(tx, task, image, state=CorrectionState.QUARANTINED)
        assert corrections.n_new(tx, task.id) == 1
        corrections.mark_learnt(tx, task.id, "job")
        assert corrections.n_new(tx, task.id) == 0
        corrections.change(tx, here, held.id, state=CorrectionState.ACCEPTED)
        assert corrections.n_new(tx, task.id) == 1
        assert corrections.get(tx, here, word.id).job_id == "job"


def test_a_message_waits_until_its_time_and_is_told_once(database: Database) -> None:
    with database.write() as tx:
        here = add_workspace(tx)
        hook = Webhook(
            id=new_id(), workspace_id=here, url="https://a", events=("e",), secret="s", created_us=1
        )
        webhooks.insert(tx, hook)
        assert [one.id for one in webhooks.for_event(tx, here, "e")] == [hook.id]
        assert webhooks.for_event(tx, here, "other") == ()
        message = Delivery(
            id=new_id(), workspace_id=here, webhook_id=hook.id, event="e", next_us=100, created_us=1
        )
        webhooks.queue(tx, message)
        assert webhooks.due(tx, now_us=99) == ()
        assert webhooks.due(tx, now_us=100) == (message,)
        webhooks.note_attempt(tx, message, state=DeliveryState.DELIVERED, next_us=100, problem="")
        assert webhooks.due(tx, now_us=1000) == ()


def test_a_token_taken_back_opens_nothing_and_another_workspace_cannot_take_it_back(
    database: Database,
) -> None:
    with database.write() as tx:
        here, there = add_workspace(tx), add_workspace(tx)
        token = Token(id=new_id(), workspace_id=here, role=Role.READER, sha256=HASH, created_us=1)
        tokens.insert(tx, token)
        assert tokens.revoke(tx, there, token.id, now_us=2) == 0
        assert tokens.by_hash(tx, HASH) == token
        assert tokens.revoke(tx, here, token.id, now_us=2) == 1
        assert tokens.by_hash(tx, HASH) is None


def test_the_audit_log_outlives_what_it_tells_of(database: Database) -> None:
    with database.write() as tx:
        here = add_workspace(tx)
        entry = AuditEntry(
            id=new_id(), workspace_id=here, token_id="t", verb="delete", noun="workspace", noun_id=here,
            details={"n": 1}, created_us=1,
        )  # fmt: skip
        audit.insert(tx, entry)
        workspaces.delete(tx, here)
        assert audit.page(tx, here, noun_id=here).items == (entry,)


def test_every_kind_of_noun_has_a_name_in_the_error_that_says_it_is_missing() -> None:
    assert "{noun}" in catalogue("errors", "en")["not_found"]


def test_the_number_of_a_version_is_never_given_again(database: Database) -> None:
    with database.write() as tx:
        here = add_workspace(tx)
        task = add_task(tx, here)
        version = add_version(tx, task)
        add_job(tx, task, version_number=version.number)
        versions.delete(tx, here, version.id)
        assert versions.next_number(tx, task.id) == version.number + 1

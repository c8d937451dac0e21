"""The queue of trainings, who may write to one, and which version answers in the end."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from tests.fake_service import OPERATOR, Locks, default_workspace, make_service, picture

from apprenti.domain.dataset import TaskType
from apprenti.domain.errors import ConflictError, NotFoundError, OptionError
from apprenti.domain.service import JobState, Label, Task, TrainingJob, Version
from apprenti.flow.service import images, labels, looking_back, tasks, trainings, versions
from apprenti.flow.service.images import Said
from apprenti.flow.service.job_progress import JobProgress
from apprenti.flow.service.service import Service
from apprenti.flow.service.snapshot import unique_names
from apprenti.flow.service.tasks import TaskSettings
from apprenti.jobs.worker import next_training
from apprenti.store.database import trainings as training_table
from apprenti.store.database import versions as version_table


@pytest.fixture
def service(tmp_path: Path) -> Service:
    return make_service(tmp_path)


@pytest.fixture
def here(service: Service) -> str:
    return default_workspace(service)


def make_task(service: Service, here: str, *, n_images: int = 4, name: str = "Colours") -> Task:
    task = tasks.create_task(service, OPERATOR, here, TaskSettings(name=name))
    shown = []
    for word in ("red", "blue"):
        label = labels.create_label(service, OPERATOR, here, name=word)
        tasks.add_label_to_task(service, OPERATOR, here, task.id, label.id)
        shown.append(label)
    for n in range(n_images):
        shows = [Said(label_id=shown[n % 2].id)]
        images.add_image(service, OPERATOR, here, picture((n, len(name), 7)), shows=shows)
    return task


def worker(service: Service, name: str) -> None:
    assert isinstance(service.locks, Locks)
    service.locks.alive.add(name)


def test_asking_twice_gives_the_training_that_waits(service: Service, here: str) -> None:
    task = make_task(service, here)
    first = trainings.ask_training(service, OPERATOR, here, task.id)
    assert trainings.ask_training(service, OPERATOR, here, task.id).id == first.id
    assert first.state is JobState.QUEUED


def test_a_task_without_labelled_images_is_not_put_into_the_queue(service: Service, here: str) -> None:
    task = make_task(service, here, n_images=2)
    with pytest.raises(ConflictError, match="too few labelled images"):
        trainings.ask_training(service, OPERATOR, here, task.id)


@pytest.mark.parametrize("budget_seconds", [1.0, 1e9])
def test_a_budget_out_of_range_is_refused(service: Service, here: str, budget_seconds: float) -> None:
    task = make_task(service, here)
    with pytest.raises(OptionError):
        trainings.ask_training(service, OPERATOR, here, task.id, budget_seconds=budget_seconds)


def test_the_queue_gives_the_most_urgent_first_and_of_equals_the_oldest(service: Service, here: str) -> None:
    asked = [make_task(service, here, name=name) for name in ("a", "bb", "ccc")]
    jobs = [
        trainings.ask_training(service, OPERATOR, here, task.id, priority=priority)
        for task, priority in zip(asked, (0, 5, 0), strict=True)
    ]
    worker(service, "one")
    taken = [next_training(service, "one") for _ in range(4)]
    assert [job.id if job else None for job in taken] == [jobs[1].id, jobs[0].id, jobs[2].id, None]


def test_a_training_is_taken_over_only_when_its_worker_is_dead(service: Service, here: str) -> None:
    trainings.ask_training(service, OPERATOR, here, make_task(service, here).id)
    worker(service, "one")
    first = next_training(service, "one")
    assert next_training(service, "two") is None
    assert isinstance(service.locks, Locks)
    service.locks.alive.discard("one")
    second = next_training(service, "two")
    assert first is not None
    assert second is not None
    assert (second.id, second.attempt, second.owner) == (first.id, 2, "two")


def test_a_worker_taken_for_dead_writes_nothing_any_more(service: Service, here: str) -> None:
    trainings.ask_training(service, OPERATOR, here, make_task(service, here).id)
    first = next_training(service, "one")
    second = next_training(service, "two")
    assert first is not None
    assert second is not None
    with pytest.raises(ConflictError), service.database.write() as tx:
        training_table.write(tx, first, state=JobState.DONE)
    progress = JobProgress(service, first, clock=lambda: 0.0)
    with pytest.raises(ConflictError):
        progress.begin("candidates", 3)
    JobProgress(service, second, clock=lambda: 0.0).begin("candidates", 3)
    assert trainings.get_training(service, OPERATOR, here, second.id).progress["step"] == "candidates"


def test_a_queued_training_is_cancelled_at_once_and_a_running_one_is_asked(
    service: Service, here: str
) -> None:
    queued = trainings.ask_training(service, OPERATOR, here, make_task(service, here).id)
    assert trainings.cancel_training(service, OPERATOR, here, queued.id).state is JobState.CANCELLED
    trainings.ask_training(service, OPERATOR, here, make_task(service, here, name="other").id)
    running = next_training(service, "one")
    assert running is not None
    asked = trainings.cancel_training(service, OPERATOR, here, running.id)
    assert (asked.state, asked.cancel_requested) == (JobState.RUNNING, True)
    progress = JobProgress(service, running, clock=lambda: 0.0)
    progress.begin("candidates")
    assert progress.cancel_requested


def test_progress_is_written_once_a_second_at_most(service: Service, here: str) -> None:
    trainings.ask_training(service, OPERATOR, here, make_task(service, here).id)
    job = next_training(service, "one")
    assert job is not None
    now = 0.0
    progress = JobProgress(service, job, clock=lambda: now)

    def done() -> int:
        return int(trainings.get_training(service, OPERATOR, here, job.id).progress.get("done", -1))

    progress.begin("embedding", 100)
    progress.advance(3)
    assert done() == 0
    now = 1.5
    progress.advance(3)
    assert done() == 6


def add_versions(service: Service, task: Task, n: int) -> None:
    with service.database.write() as tx:
        for number in range(1, n + 1):
            version = Version(
                id=service.new_id(),
                workspace_id=task.workspace_id,
                task_id=task.id,
                number=number,
                model_sha256=service.blobs.put(f"model {number}".encode()),
                n_bytes=7,
                created_us=number,
            )
            version_table.insert(tx, version)


def test_rolling_back_goes_to_what_answered_before_and_on_to_what_answered_before_that(
    service: Service, here: str
) -> None:
    task = make_task(service, here)
    add_versions(service, task, 3)
    for number in (1, 3, 2):
        versions.promote(service, OPERATOR, here, task.id, number)
    for expected in (3, 1):
        assert versions.roll_back(service, OPERATOR, here, task.id).production_version == expected
    with pytest.raises(ConflictError):
        versions.roll_back(service, OPERATOR, here, task.id)
    versions.promote(service, OPERATOR, here, task.id, 2)
    assert versions.roll_back(service, OPERATOR, here, task.id).production_version == 1


def test_promoting_leaves_the_pin_as_it_is_unless_told_and_tells_nobody_what_was_so_already(
    service: Service, here: str
) -> None:
    task = make_task(service, here)
    add_versions(service, task, 2)

    def promote(number: int, **how: bool) -> bool:
        return versions.promote(service, OPERATOR, here, task.id, number, **how).pinned

    assert [promote(1, pin=True), promote(2), promote(2), promote(2, pin=False), promote(2, pin=True)] == [
        True, True, True, False, True,
    ]  # fmt: skip
    told = looking_back.list_audit(service, OPERATOR, here, noun_id=task.id).items
    assert [entry.verb for entry in reversed(told)][-4:] == ["promote", "promote", "unpin", "pin"]
    assert versions.roll_back(service, OPERATOR, here, task.id).production_version == 1


def test_the_version_that_answers_is_not_deleted_and_another_goes_with_its_bytes(
    service: Service, here: str
) -> None:
    task = make_task(service, here)
    add_versions(service, task, 2)
    versions.promote(service, OPERATOR, here, task.id, 2, pin=True)
    with pytest.raises(ConflictError):
        versions.delete_version(service, OPERATOR, here, task.id, 2)
    sha256 = versions.get_version(service, OPERATOR, here, task.id, 1).model_sha256
    versions.delete_version(service, OPERATOR, here, task.id, 1)
    assert not service.blobs.has(sha256)
    with pytest.raises(NotFoundError):
        versions.get_version(service, OPERATOR, here, task.id, 1)


def test_labels_of_one_name_are_told_apart_and_no_name_has_a_bar() -> None:
    made = [
        Label(id=str(n), workspace_id="w", name=name, created_us=n)
        for n, name in enumerate(("red", "red", "a|b", " ", "red (2)"))
    ]
    names = unique_names(made)
    assert list(names.values()) == ["red", "red (2)", "a/b", "?", "red (2) (2)"]


def test_a_job_that_is_over_says_so() -> None:
    job = TrainingJob(id="j", workspace_id="w", task_id="t", budget_seconds=20, created_us=1)
    assert not job.state.is_over
    assert replace(job, state=JobState.FAILED).state.is_over
    assert TaskType.MULTI_CLASS.value == "multi_class"

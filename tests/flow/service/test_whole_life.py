"""A task from its first image to an answer, with real trainings."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.fake_service import OPERATOR, default_workspace
from tests.flow.service.real_trainings import real_service, real_tools, train

from apprenti.domain.dataset import TaskType
from apprenti.domain.service import JobState, LabelKind, Task
from apprenti.flow.samples import write_samples
from apprenti.flow.service import images, labels, predictions, runs, tasks, trainings, versions
from apprenti.flow.service.images import Said
from apprenti.flow.service.service import Service
from apprenti.flow.service.tasks import TaskSettings
from apprenti.flow.tools import Tools
from apprenti.store.database.images import ImageFilter

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


@pytest.fixture
def service(tmp_path: Path) -> Service:
    return real_service(tmp_path)


@pytest.fixture
def tools(tmp_path: Path) -> Iterator[Tools]:
    with real_tools(tmp_path) as opened:
        yield opened


def digits(folder: Path, task_type: TaskType, service: Service, here: str, *, n: int) -> Task:
    """Return a task with some digits: what they are, whether they are round and even, or how much they are."""
    write_samples("digits", folder)
    settings = TaskSettings(name="digits", task_type=task_type, budget_seconds=25, keeps_images=True)
    task = tasks.create_task(service, OPERATOR, here, settings)
    names = {
        TaskType.MULTI_CLASS: [str(digit) for digit in range(4)],
        TaskType.MULTI_LABEL: ["round", "even"],
        TaskType.REGRESSION: ["how much"],
    }[task_type]
    kind = LabelKind.CATEGORY if task_type is TaskType.MULTI_CLASS else LabelKind.TAG
    ids = {}
    for name in names:
        label = labels.create_label(service, OPERATOR, here, name=name, kind=kind)
        tasks.add_label_to_task(service, OPERATOR, here, task.id, label.id)
        ids[name] = label.id
    negative = [label.id for label, none in tasks.task_labels(service, OPERATOR, here, task.id) if none]
    for digit in range(4):
        for path in sorted((folder / str(digit)).iterdir())[:n]:
            shows = {
                TaskType.MULTI_CLASS: lambda d: [Said(label_id=ids[str(d)])],
                TaskType.MULTI_LABEL: lambda d: (
                    [
                        *([Said(label_id=ids["round"])] if d in (0, 3) else []),
                        *([Said(label_id=ids["even"])] if d % 2 == 0 else []),
                    ]
                    or [Said(label_id=negative[0])]
                ),
                TaskType.REGRESSION: lambda d: [Said(label_id=ids["how much"], value=d + 0.5)],
            }[task_type](digit)
            images.add_image(service, OPERATOR, here, path.read_bytes(), shows=shows)
    return task


def test_a_task_is_trained_answers_and_stays_with_its_champion_unless_the_challenger_is_better(
    service: Service, tools: Tools, tmp_path: Path
) -> None:
    here = default_workspace(service)
    task = digits(tmp_path / "digits", TaskType.MULTI_CLASS, service, here, n=20)
    asked = trainings.ask_training(service, OPERATOR, here, task.id)
    train(service, tools)
    done = trainings.get_training(service, OPERATOR, here, asked.id)
    assert (done.state, done.version_number, done.error) == (JobState.DONE, 1, {})
    assert not (service.folder / "trainings" / asked.id).exists()

    tested = images.list_images(service, OPERATOR, here, ImageFilter(is_test=True), limit=500).items
    assert 4 <= len(tested) <= 30
    a_three = images.image_bytes(service, OPERATOR, here, tested[0].id)
    said = predictions.classify(service, OPERATOR, here, task.id, a_three)
    assert said.answer["labels"][0]["id"] == said.label_id
    assert sum(label["p"] for label in said.answer["labels"]) == pytest.approx(1, abs=1e-3)
    assert said.image_id == tested[0].id
    assert said.review_reason is not None

    trainings.ask_training(service, OPERATOR, here, task.id)
    train(service, tools)
    again = images.list_images(service, OPERATOR, here, ImageFilter(is_test=True), limit=500).items
    assert [image.id for image in again] == [image.id for image in tested]
    second = versions.get_version(service, OPERATOR, here, task.id, 2)
    assert [kept.version.number for kept in runs.list_runs(service, OPERATOR, here)] == [2, 1]
    assert (second.verdict["champion"], second.verdict["promote"]) == (1, False)
    assert tasks.get_task(service, OPERATOR, here, task.id).production_version == 1


@pytest.mark.parametrize("task_type", [TaskType.MULTI_LABEL, TaskType.REGRESSION])
def test_several_labels_and_numbers_go_the_same_way(
    service: Service, tools: Tools, tmp_path: Path, task_type: TaskType
) -> None:
    here = default_workspace(service)
    task = digits(tmp_path / "digits", task_type, service, here, n=20)
    trainings.ask_training(service, OPERATOR, here, task.id)
    train(service, tools)
    assert tasks.get_task(service, OPERATOR, here, task.id).production_version == 1
    zero = next((tmp_path / "digits" / "0").iterdir()).read_bytes()
    said = predictions.classify(service, OPERATOR, here, task.id, zero)
    if task_type is TaskType.REGRESSION:
        assert said.answer["low"] < said.answer["value"] < said.answer["high"]
        assert abs(said.answer["value"] - 0.5) < 1.5
    else:
        assert {label["name"] for label in said.answer["labels"] if label["given"]} == {"round", "even"}


def test_a_training_that_cannot_be_done_says_why_and_the_next_is_taken_up(
    service: Service, tools: Tools, tmp_path: Path
) -> None:
    here = default_workspace(service)
    task = digits(tmp_path / "digits", TaskType.MULTI_CLASS, service, here, n=2)
    asked = trainings.ask_training(service, OPERATOR, here, task.id)
    chosen = ImageFilter(task_id=task.id)  # one label is left by the time a worker is free
    for image in images.list_images(service, OPERATOR, here, chosen).items[2:]:
        for label, _ in images.labels_of_images(service, OPERATOR, here, [image.id])[image.id]:
            first = images.list_images(service, OPERATOR, here, chosen).items[0]
            (zero, _), *_ = images.labels_of_images(service, OPERATOR, here, [first.id])[first.id]
            images.label_image(
                service, OPERATOR, here, image.id, add=[Said(label_id=zero.id)], remove=[label.id]
            )
    train(service, tools)
    failed = trainings.get_training(service, OPERATOR, here, asked.id)
    assert failed.state is JobState.FAILED
    assert failed.error["key"].startswith("errors.")

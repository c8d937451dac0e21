"""What a training takes is asked for when it is asked for, not found out after it has waited."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.fake_service import OPERATOR, default_workspace, make_service, picture

from apprenti.domain.dataset import TaskType
from apprenti.domain.errors import ConflictError
from apprenti.flow.service import images, labels, tasks, trainings
from apprenti.flow.service.images import ImageWords, Said
from apprenti.flow.service.service import Service
from apprenti.flow.service.tasks import TaskSettings

CLASS, SEVERAL, NUMBER = TaskType.MULTI_CLASS, TaskType.MULTI_LABEL, TaskType.REGRESSION


@pytest.fixture
def service(tmp_path: Path) -> Service:
    return make_service(tmp_path)


def asked(
    service: Service,
    task_type: TaskType,
    n_labels: int,
    shown: list[tuple[int, ...]],
    *,
    numbers: tuple[float, ...] = (),
    tested: tuple[int, ...] = (),
) -> str:
    """Return why a task is not trained whose images show these of its labels; nothing where it is."""
    here = default_workspace(service)
    task = tasks.create_task(service, OPERATOR, here, TaskSettings(name="T", task_type=task_type))
    made = [labels.create_label(service, OPERATOR, here, name=f"label {n}").id for n in range(n_labels)]
    for label_id in made:
        tasks.add_label_to_task(service, OPERATOR, here, task.id, label_id)
    made += [label.id for label, negative in tasks.task_labels(service, OPERATOR, here, task.id) if negative]
    for n, each in enumerate(shown):
        said = [Said(label_id=made[one], value=numbers[n] if numbers else None) for one in each]
        words = ImageWords(is_test=n in tested)
        images.add_image(service, OPERATOR, here, picture((n, 1, 2)), words=words, shows=said)
    why = ""
    try:
        trainings.ask_training(service, OPERATOR, here, task.id)
    except ConflictError as error:
        why = error.key
    waiting = trainings.list_trainings(service, OPERATOR, here).items
    assert bool(waiting) is not bool(why)
    return why


@pytest.mark.parametrize(
    ("n_labels", "shown", "tested", "why"),
    [
        (0, [], (), "task_one_label"),
        (1, [(0,)] * 9, (), "task_one_label"),
        (2, [(0,)] * 9, (), "no_labelled_images"),
        (2, [(0,)] * 9 + [(1,)], (), "no_labelled_images"),
        (2, [(0,)] * 9 + [(1,)] * 2, (9, 10), "no_labelled_images"),
        (2, [(0,)] * 2 + [(1,)] * 2, (3,), ""),
    ],
)
def test_one_class_takes_two_images_of_two_labels(
    service: Service, n_labels: int, shown: list[tuple[int, ...]], tested: tuple[int, ...], why: str
) -> None:
    assert asked(service, CLASS, n_labels, shown, tested=tested) == why


@pytest.mark.parametrize(
    ("shown", "why"),
    [([(0,)] * 5, "task_few_labels"), ([(0,), (1,)], "task_few_labels"), ([(0,)] * 2 + [(1,)], "")],
)
def test_several_labels_take_images_with_and_without_one(
    service: Service, shown: list[tuple[int, ...]], why: str
) -> None:
    assert asked(service, SEVERAL, 1, shown) == why


@pytest.mark.parametrize(
    ("numbers", "why"),
    [((1.0,) * 9, "task_few_numbers"), ((1.0,) * 10, "task_one_number"), ((1.0,) * 9 + (2.0,), "")],
)
def test_numbers_take_ten_that_differ(service: Service, numbers: tuple[float, ...], why: str) -> None:
    assert asked(service, NUMBER, 1, [(0,)] * len(numbers), numbers=numbers) == why
    if why:
        assert asked(service, NUMBER, 0, []) == "task_few_numbers"

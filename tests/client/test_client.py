"""The client against the real application over HTTP: every call, pages, errors, several threads."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from tests.api.v1.service_asking import House, a_task_with_images, give_version, open_house
from tests.api.vize.vize_world import FakeModels
from tests.client.served import served
from tests.fake_models import RED
from tests.fake_service import picture

import apprenti
from apprenti import ApprentiError, Client
from apprenti.client import shelves
from apprenti.client.trainings import Trainings
from apprenti.domain.dataset import TaskType
from apprenti.domain.errors import OutOfTimeError, ServiceRefusalError, WorkError
from apprenti.domain.service import JobState, LabelKind, Origin
from apprenti.store.database import trainings as training_table


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    return open_house(tmp_path_factory.mktemp("house"), models=FakeModels())


@pytest.fixture(scope="module")
def address(house: House) -> Iterator[str]:
    with served(house.app) as address:
        yield address


@pytest.fixture
def client(house: House, address: str) -> Iterator[Client]:
    with Client(address, token=house.secrets["owner"], patience_seconds=5) as client:
        yield client


def test_who_one_is_and_whether_the_service_answers(client: Client, house: House) -> None:
    me = client.me()
    assert (me.role, me.workspace_id, me.opens_all) == ("owner", house.workspace, False)
    assert client.is_ready()
    assert house.secrets["owner"] not in repr(client)


def test_a_service_that_is_not_there_is_not_ready() -> None:
    with Client("http://127.0.0.1:1", token="x") as client:
        assert not client.is_ready()


def test_a_task_lives_and_goes(client: Client) -> None:
    task = client.tasks.create("Bread", task_type=TaskType.MULTI_LABEL, corrections_until_retrain=9)
    assert client.tasks.get(task.id) == task
    assert task.created_at.tzinfo is not None
    changed = client.tasks.change(task.id, name="Cake", corrections_until_retrain=None)
    assert (changed.name, changed.corrections_until_retrain) == ("Cake", None)
    assert changed.task_type is TaskType.MULTI_LABEL  # what is left out stays
    label = client.labels.create("rye", kind=LabelKind.TAG)
    client.tasks.add_label(task.id, label.id)
    assert label.id in {one.id for one in client.tasks.labels(task.id)}
    assert any(one.is_negative for one in client.tasks.labels(task.id))
    client.tasks.remove_label(task.id, label.id)
    assert client.labels.change(label.id, output_name="RYE").output_name == "RYE"
    assert [one.name for one in client.labels.list(search="rye")] == ["rye"]
    client.labels.delete(label.id)
    client.tasks.delete(task.id)
    with pytest.raises(ServiceRefusalError) as caught:
        client.tasks.get(task.id)
    assert (caught.value.status, caught.value.code) == (404, "not_found")


def test_an_image_is_uploaded_found_changed_and_deleted(client: Client, tmp_path: Path) -> None:
    label = client.labels.create("loaf")
    path = tmp_path / "loaf.png"
    path.write_bytes(picture((1, 2, 3)))
    image = client.images.add(path, labels=[label.id], meta_data={"shop": "Nîmes"}, is_test=True)
    assert (image.name, image.meta_data, image.is_test) == ("loaf.png", {"shop": "Nîmes"}, True)
    assert (image.width_px, image.format, image.origin) == (32, "PNG", Origin.UPLOAD)
    assert [one.name for one in image.labels] == ["loaf"]
    assert client.images.add(path.read_bytes()).id == image.id  # the same bytes are kept once
    assert client.images.count(labels=[label.id], is_test=True) == 1
    assert [one.id for one in client.images.list(labels=[label.id])] == [image.id]
    assert client.labels.get(label.id).n_images == 1
    assert client.images.picture(image.id, small=True)[:2] == b"\xff\xd8"
    assert not client.images.change(image.id, is_test=False).is_test
    client.images.remove_label(image.id, label.id)
    assert client.images.get(image.id).labels == ()
    client.images.add_label(image.id, label.id)
    client.images.delete(image.id)
    assert client.images.count(labels=[label.id]) == 0


def test_numbers_travel_with_their_labels(client: Client) -> None:
    task = client.tasks.create("Weight", task_type=TaskType.REGRESSION)
    label = client.labels.create("grams")
    client.tasks.add_label(task.id, label.id)
    image = client.images.add(picture((7, 7, 7)), labels={label.id: -12.5e-3})
    assert image.labels[0].value == -0.0125


def test_what_cannot_be_used_says_why_in_the_language_asked_for(house: House, address: str) -> None:
    with Client(address, token=house.secrets["owner"], lang="fr") as client:
        with pytest.raises(ApprentiError) as caught:
            client.images.add(b"no picture")
        assert isinstance(caught.value, ServiceRefusalError)
        assert caught.value.status == 422
        assert "image" in caught.value.message
        with pytest.raises(ServiceRefusalError):
            client.images.add(b"")


def test_lists_go_on_from_page_to_page(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shelves, "PAGE", 2)
    made = [client.labels.create(f"page {number}").id for number in range(5)]
    assert [one.id for one in client.labels.list(search="page ")] == made


def test_a_token_that_opens_nothing_is_refused_at_once(address: str) -> None:
    with Client(address, token="wrong") as client, pytest.raises(ServiceRefusalError) as caught:
        client.me()
    assert caught.value.status == 401


def test_an_operator_names_the_workspace_meant(house: House, address: str) -> None:
    with Client(address, token=house.secrets["operator"], workspace=house.other_workspace) as client:
        assert client.me().workspace_id == house.other_workspace
        assert list(client.tasks.list()) == []
        made = client.workspaces.create("Third")
        assert client.workspaces.get(made.id) == made
        assert made in client.workspaces.list()
        client.workspaces.delete(made.id)


def move(house: House, training_id: str, **values: object) -> None:
    """Write what a worker would."""
    with house.service.database.write() as tx:
        job = training_table.get(tx, house.workspace, training_id)
        if job.state is JobState.QUEUED:
            job = training_table.claim(tx, "worker", is_alive=lambda _: True, now_us=1) or job
        training_table.write(tx, job, **values)


def test_a_training_is_waited_for_with_progress(house: House, client: Client) -> None:
    task = a_task_with_images(house, 51)
    training = client.trainings.start(task, budget_seconds=30)
    assert client.trainings.start(task).id == training.id
    assert next(client.trainings.list(task=task)).id == training.id
    steps = [
        {"progress": {"step": "reading", "done": 1, "total": 4}},
        {"progress": {"step": "reading", "done": 4, "total": 4}},
        {"state": JobState.DONE, "version_number": 1},
    ]
    looks = iter(steps)
    waiting = Trainings(client._transport, wait=lambda _: move(house, training.id, **next(looks)))
    seen: list[tuple[JobState, int]] = []
    done = waiting.wait(
        training.id, progress=lambda one: seen.append((one.state, one.progress.done if one.progress else 0))
    )
    assert (done.state, done.version_number) == (JobState.DONE, 1)
    assert seen == [(JobState.QUEUED, 0), (JobState.RUNNING, 1), (JobState.RUNNING, 4), (JobState.DONE, 4)]


def test_a_training_that_fails_or_takes_too_long_says_so(house: House, client: Client) -> None:
    training = client.trainings.start(a_task_with_images(house, 52))
    with pytest.raises(OutOfTimeError, match="goes on"):
        client.trainings.wait(training.id, timeout_seconds=0.1)
    error = {"key": "errors.store_full", "values": {"cause": "no space"}}
    move(house, training.id, state=JobState.FAILED, error=error)
    with pytest.raises(WorkError, match="failed"):
        client.trainings.wait(training.id)
    other = client.trainings.start(a_task_with_images(house, 53))
    assert client.trainings.cancel(other.id).state is JobState.CANCELLED
    with pytest.raises(WorkError, match="cancelled"):
        client.trainings.wait(other.id)


def test_versions_are_promoted_asked_rolled_back_and_fetched(house: House, client: Client) -> None:
    task = a_task_with_images(house, 54)
    with pytest.raises(ServiceRefusalError) as caught:
        client.predictions.ask(task, RED)
    assert caught.value.status == 409
    for number in (1, 2):
        give_version(house, task, number)
        assert client.versions.promote(task, number).production_version == number
    assert [one.number for one in client.versions.list(task)] == [2, 1]
    assert client.versions.promote(task, 2, pin=True).pinned
    assert not client.versions.unpin(task).pinned
    prediction = client.predictions.ask(task, RED)
    assert prediction.label == "dress"
    assert prediction.version_number == 2
    assert prediction.labels[0].p >= prediction.labels[1].p
    assert client.predictions.get(prediction.id) == prediction
    assert [one.id for one in client.predictions.list(task=task)] == [prediction.id]
    assert client.versions.roll_back(task).production_version == 1
    assert client.predictions.ask(task, RED, version=2).version_number == 2
    assert client.versions.model_file(task, 1) == f"model 1 of {task}".encode()
    client.versions.delete(task, 2)
    assert [one.number for one in client.versions.list(task)] == [1]


def test_several_threads_share_a_client(client: Client) -> None:
    label = client.labels.create("threads")

    def add(number: int) -> str:
        return client.images.add(picture((number, 200, 3)), labels=[label.id]).id

    with ThreadPoolExecutor(4) as pool:
        ids = list(pool.map(add, range(24)))
    assert len(set(ids)) == 24
    assert client.images.count(labels=[label.id]) == 24


def test_an_id_is_never_part_of_a_path(client: Client) -> None:
    with pytest.raises(ServiceRefusalError) as caught:
        client.tasks.get("../workspaces")
    assert caught.value.status in (404, 422)


def test_the_client_loads_nothing_heavy() -> None:
    heavy = {"numpy", "PIL", "onnxruntime", "sqlalchemy", "pydantic", "fastapi", "httpx", "sklearn"}
    code = (
        "import sys, apprenti; apprenti.Client('http://127.0.0.1:1', token='x');"
        f"print(sorted({heavy!r} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
    assert "Client" in apprenti.__all__


def test_the_example_of_the_documentation_calls_what_is_there() -> None:
    text = (Path(__file__).parents[2] / "docs" / "service.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    with Client("http://127.0.0.1:1", token="x") as client:
        calls = re.findall(r"client\.(\w+)\.(\w+)\(", example)
        assert len(calls) >= 8
        assert [call for call in calls if not hasattr(getattr(client, call[0]), call[1])] == []
    ast.parse(example)

"""The client's calls for those who look after a service: archives, webhooks, what is watched, what was done."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from tests.api.v1.service_asking import House, a_task_with_images, give_version, open_house
from tests.api.vize.vize_world import FakeModels
from tests.client.served import Rude, breaks_off, says, served
from tests.egress.servers import local, sends, serving
from tests.fake_models import RED

import apprenti.client.transport
from apprenti import Client
from apprenti.client.monitoring import Dashboard, Figure
from apprenti.domain.errors import ServiceRefusalError, ServiceUnreachableError
from apprenti.domain.service import Alarm, DeliveryState
from apprenti.egress import Transport
from apprenti.store.database import alarms


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


@pytest.fixture
def operator(house: House, address: str) -> Iterator[Client]:
    with Client(address, token=house.secrets["operator"], patience_seconds=5) as client:
        yield client


def test_a_workspace_leaves_and_comes_back_as_another(
    house: House, client: Client, operator: Client, tmp_path: Path
) -> None:
    a_task_with_images(house, 61)
    path = tmp_path / "bakery.zip"
    path.write_bytes(b"an older one")
    assert client.workspaces.export_to(path) == path
    assert [one.name for one in tmp_path.iterdir()] == ["bakery.zip"]
    with zipfile.ZipFile(path) as archive:
        assert "apprenti-workspace.json" in archive.namelist()
    n_images = client.images.count()
    came = operator.workspaces.import_from(path, name="Bakery")
    assert (came.workspace.name, came.has_new_ids) == ("Bakery", True)
    assert (came.n_rows["images"], came.n_rows["tasks"]) == (n_images, 1)
    with Client(
        operator._transport.address, token=house.secrets["operator"], workspace=came.workspace.id
    ) as there:
        assert there.images.count() == n_images
    again = operator.workspaces.export_to(tmp_path / "again.zip", came.workspace.id)
    assert operator.workspaces.import_from(again).workspace.name == "Bakery"


def test_archives_are_for_owners_to_take_out_and_for_operators_to_bring_in(
    house: House, client: Client, address: str, tmp_path: Path
) -> None:
    path = tmp_path / "a.zip"
    with (
        Client(address, token=house.secrets["editor"]) as editor,
        pytest.raises(ServiceRefusalError) as caught,
    ):
        editor.workspaces.export_to(path)
    assert caught.value.status == 403
    assert list(tmp_path.iterdir()) == []  # nothing half-written stays
    client.workspaces.export_to(path)
    with pytest.raises(ServiceRefusalError) as caught:
        client.workspaces.import_from(path)
    assert caught.value.status == 403
    with pytest.raises(ServiceRefusalError) as caught:
        client.workspaces.export_to(path, house.other_workspace)
    assert caught.value.status == 404


def test_what_is_no_archive_is_refused(operator: Client, tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(b"no archive")
    with pytest.raises(ServiceRefusalError) as caught:
        operator.workspaces.import_from(path)
    assert caught.value.status == 422
    path.write_bytes(b"")
    with pytest.raises(ServiceRefusalError) as caught:
        operator.workspaces.import_from(path)
    assert caught.value.code == "body_empty"


def test_an_archive_that_breaks_off_is_fetched_again_and_never_kept_half(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(apprenti.client.transport, "FIRST_PAUSE_SECONDS", 0.01)
    rude = Rude(deeds=[breaks_off, says(200, "whole")])
    with rude.serving() as address, Client(address, token="x", patience_seconds=5) as client:
        path = client.workspaces.export_to(tmp_path / "a.zip", "any")
    assert path.read_bytes() == b"whole"
    with Rude(deeds=[breaks_off]).serving() as address:
        impatient = Client(address, token="x", patience_seconds=0)
        with impatient as client, pytest.raises(ServiceUnreachableError):
            client.workspaces.export_to(tmp_path / "b.zip", "any")
    assert [one.name for one in tmp_path.iterdir()] == ["a.zip"]


def test_traffic_and_figures_tell_what_was_answered(house: House, client: Client, operator: Client) -> None:
    task = a_task_with_images(house, 62)
    give_version(house, task, 1)
    client.versions.promote(task, 1)
    for _ in range(3):
        client.predictions.ask(task, RED)
    (day,) = client.monitoring.traffic(task, days=7)
    assert (day.n, day.version_number, day.n_errors, sum(day.labels.values())) == (3, 1, 0, 3)
    assert day.day == datetime.fromtimestamp(house.service.now_us() / 1e6, UTC).date()
    assert sum(bucket.n for bucket in day.latency) == 3
    assert day.latency[-1].up_to_ms is None
    glance = client.monitoring.dashboard(task)
    assert isinstance(glance, Dashboard)
    assert (glance.production_version, glance.alarm, glance.traffic) == (1, None, (day,))
    assert glance.corrections["accepted"] == 0
    figures = operator.monitoring.metrics()
    of_task = {figure.name: figure for figure in figures if figure.labels.get("task") == task}
    assert of_task["apprenti_predictions_total"] == Figure(
        name="apprenti_predictions_total",
        labels={"workspace": house.workspace, "task": task, "version": "1"},
        value=3.0,
    )
    usage = client.monitoring.usage()
    assert usage.n_predictions >= 3
    assert usage.n_bytes_images > 0


def test_the_alarm_says_since_when(house: House, client: Client) -> None:
    task = a_task_with_images(house, 63)
    assert client.monitoring.alarm(task) is None
    with house.service.database.write() as tx:
        alarms.put(
            tx, Alarm(task_id=task, version_number=1, n=300, is_on=True, since_day=20_000, moved=("a",))
        )
    alarm = client.monitoring.alarm(task)
    assert alarm is not None
    assert (alarm.is_on, alarm.since, alarm.prediction_ids) == (True, date(2024, 10, 4), ("a",))


def test_the_audit_log_says_who_did_what(house: House, client: Client) -> None:
    task = client.tasks.create("Bread")
    client.tasks.change(task.id, name="Cake")
    newest, oldest = client.audit.list(noun_id=task.id)
    assert (newest.noun, oldest.verb, oldest.token_id) == ("task", "create", house.token_ids["owner"])
    assert newest.created_at >= oldest.created_at
    assert next(client.audit.list()).id == newest.id


def test_a_webhook_is_made_tried_and_deleted(tmp_path: Path) -> None:
    with serving(sends(b"", 204)) as server:
        parts = {"egress_policy": local(server), "transport": Transport(clock=lambda: 0.0)}
        house = open_house(tmp_path, **parts)
        with served(house.app) as address, Client(address, token=house.secrets["owner"]) as client:
            made = client.webhooks.create(f"http://127.0.0.1:{server.port}/", ["drift.alarm"])
            assert made.secret is not None
            assert made.secret not in repr(made)
            assert client.webhooks.test(made.id).state is DeliveryState.DELIVERED
            (told,) = client.webhooks.deliveries(made.id)
            assert (told.event, told.n_attempts, told.next_at) == ("test", 1, None)
            (listed,) = client.webhooks.list()
            assert (listed.secret, listed.events, listed.is_active) == (None, ("drift.alarm",), True)
            client.webhooks.delete(made.id)
            assert list(client.webhooks.list()) == []

"""The public client of the hosted service drives a whole life against a running server, with nothing changed in it.

``ximilar-client`` is what old scripts are built on. It is given our address and a token; every call below is its own.
"""

from __future__ import annotations

import base64
import io
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from PIL import Image
from tests.api.vize.life_photos import LARGE_BYTES, made_photos, real_photos
from tests.conftest import SHARED
from tests.running_service import RunningService

client_of = pytest.importorskip("ximilar.client", reason="needs ximilar-client: scripts/setup dev")
pytest.importorskip("cv2", reason="needs opencv-python-headless: scripts/setup dev")

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

N_UPLOADED = 30
"""Of each kind; the rest is only asked about."""

LEAST_RIGHT = 0.75

BUDGET_SECONDS = 60


@pytest.fixture(autouse=True)
def only_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no name be looked up but our own: a client that asked its vendor's host would fail here."""
    look_up = socket.getaddrinfo

    def ours_only(host: Any, *rest: Any, **more: Any) -> Any:
        assert host in ("localhost", "127.0.0.1"), f"{host} was asked"
        return look_up(host, *rest, **more)

    monkeypatch.setattr(socket, "getaddrinfo", ours_only)
    monkeypatch.setenv("NO_PROXY", "*")
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RunningService]:
    environment = {"APPRENTI_CACHE": str(tmp_path / "cache"), "APPRENTI_DATA": str(tmp_path / "data")}
    with RunningService(tmp_path / "service", environment=environment) as running:
        yield running


@pytest.fixture(params=["made", pytest.param("real", marks=pytest.mark.shared)])
def photos(request: pytest.FixtureRequest, tmp_path: Path) -> dict[str, list[Path]]:
    folder = tmp_path / "photos"
    if request.param == "made":
        return made_photos(folder)
    return real_photos(SHARED / "data" / "images" / "trashnet.tar", ("cardboard", "glass"), folder)


def connected(server: RunningService) -> Any:
    """Return a client of the server, as docs/vize.md says."""
    endpoint = f"http://localhost:{urlsplit(server.url).port}/"
    return client_of.RecognitionClient(token=server.secret, endpoint=endpoint, resource_name=None)


def trained(client: Any, task_id: str) -> Any:
    """Train a task, wait for the end of it, and return it."""
    task, _ = client.get_task(task_id)
    model = task.train()
    assert model["train_status"] == "IN_TRAINING", model
    deadline = time.monotonic() + 300
    while (task := client.get_task(task_id)[0]).last_train_status == "IN_TRAINING":
        assert time.monotonic() < deadline
        time.sleep(0.5)
    assert task.last_train_status == "TRAINED", client.get(f"recognition/v2/model/{model['id']}")["problem"]
    done, _ = client.get_model(model["id"])
    assert done.train_status == "TRAINED"
    return task, done


def test_an_old_script_lives_its_whole_life_here(
    server: RunningService, photos: dict[str, list[Path]], tmp_path: Path
) -> None:
    client = connected(server)
    task, status = client.create_task("Shapes", description="which of two")
    assert status == {"status": "OK"}
    answer = server.ask("PATCH", f"/v1/tasks/{task.id}", json={"budget_seconds": BUDGET_SECONDS})
    assert answer.status_code == 200, answer.text

    held_back = {kind: files[N_UPLOADED:] for kind, files in photos.items()}
    labels = uploaded(client, task, {kind: files[:N_UPLOADED] for kind, files in photos.items()})
    images_can_be_worked_with(client, labels, tmp_path)
    task, first = trained(client, task.id)
    assert (task.production_version, first.version, first.task_name) == (1, 1, "Shapes")
    answers_are_right(client, task, held_back)
    versions_come_and_go(client, task, labels)
    asked_in_other_ways(server, client, task, held_back)
    deleted(client, task, labels)


def uploaded(client: Any, task: Any, photos: dict[str, list[Path]]) -> dict[str, Any]:
    """Upload photos of each kind under its label; one of them twice."""
    sizes = [path.stat().st_size for files in photos.values() for path in files]
    assert len(sizes) == 60
    assert min(sizes) < LARGE_BYTES < max(sizes)
    labels = {}
    for kind, files in photos.items():
        label, status = client.create_label(kind, label_type="category")
        assert status == {"status": "OK"}
        task.add_label(label.id)
        batches = client.parallel_records_processing(
            [{"_file": str(path), "meta_data": {"kind": kind}} for path in files],
            lambda records, label=label: label.upload_images(records),
            max_workers=3,
            batch_size=5,
        )
        assert [status for _, status in batches] == [{"status": "OK"}] * 6
        images = [image for found, _ in batches for image in found]
        assert len({image.id for image in images}) == 30
        (again,), status = label.upload_images([{"_file": str(files[1])}])
        assert status == {"status": "exists"}
        assert again.id in {image.id for image in images}
        labels[kind] = label
    assert {label.id for label in task.get_labels()[0]} == {label.id for label in labels.values()}
    found, status = client.get_label_by_name(next(iter(labels)))
    assert status == {"status": "OK"}
    assert client.get_label(found.id)[0].get_images_count() == 30
    return labels


def images_can_be_worked_with(client: Any, labels: dict[str, Any], tmp_path: Path) -> None:
    """List, note, verify, mark, download and delete images."""
    everything = list(client.training_images_iter())
    assert len(everything) == 60
    one, other = labels.values()
    images, following, status = one.get_training_images()
    assert (len(images), following, status["count"]) == (30, None, 30)
    assert one.get_training_images(not_label=True)[2]["count"] == 30
    image = images[0]
    assert [label.id for label in image.get_labels()[0]] == [one.id]
    assert image.add_meta_data({"shelf": 3})
    assert client.get_image(image.id)[0].get_meta_data() == {"kind": one.name, "shelf": 3}
    user = client.get_user_details()["id"]
    image.verify(user)
    assert [seen["user"] for seen in image.get_verifications()] == [user]
    assert client.get_training_images(verification=1)[2]["count"] == 1
    image.unverify()
    assert image.get_verifications() == []
    for label in (one, other):  # the fixed test set
        test, _, _ = label.get_training_images()
        client.modify_images(images=[image.id for image in test[:4]], test=True)
    assert client.get_training_images(test=True)[2]["count"] == 8
    got = Path(everything[1].download(f"{tmp_path}/")).read_bytes()
    assert Image.open(io.BytesIO(got)).size == (everything[1].img_width, everything[1].img_height)


def answers_are_right(client: Any, task: Any, held_back: dict[str, list[Path]]) -> None:
    """Classify photos of each kind; keep one when asked to, and only then."""
    records = [
        {"_file": str(path), "kind": kind, "noresize": True}
        for kind, files in held_back.items()
        for path in files
    ]
    n_kept = client.get_training_images()[2]["count"]
    result = task.classify(records)
    assert result["status"] == {"code": 200, "text": "OK"}
    right = [record["best_label"]["name"] == record["kind"] for record in result["records"]]
    assert sum(right) >= LEAST_RIGHT * len(right)
    assert all(record["_status"]["code"] == 200 for record in result["records"])
    assert client.get_training_images()[2]["count"] == n_kept
    new = base64.b64encode(_never_seen(records[0]["_file"])).decode()
    (record,) = task.classify([{"_base64": new}], store_images=True)["records"]
    kept, status = client.get_image(record["_stored_image_id"])
    assert status == {"status": "OK"}
    assert client.get_training_images()[2]["count"] == n_kept + 1
    kept.remove()
    (refused,) = task.classify([{"_url": "http://127.0.0.1:1/x.jpg", "n": 7}])["records"]
    assert (refused["_status"]["code"], refused["n"]) == (422, 7)


def versions_come_and_go(client: Any, task: Any, labels: dict[str, Any]) -> None:
    """Train again; both versions answer by their numbers, and the one not in production is deleted."""
    task, second = trained(client, task.id)
    assert second.version == 2
    assert [label.id for label in task.get_labels()[0]] == [label.id for label in labels.values()]
    other = 1 if task.production_version == 2 else 2
    listed = client.get(f"recognition/v2/model/?task={task.id}")["results"]
    by_number = {model["version"]: model["id"] for model in listed}
    assert set(by_number) == {1, 2}
    assert client.remove_model(by_number[other]).status_code == 204
    gone, status = client.get_model(by_number[other])
    assert (gone, status) == (None, {"status": "Not found."})
    assert "detail" in client.remove_model(by_number[task.production_version])


def asked_in_other_ways(
    server: RunningService, client: Any, task: Any, held_back: dict[str, list[Path]]
) -> None:
    """Ask later through a request, and as scripts of 2017 did, with a form."""
    (path, *_) = next(iter(held_back.values()))
    (record,) = task.classify([{"_file": str(path), "noresize": True}])["records"]
    kind = record["best_label"]["name"]
    encoded = base64.b64encode(path.read_bytes()).decode()
    later = client_of.AsyncRClient(token=server.secret, endpoint=client.endpoint)
    request = later.submit({"records": [{"_base64": encoded}], "task_id": task.id}, type="recognition")
    assert request.check_status() == "DONE"
    found, _ = later.get_request(request.id)
    assert found.response["records"][0]["best_label"]["name"] == kind
    with path.open("rb") as file:
        answer = requests.post(
            f"{client.endpoint}v1/classify/{task.id}/",
            files={"image": file},
            headers={"Authorization": f"JWT {server.secret}"},
            timeout=30,
        )
    assert answer.json()["prediction"] == kind


def deleted(client: Any, task: Any, labels: dict[str, Any]) -> None:
    """Delete everything; nothing is left, blobs neither."""
    one, other = labels.values()
    assert task.detach_label(other.id)["id"] == task.id
    one.wipe()
    assert client.get_training_images()[2]["count"] == 30
    images, _, _ = other.get_training_images()
    for image in images:
        image.remove()
    assert client.get_training_images()[2]["count"] == 0
    assert client.get_label(one.id)[0] is None
    other.remove()
    task.remove()
    assert client.get_task(task.id) == (None, {"status": "Not found."})
    assert client.get_all_tasks() == ([], {"status": "OK"})


def _never_seen(path: str) -> bytes:
    """Return a photo that is nearly another, and no duplicate."""
    file = io.BytesIO()
    Image.open(path).convert("RGB").resize((300, 200)).save(file, "JPEG")
    return file.getvalue()

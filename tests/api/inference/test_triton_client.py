"""A client written by others for another server (PyPI: tritonclient) asks both of ours over a real socket."""

from __future__ import annotations

import base64
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import pytest
import uvicorn
from fastapi import FastAPI
from tests.api.asking import DOOR
from tests.api.inference.inference_world import SIDE, give_model, photo, pixels_of, predictor
from tests.api.v1.service_asking import UNHURRIED, open_house
from tests.blocks.models import LABELS

from apprenti import server
from apprenti.api.app import create_app
from apprenti.api.doors import other_doors
from apprenti.api.service_app import create_service_app

triton: Any = pytest.importorskip("tritonclient.http")
triton_errors: Any = pytest.importorskip("tritonclient.utils")

pytestmark = pytest.mark.slow


@contextmanager
def over_a_socket(app: FastAPI) -> Iterator[str]:
    """Serve an application on a free port."""
    with server.listen("127.0.0.1", 0) as listening:
        running = uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="off", ws="none"))
        thread = threading.Thread(target=running.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            yield f"127.0.0.1:{listening.getsockname()[1]}"
        finally:
            running.should_exit = True
            thread.join(10)


@pytest.fixture(scope="module", params=["model files", "service"])
def asked(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Yield the client, the name of the model, headers, and the folder of the model."""
    folder = tmp_path_factory.mktemp("model")
    if request.param == "model files":
        app, name, headers = create_app({"birds": predictor(folder)}, door=DOOR), "birds", {}
    else:
        house = open_house(tmp_path_factory.mktemp("house"))
        name = give_model(house, folder)
        app = create_service_app(house.service, door=DOOR, rules=UNHURRIED, doors=other_doors(house.service))
        headers = {"Authorization": f"Bearer {house.secrets['owner']}"}
    with over_a_socket(app) as address:
        client = triton.InferenceServerClient(url=address)
        yield client, name, headers, folder
        client.close()


def test_it_finds_the_server_and_the_model_ready_and_reads_what_it_takes(asked: Any) -> None:
    client, name, headers, _ = asked
    assert client.is_server_live(headers=headers)
    assert client.is_server_ready(headers=headers)
    assert client.is_model_ready(name, headers=headers)
    assert not client.is_model_ready("nobody", headers=headers)
    assert "binary_tensor_data" in client.get_server_metadata(headers=headers)["extensions"]
    about = client.get_model_metadata(name, headers=headers)
    assert {each["name"] for each in about["inputs"]} == {"image", "pixels"}


@pytest.mark.parametrize("told_as_bytes", [True, False])
@pytest.mark.parametrize("given", ["bytes", "base64", "pixels", "pixels in JSON"])
def test_it_gets_the_answers_of_the_model(asked: Any, given: str, told_as_bytes: bool) -> None:
    client, name, headers, folder = asked
    headers = dict(headers)  # the client writes into it
    photos = [photo(1), photo(2)]
    if given.startswith("pixels"):
        pixels = np.stack([pixels_of(one, folder) for one in photos])
        tensor = triton.InferInput("pixels", [2, SIDE, SIDE, 3], "UINT8")
        tensor.set_data_from_numpy(pixels, binary_data=given == "pixels")
    else:
        tensor = triton.InferInput("image", [2], "BYTES")
        in_json = given == "base64"
        data = [base64.b64encode(one) if in_json else one for one in photos]
        tensor.set_data_from_numpy(np.array(data, np.object_), binary_data=not in_json)
    outputs = [
        triton.InferRequestedOutput(output, binary_data=told_as_bytes)
        for output in ("probabilities", "label", "familiar", "distance")
    ]
    answer = client.infer(name, [tensor], outputs=outputs, request_id="seven", headers=headers)
    assert answer.get_response()["id"] == "seven"
    expected = [predictor(folder).predict_bytes(one, item="x", top=3) for one in photos]
    p = [[dict(one.top)[label] for label in LABELS] for one in expected]
    assert answer.as_numpy("probabilities") == pytest.approx(np.array(p), abs=1e-6)
    labels = [label.decode() if isinstance(label, bytes) else label for label in answer.as_numpy("label")]
    assert labels == [one.label for one in expected]
    assert answer.as_numpy("familiar").tolist() == [one.familiar for one in expected]
    assert answer.as_numpy("distance") == pytest.approx([one.distance for one in expected], rel=1e-5)


def test_it_gets_the_best_labels_as_text(asked: Any) -> None:
    client, name, headers, _ = asked
    tensor = triton.InferInput("image", [1], "BYTES")
    tensor.set_data_from_numpy(np.array([photo(1)], np.object_))
    outputs = [triton.InferRequestedOutput("probabilities", class_count=2)]
    headers = dict(headers)
    told = client.infer(name, [tensor], outputs=outputs, headers=headers).as_numpy("probabilities")
    assert told.shape == (1, 2)
    assert told[0, 0].decode().split(":")[2] in LABELS


def test_it_is_told_what_is_wrong(asked: Any) -> None:
    client, name, headers, _ = asked
    tensor = triton.InferInput("image", [1], "BYTES")
    tensor.set_data_from_numpy(np.array([b"no image"], np.object_))
    headers = dict(headers)
    with pytest.raises(triton_errors.InferenceServerException) as caught:
        client.infer(name, [tensor], headers=headers)
    assert "image 1" in str(caught.value)

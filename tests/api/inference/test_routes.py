"""The Open Inference Protocol beside model files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
from fastapi import FastAPI
from tests.api.asking import DOOR, ask
from tests.api.inference.inference_world import (
    LENGTH,
    SIDE,
    in_bytes,
    in_json,
    outputs_of,
    photo,
    pixels_of,
    predictor,
)
from tests.blocks.models import LABELS

from apprenti.api.app import create_app
from apprenti.api.inference.requests import InferenceLimits

INFER = "/v2/models/birds/infer"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("model")


@pytest.fixture(scope="module")
def app(folder: Path) -> FastAPI:
    return create_app({"birds": predictor(folder)}, door=DOOR)


def post(app: FastAPI, body: Any, path: str = INFER, **headers: str) -> httpx.Response:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return ask(app, "POST", path, content=content, headers=headers)


def refused(answer: httpx.Response) -> int:
    """Return the status of a refusal, having checked its shape."""
    assert set(answer.json()) == {"error"}
    assert answer.json()["error"]
    return answer.status_code


def test_the_server_says_what_it_is_and_that_it_answers(app: FastAPI) -> None:
    about = ask(app, "GET", "/v2").json()
    assert about["name"] == "apprenti"
    assert {"binary_tensor_data", "classification"} <= set(about["extensions"])
    assert ask(app, "GET", "/v2/health/live").status_code == 200
    assert ask(app, "GET", "/v2/health/ready").json() == {"ready": True}


@pytest.mark.parametrize("path", ["/v2/models/birds", "/v2/models/birds/versions/1"])
def test_a_model_says_what_it_takes_and_tells(app: FastAPI, path: str) -> None:
    about = ask(app, "GET", path).json()
    assert (about["name"], about["versions"]) == ("birds", ["1"])
    inputs = {each["name"]: each for each in about["inputs"]}
    assert inputs["image"] == {"name": "image", "datatype": "BYTES", "shape": [-1]}
    assert inputs["pixels"]["shape"] == [-1, SIDE, SIDE, 3]
    outputs = {each["name"]: each for each in about["outputs"]}
    assert outputs["probabilities"]["shape"] == [-1, 3]
    assert outputs["probabilities"]["parameters"]["labels"] == list(LABELS)
    assert ask(app, "GET", f"{path}/ready").status_code == 200


def test_images_in_json_in_bytes_and_as_pixels_get_the_answers_of_the_model(
    app: FastAPI, folder: Path
) -> None:
    photos = [photo(1), photo(2)]
    expected = [predictor(folder).predict_bytes(one, item="x", top=3) for one in photos]
    pixels = np.stack([pixels_of(one, folder) for one in photos])
    tensor = {"name": "pixels", "datatype": "UINT8", "shape": list(pixels.shape)}
    head = json.dumps({"inputs": [{**tensor, "parameters": {"binary_data_size": pixels.size}}]}).encode()
    body, headers = in_bytes(*photos)
    answers = [
        post(app, in_json(*photos)),
        post(app, body, **headers),
        post(app, {"inputs": [{**tensor, "data": pixels.tolist()}]}),
        post(app, {"inputs": [{**tensor, "data": pixels.ravel().tolist()}]}),
        post(app, head + pixels.tobytes(), **{LENGTH: str(len(head))}),
    ]
    for answer in answers:
        outputs = outputs_of(answer)
        assert outputs["label"] == [one.label for one in expected]
        assert outputs["familiar"] == [one.familiar for one in expected]
        assert outputs["distance"] == pytest.approx([one.distance for one in expected])
        p = np.reshape(outputs["probabilities"], (2, 3))
        assert p[0].tolist() == pytest.approx([dict(expected[0].top)[label] for label in LABELS])


def test_a_body_that_is_one_image_alone_needs_no_json(app: FastAPI) -> None:
    alone = outputs_of(post(app, photo(1), **{LENGTH: "0"}))
    assert alone == outputs_of(post(app, in_json(photo(1))))


def test_only_what_was_asked_for_is_told_and_the_id_comes_back(app: FastAPI) -> None:
    answer = post(app, in_json(photo(1), id="mine", outputs=[{"name": "label"}]))
    assert answer.json()["id"] == "mine"
    assert (answer.json()["model_name"], answer.json()["model_version"]) == ("birds", "1")
    assert list(outputs_of(answer)) == ["label"]


def test_outputs_travel_as_bytes_where_that_was_asked_for(app: FastAPI) -> None:
    plain = outputs_of(post(app, in_json(photo(1))))
    wanted = [{"name": "probabilities", "parameters": {"binary_data": True}}, {"name": "label"}]
    answer = post(app, in_json(photo(1), outputs=wanted))
    n_json = int(answer.headers[LENGTH])
    head = json.loads(answer.content[:n_json])
    assert head["outputs"][0]["parameters"] == {"binary_data_size": 12}
    assert np.frombuffer(answer.content[n_json:], "<f4").tolist() == pytest.approx(plain["probabilities"])
    assert head["outputs"][1]["data"] == plain["label"]


def test_the_best_labels_are_told_as_text_where_that_was_asked_for(app: FastAPI) -> None:
    wanted = [{"name": "probabilities", "parameters": {"classification": 2}}]
    answer = post(app, in_json(photo(1), photo(2), outputs=wanted)).json()["outputs"][0]
    assert (answer["datatype"], answer["shape"]) == ("BYTES", [2, 2])
    p, place, label = answer["data"][0].split(":")
    assert LABELS[int(place)] == label
    assert 0 < float(p) <= 1


def test_what_is_not_there_is_not_found(app: FastAPI) -> None:
    for path in ("/v2/models/cats", "/v2/models/birds/versions/2", "/v2/models/cats/ready", "/v2/what"):
        assert refused(ask(app, "GET", path)) == 404
    assert refused(post(app, in_json(photo(1)), "/v2/models/cats/infer")) == 404
    assert refused(ask(app, "GET", INFER)) == 405


def test_an_image_that_cannot_be_used_is_named(app: FastAPI) -> None:
    answer = post(app, in_json(photo(1), b"no image"))
    assert refused(answer) == 422
    assert "image 2" in answer.json()["error"]


def test_refusals_are_in_the_senders_language(app: FastAPI) -> None:
    words = [post(app, {}, **{"accept-language": lang}).json()["error"] for lang in ("en", "fr")]
    assert words[0] != words[1]


BYTES_OF_ONE = {"name": "image", "datatype": "BYTES", "shape": [1]}


def one(**changes: Any) -> dict[str, Any]:
    return {"inputs": [{**BYTES_OF_ONE, "data": [""], **changes}]}


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"inputs": []},
        {"inputs": {"name": "image"}},
        {"inputs": [1]},
        one(name=7),
        one(name="picture"),
        one(datatype="FP32"),
        one(datatype=["BYTES"]),
        one(shape=[]),
        one(shape=[0]),
        one(shape=[-1]),
        one(shape=[True]),
        one(shape=["1"]),
        one(shape=[2]),
        one(shape=[1, 2]),
        one(data="abc"),
        one(data=["not base64!"]),
        one(data=[["YWJj", "YWJj"]]),
        one(data=[None]),
        one(parameters=[]),
        one(parameters={"binary_data_size": 5}),
        one(parameters={"binary_data_size": "0"}),
        {"inputs": [BYTES_OF_ONE]},
        {"inputs": [{**BYTES_OF_ONE, "data": []}] * 2},
        one() | {"id": 5},
        one() | {"outputs": {"name": "label"}},
        one() | {"outputs": [{"name": "nothing"}]},
        one() | {"outputs": ["label"]},
        one() | {"outputs": [{"name": "label", "parameters": {"classification": 2}}]},
        one() | {"outputs": [{"name": "probabilities", "parameters": {"classification": -1}}]},
        one() | {"outputs": [{"name": "label"}] * 100},
        {"inputs": [{"name": "pixels", "datatype": "UINT8", "shape": [1, SIDE, SIDE, 3], "data": [1, 2]}]},
        {"inputs": [{"name": "pixels", "datatype": "UINT8", "shape": [1, SIDE, SIDE], "data": [1]}]},
        {
            "inputs": [
                {
                    "name": "pixels",
                    "datatype": "UINT8",
                    "shape": [1, SIDE, SIDE, 3],
                    "data": [300] * 768,
                }
            ]
        },
    ],
)
def test_malformed_requests_are_refused_in_one_line(app: FastAPI, asked: dict[str, Any]) -> None:
    assert refused(post(app, asked)) == 422


@pytest.mark.parametrize(
    ("body", "length", "status"),
    [
        (b"{", None, 400),
        (b"[]", None, 400),
        (b'{"inputs": NaN}', None, 422),
        (b"[" * 50_000, None, 400),
        (b"", None, 400),
        (b"{}", "3", 400),
        (b"{}", "-1", 400),
        (b"{}", "\u00b2", 400),
    ],
)
def test_bodies_that_are_no_request_are_refused(
    app: FastAPI, body: bytes, length: str | None, status: int
) -> None:
    headers = {} if length is None else {LENGTH: length.encode("latin-1")}
    answer = ask(app, "POST", INFER, content=body, headers=headers)
    assert refused(answer) == status


def test_a_compressed_request_is_refused(app: FastAPI) -> None:
    assert refused(post(app, in_json(photo(1)), **{"content-encoding": "gzip"})) == 415


@pytest.mark.parametrize("cut", [1, 3, 10])
def test_bytes_that_do_not_add_up_are_refused(app: FastAPI, cut: int) -> None:
    body, headers = in_bytes(photo(1))
    assert refused(post(app, body[:-cut], **headers)) == 422
    assert refused(post(app, body + b"x", **headers)) == 422


def test_too_many_images_are_refused(app: FastAPI) -> None:
    most = InferenceLimits().max_images
    assert refused(post(app, in_json(*[b"x"] * (most + 1)))) == 413

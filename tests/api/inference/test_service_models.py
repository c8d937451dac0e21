"""The Open Inference Protocol before the service: tokens, workspaces, versions, what is kept."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.api.inference.inference_world import (
    LENGTH,
    SIDE,
    give_model,
    in_json,
    outputs_of,
    photo,
    pixels_of,
    predictor,
)
from tests.api.v1.service_asking import DOOR, UNHURRIED, House, open_house
from tests.fake_service import OPERATOR

from apprenti.api.doors import other_doors
from apprenti.api.service_app import create_service_app
from apprenti.flow.service import predictions, versions


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("model")


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    house = open_house(tmp_path_factory.mktemp("house"))
    doors = other_doors(house.service)
    app = create_service_app(house.service, door=DOOR, rules=UNHURRIED, doors=doors)
    return House(**{name: getattr(house, name) for name in house.__dataclass_fields__} | {"app": app})


def test_a_task_answers_by_its_id_and_by_its_name(house: House, folder: Path) -> None:
    task = give_model(house, folder, name="birds by name")
    expected = predictor(folder).predict_bytes(photo(1), item="x")
    for name in (task, "birds by name"):
        outputs = outputs_of(house.ask("POST", f"/v2/models/{name}/infer", json=in_json(photo(1))))
        assert outputs["label"] == [expected.label]
        kept = predictions.get_prediction(
            house.service, OPERATOR, house.workspace, outputs["prediction_id"][0]
        )
        assert (kept.task_id, kept.version_number, kept.image_id) == (task, 1, None)


def test_every_image_of_a_request_is_kept_as_an_answer_or_none_is(house: House, folder: Path) -> None:
    task = give_model(house, folder)
    path = f"/v2/models/{task}/infer"
    ids = outputs_of(house.ask("POST", path, json=in_json(photo(1), photo(2), photo(3))))["prediction_id"]
    refused = house.ask("POST", path, json=in_json(photo(4), b"no image"))
    assert refused.status_code == 422
    kept = predictions.list_predictions(house.service, OPERATOR, house.workspace, task_id=task).items
    assert {one.id for one in kept} == set(ids)
    assert len(ids) == 3


def test_pixels_are_answered_too(house: House, folder: Path) -> None:
    task = give_model(house, folder)
    pixels = pixels_of(photo(1), folder)
    tensor = {"name": "pixels", "datatype": "UINT8", "shape": [1, SIDE, SIDE, 3], "data": pixels.tolist()}
    outputs = outputs_of(house.ask("POST", f"/v2/models/{task}/infer", json={"inputs": [tensor]}))
    assert outputs["label"] == [predictor(folder).predict_bytes(photo(1), item="x").label]


def test_a_version_is_asked_by_its_number(house: House, folder: Path) -> None:
    task = give_model(house, folder, numbers=(1, 2))
    assert house.ask("GET", f"/v2/models/{task}").json()["versions"] == ["2", "1"]
    for path, number in ((task, "2"), (f"{task}/versions/1", "1")):
        answer = house.ask("POST", f"/v2/models/{path}/infer", json=in_json(photo(1)))
        assert answer.json()["model_version"] == number
    for wrong in ("3", "0", "-1", "x", "9" * 30):
        assert house.ask("GET", f"/v2/models/{task}/versions/{wrong}/ready").status_code == 404


def test_who_answers_changes_at_once_with_a_promotion_or_a_roll_back(house: House, folder: Path) -> None:
    task = give_model(house, folder, numbers=(1, 2))
    here = (house.service, OPERATOR, house.workspace)

    def answers() -> str:
        answer = house.ask("POST", f"/v2/models/{task}/infer", json=in_json(photo(1)))
        return str(answer.json()["model_version"])

    assert answers() == "2"
    versions.promote(*here, task, 1)
    assert answers() == "1"
    versions.roll_back(*here, task)
    assert answers() == "2"


def test_a_task_without_a_version_is_not_ready(house: House) -> None:
    task = house.make("/v1/tasks", json={"name": "Empty"})["id"]
    for name in (task, "Empty"):
        answer = house.ask("GET", f"/v2/models/{name}/ready")
        assert (answer.status_code, set(answer.json())) == (409, {"error"})


def test_a_name_that_two_tasks_have_is_refused(house: House, folder: Path) -> None:
    give_model(house, folder, name="twice")
    give_model(house, folder, name="twice")
    assert house.ask("GET", "/v2/models/twice").status_code == 409


def test_another_workspaces_tasks_are_not_there(house: House, folder: Path) -> None:
    task = give_model(house, folder, name="mine")
    for path in (f"/v2/models/{task}", f"/v2/models/{task}/ready", "/v2/models/mine"):
        assert house.ask("GET", path, as_="stranger").status_code == 404
    infer = house.ask("POST", f"/v2/models/{task}/infer", as_="stranger", json=in_json(photo(1)))
    assert infer.status_code == 404
    elsewhere = house.ask("GET", f"/v2/models/{task}?workspace={house.workspace}", as_="stranger")
    assert elsewhere.status_code == 404


def test_nobody_is_answered_without_a_token_but_the_probes(house: House, folder: Path) -> None:
    task = give_model(house, folder)
    assert house.ask("GET", "/v2/health/live", as_="").status_code == 200
    assert house.ask("GET", "/v2/health/ready", as_="").json() == {"ready": True}
    for method, path in (("GET", "/v2"), ("GET", f"/v2/models/{task}"), ("POST", f"/v2/models/{task}/infer")):
        answer = house.ask(method, path, as_="", headers={LENGTH: "0"}, content=b"x")
        assert (answer.status_code, set(answer.json())) == (401, {"error"})

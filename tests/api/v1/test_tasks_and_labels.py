"""Tasks, labels, workspaces and tokens through the REST door."""

from __future__ import annotations

from typing import Any

import pytest
from tests.api.v1.service_asking import House, code_of, open_house


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    return open_house(tmp_path_factory.mktemp("house"))


def test_a_task_is_made_shown_changed_listed_and_deleted(house: House) -> None:
    made = house.make("/v1/tasks", json={"name": "Bread or cake", "keeps_images": True})
    path = f"/v1/tasks/{made['id']}"
    assert house.ask("GET", path, as_="reader").json() == made
    assert made["created_at"].startswith("2025-10-09T")
    changed = house.ask("PATCH", path, json={"name": "Bread", "corrections_until_retrain": 5}).json()
    assert changed == made | {"name": "Bread", "corrections_until_retrain": 5}
    assert made["id"] in [task["id"] for task in house.ask("GET", "/v1/tasks").json()["items"]]
    assert house.ask("DELETE", path).status_code == 204
    assert code_of(house.ask("GET", path)) == "not_found"


def test_labels_answer_tasks(house: House) -> None:
    task = house.make("/v1/tasks", json={"name": "Many", "task_type": "multi_label"})
    label = house.make("/v1/labels", json={"name": "burnt", "kind": "tag"})
    path = f"/v1/tasks/{task['id']}/labels"
    assert house.ask("PUT", f"{path}/{label['id']}").status_code == 204
    there = house.ask("GET", path).json()["items"]
    assert [(one["name"], one["is_negative"]) for one in there] == [("none", True), ("burnt", False)]
    assert [one["id"] for one in house.ask("GET", f"/v1/labels?task={task['id']}").json()["items"]] == [
        one["id"] for one in there
    ]
    tasks = house.ask("GET", f"/v1/labels/{label['id']}/tasks").json()["items"]
    assert [one["id"] for one in tasks] == [task["id"]]
    assert house.ask("DELETE", f"{path}/{label['id']}").status_code == 204
    changed = house.ask("PATCH", f"/v1/labels/{label['id']}", json={"output_name": "B"}).json()
    assert (changed["name"], changed["output_name"]) == ("burnt", "B")
    assert house.ask("GET", f"/v1/labels/{label['id']}").json()["n_images"] == 0
    assert house.ask("GET", "/v1/labels?search=BURN").json()["items"][0]["id"] == label["id"]
    assert house.ask("DELETE", f"/v1/labels/{label['id']}").status_code == 204


def test_lists_come_in_pages_that_miss_nothing_and_repeat_nothing(house: House) -> None:
    made = [house.make("/v1/labels", json={"name": f"page {n}"})["id"] for n in range(7)]
    seen, cursor = [], ""
    while cursor is not None:
        page = house.ask("GET", f"/v1/labels?search=page&limit=3{cursor and '&cursor=' + cursor}").json()
        seen += [label["id"] for label in page["items"]]
        cursor = page["next_cursor"]
    assert seen == made


def test_workspaces_are_an_operators(house: House) -> None:
    assert code_of(house.ask("POST", "/v1/workspaces", json={"name": "Mine"})) == "role_too_low"
    made = house.make("/v1/workspaces", as_="operator", json={"name": "Bakery"})
    assert house.ask("GET", f"/v1/workspaces/{made['id']}", as_="operator").json() == made
    assert house.ask("GET", f"/v1/workspaces/{made['id']}").status_code == 404
    task = house.make(f"/v1/tasks?workspace={made['id']}", as_="operator", json={"name": "There"})
    assert task["workspace_id"] == made["id"]
    assert len(house.ask("GET", "/v1/workspaces", as_="operator").json()["items"]) >= 3
    assert [one["id"] for one in house.ask("GET", "/v1/workspaces").json()["items"]] == [house.workspace]
    assert house.ask("DELETE", f"/v1/workspaces/{made['id']}", as_="operator").status_code == 204
    gone = house.ask("POST", f"/v1/tasks?workspace={made['id']}", as_="operator", json={"name": "There"})
    assert code_of(gone) == "not_found"


def test_a_token_is_shown_once_and_opens_nothing_once_taken_back(house: House) -> None:
    made = house.make("/v1/tokens", json={"name": "phone", "role": "reader"})
    shown = {"authorization": f"Bearer {made['secret']}"}
    me = house.ask("GET", "/v1/me", headers=shown).json()
    assert me == {
        "token_id": made["id"],
        "role": "reader",
        "workspace_id": house.workspace,
        "opens_all": False,
    }
    assert made["secret"] not in house.ask("GET", "/v1/tokens").text
    assert house.ask("DELETE", f"/v1/tokens/{made['id']}").status_code == 204
    refused = house.ask("GET", "/v1/me", headers=shown)
    assert (refused.status_code, code_of(refused)) == (401, "token_unknown")
    assert refused.headers["www-authenticate"] == "Token"


NOBODY = "00000000-0000-4000-8000-000000000000"


@pytest.mark.parametrize(
    ("method", "path", "options", "status", "code"),
    [
        ("GET", "/v1/nothing", {}, 404, "page_unknown"),
        ("GET", "/v1/tasks/", {}, 404, "page_unknown"),
        ("PUT", "/v1/tasks", {}, 405, "method_unknown"),
        ("GET", "/v1/tasks/..%2f..%2fetc", {}, 404, "page_unknown"),
        ("GET", "/v1/tasks/UPPER", {}, 422, "request_malformed"),
        ("GET", f"/v1/tasks/{NOBODY}", {}, 404, "not_found"),
        ("GET", f"/v1/tasks/{NOBODY}%00", {}, 400, "nul_character"),
        ("GET", "/v1/tasks?name__contains=x", {}, 422, "parameter_unknown"),
        ("GET", "/v1/tasks?limit=0", {}, 422, "request_malformed"),
        ("GET", "/v1/tasks?cursor=xyz", {}, 400, "bad_cursor"),
        ("GET", f"/v1/tasks?workspace={NOBODY}", {}, 404, "not_found"),
        ("GET", "/v1/labels?search=%00", {}, 400, "nul_character"),
        ("POST", "/v1/tasks", {"json": {}}, 422, "request_malformed"),
        ("POST", "/v1/tasks", {"json": {"name": "x", "colour": "red"}}, 422, "request_malformed"),
        ("POST", "/v1/tasks", {"json": {"name": " "}}, 400, "text_missing"),
        ("POST", "/v1/tasks", {"json": {"name": "a\x07b"}}, 400, "text_control"),
        ("POST", "/v1/tasks", {"json": {"name": "a\x00b"}}, 422, "nul_character"),
        ("POST", "/v1/tasks", {"content": b'{"name": "\\ud800"}'}, 422, "nul_character"),
        ("POST", "/v1/tasks", {"content": b'{"name": "x", "budget_seconds": NaN}'}, 422, "json_not_finite"),
        ("POST", "/v1/tasks", {"content": b'{"name": "x", "budget_seconds": 1e999}'}, 422, "json_not_finite"),
        ("POST", "/v1/tasks", {"content": b"[" * 40 + b"]" * 40}, 422, "json_too_deep"),
        ("POST", "/v1/tasks", {"content": b"[" * 100_000}, 422, "json_malformed"),
        ("POST", "/v1/tasks", {"content": b"\xff"}, 422, "json_malformed"),
        ("POST", "/v1/tasks", {"content": b" " * 1_000_001}, 413, "json_too_large"),
        ("POST", "/v1/tasks", {"content": b" " * 2_000_001}, 413, "body_too_large"),
        ("POST", "/v1/tasks", {"content": b"x", "headers": {"content-type": "text/plain"}}, 415, "not_json"),
        ("GET", "/v1/me", {"headers": {"authorization": "Token nobody"}}, 401, "token_unknown"),
        ("GET", "/v1/me", {"headers": {"authorization": "Basic eDp5"}}, 401, "token_unknown"),
        ("GET", "/v1/nothing", {"as_": ""}, 401, "token_unknown"),
    ],
)
def test_every_refusal_has_one_shape(
    house: House, method: str, path: str, options: dict[str, Any], status: int, code: str
) -> None:
    answer = house.ask(method, path, **options)
    assert (answer.status_code, code_of(answer)) == (status, code)


def test_refusals_are_said_in_french(house: House) -> None:
    answer = house.ask("GET", "/v1/me", as_="", headers={"accept-language": "fr"})
    assert answer.json()["error"]["message"].startswith("aucun jeton")


def test_a_task_has_one_label_of_a_name_whatever_its_capitals_and_spaces(house: House) -> None:
    task = house.make("/v1/tasks", json={"name": "Bakery"})["id"]
    bread, other, cake = (
        house.make("/v1/labels", json={"name": n})["id"] for n in ("Rye bread", " rye  BREAD ", "cake")
    )
    for label, status in ((bread, 204), (bread, 204), (other, 409), (cake, 204)):
        answer = house.ask("PUT", f"/v1/tasks/{task}/labels/{label}")
        assert answer.status_code == status
    refused = house.ask("PUT", f"/v1/tasks/{task}/labels/{other}")
    assert code_of(refused) == "label_name_twice"
    assert bread in refused.json()["error"]["message"]
    assert code_of(house.ask("PATCH", f"/v1/labels/{cake}", json={"name": "RYE bread"})) == "label_name_twice"
    assert house.ask("PATCH", f"/v1/labels/{bread}", json={"name": "rye bread"}).json()["name"] == "rye bread"
    assert (
        house.ask("PATCH", f"/v1/labels/{other}", json={"name": "rye bread"}).status_code == 200
    )  # of no task


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/v1/tasks", "GET, POST"),
        (f"/v1/tasks/{NOBODY}", "DELETE, GET, PATCH"),
        (f"/v1/images/{NOBODY}/labels/{NOBODY}", "DELETE, PUT"),
    ],
)
def test_who_takes_the_wrong_method_is_told_every_right_one(house: House, path: str, allowed: str) -> None:
    for method in {"PUT", "POST", "TRACE"} - set(allowed.split(", ")):
        answer = house.ask(method, path)
        assert (answer.status_code, answer.headers["allow"]) == (405, allowed)
        assert allowed in answer.json()["error"]["message"]


def test_what_is_wrong_with_fields_is_said_in_the_senders_language(house: House) -> None:
    body = {
        "budget_seconds": 3,
        "task_type": "x",
        "colour": 1,
        "keeps_images": "perhaps",
        "description": None,
    }
    french = {"accept-language": "fr"}
    error = house.ask("POST", "/v1/tasks", json=body, headers=french).json()["error"]
    assert {one["where"]: one["problem"] for one in error["details"]} == {
        "body.name": "manque",
        "body.task_type": "doit être l’une des valeurs suivantes\u202f: multi_class, multi_label, regression",
        "body.description": "doit être un texte",
        "body.keeps_images": "doit être true ou false",
        "body.budget_seconds": "doit être au moins égal à 15",
        "body.colour": "n’est pas connu ici\u202f; retirez-le ou vérifiez son orthographe",
    }
    assert "body.name manque" in error["message"]
    path = house.ask("GET", "/v1/tasks/UPPER", headers=french).json()["error"]["details"]
    assert path[0]["problem"].startswith("doit être un identifiant")


def test_operators_see_and_take_back_the_tokens_that_open_all(house: House) -> None:
    made = house.make(
        "/v1/tokens", as_="operator", json={"name": "x", "role": "operator", "all_workspaces": True}
    )
    path = f"/v1/tokens/{made['id']}"
    listed = house.ask("GET", "/v1/tokens?all_workspaces=true", as_="operator").json()["items"]
    assert made["id"] in [token["id"] for token in listed]
    assert {token["workspace_id"] for token in listed} == {None}
    assert code_of(house.ask("GET", "/v1/tokens?all_workspaces=true")) == "role_too_low"
    assert house.ask("DELETE", path).status_code == 404  # an owner does not even learn that it is there
    assert house.ask("DELETE", path, as_="operator").status_code == 204
    header = {"authorization": f"Token {made['secret']}"}
    assert house.ask("GET", "/v1/me", headers=header).status_code == 401


def test_health_needs_no_token(house: House) -> None:
    assert house.ask("GET", "/v1/health/live", as_="").json() == {"status": "live"}
    assert house.ask("GET", "/v1/health/ready", as_="").json() == {"status": "ready"}

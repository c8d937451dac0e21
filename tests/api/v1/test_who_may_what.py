"""Every operation of the document: who may ask for it, and that nobody asks across workspaces."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from tests.api.v1.operations import LEAST_ROLE, NOBODY, OPEN, OPERATIONS, WITH_TOKEN, Operation
from tests.api.v1.service_asking import House, a_task_with_images, code_of, give_version, open_house
from tests.api.vize.vize_world import FakeModels
from tests.fake_models import RED
from tests.fake_service import picture

from apprenti.domain.service import Correction, CorrectionState, Role, Webhook
from apprenti.store.database import corrections, webhooks

NEW_IDS = ("c0000000-0000-4000-8000-000000000001", "d0000000-0000-4000-8000-000000000001")


def named(operation: Operation) -> str:
    return operation.id


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    return open_house(tmp_path_factory.mktemp("house"), models=FakeModels())


@pytest.fixture(scope="module")
def ids(house: House) -> Mapping[str, str]:
    """Return the ids of one thing of each kind, all of the first workspace, whose names hold the word ``hidden``."""
    task = a_task_with_images(house, 1)
    give_version(house, task, 1)
    give_version(house, task, 2)
    house.make(f"/v1/tasks/{task}/versions/1/promote")
    house.ask("PATCH", f"/v1/tasks/{task}", json={"name": "hidden"})
    label = house.make("/v1/labels", json={"name": "hidden"})["id"]
    image = house.make(f"/v1/images?label={label}&name=hidden", content=picture((3, 1, 4)))["id"]
    correction = Correction(
        id=NEW_IDS[0], workspace_id=house.workspace, task_id=task, image_id=image, label_ids=(label,),
        state=CorrectionState.QUARANTINED, created_us=1,
    )  # fmt: skip
    hook = Webhook(
        id=NEW_IDS[1], workspace_id=house.workspace, url="https://hidden.example.org/",
        events=("drift.alarm",), secret="hidden", created_us=1,
    )  # fmt: skip
    with house.service.database.write() as tx:
        corrections.insert(tx, correction)
        webhooks.insert(tx, hook)
    return {
        "correction_id": correction.id,
        "webhook_id": hook.id,
        "workspace_id": house.workspace,
        "token_id": house.token_ids["reader"],
        "task_id": task,
        "label_id": label,
        "image_id": image,
        "training_id": house.make(f"/v1/tasks/{task}/trainings")["id"],
        "number": "1",
        "prediction_id": house.make(f"/v1/tasks/{task}/predictions", content=RED)["id"],
    }


def test_every_operation_has_its_role() -> None:
    assert {operation.id for operation in WITH_TOKEN} == set(LEAST_ROLE)
    assert {operation.id for operation in OPERATIONS} - set(LEAST_ROLE) == OPEN


@pytest.mark.parametrize("operation", WITH_TOKEN, ids=named)
def test_nobody_asks_without_a_token(house: House, operation: Operation) -> None:
    method, path, options = operation.about({})
    answer = house.ask(method, path, as_="", **options)
    assert (answer.status_code, code_of(answer)) == (401, "token_unknown")


@pytest.mark.parametrize("operation", WITH_TOKEN, ids=named)
def test_each_role_may_what_the_table_says_and_no_more(house: House, operation: Operation) -> None:
    for role in Role:
        ids = {"number": "7"} if operation.id != "show_workspace" else {"workspace_id": house.workspace}
        method, path, options = operation.about(ids)
        answer = house.ask(method, path, as_=role.name.lower(), **options)
        may = role >= LEAST_ROLE[operation.id]
        assert (answer.status_code != 403) is may, (role, answer.text)
        if not may:
            assert code_of(answer) == "role_too_low"


def told_of(house: House, ids: Mapping[str, str], text: str) -> list[str]:
    """Return which of the first workspace's things a text tells of."""
    secrets = [*ids.values(), house.workspace, *house.token_ids.values(), "hidden"]
    own = {house.token_ids["stranger"], house.token_ids["operator"], "1"}
    return [word for word in secrets if word not in own and word in text]


@pytest.mark.parametrize("operation", WITH_TOKEN, ids=named)
def test_an_owner_of_another_workspace_finds_nothing_here(
    house: House, ids: Mapping[str, str], operation: Operation
) -> None:
    before = house.ask("GET", "/v1/usage").json()
    method, path, options = operation.about(ids)
    answer = house.ask(method, path, as_="stranger", **options)
    if operation.names_something:
        assert answer.status_code in (403, 404), answer.text
        assert code_of(answer) in ("not_found", "role_too_low")
    else:
        # what is asked about is the id he gave himself; beyond that he is told nothing
        assert told_of(house, ids, answer.text) == []
    assert house.ask("GET", "/v1/usage").json() == before


@pytest.mark.parametrize("operation", WITH_TOKEN, ids=named)
def test_naming_the_workspace_opens_it_to_nobody(
    house: House, ids: Mapping[str, str], operation: Operation
) -> None:
    before = house.ask("GET", "/v1/usage").json()
    method, path, options = operation.about(ids, query=f"?workspace={house.workspace}")
    answer = house.ask(method, path, as_="stranger", **options)
    assert (answer.status_code, code_of(answer)) == (404, "not_found")
    assert house.ask("GET", "/v1/usage").json() == before


FILTERS = {
    "task": "task_id",
    "label": "label_id",
    "without_label": "label_id",
    "noun_id": "task_id",
    "token": "token_id",
    "search": "",
}


@pytest.mark.parametrize(
    ("operation", "name"),
    [(each, name) for each in WITH_TOKEN for name in FILTERS if name in each.query and each.method == "GET"],
    ids=lambda value: value if isinstance(value, str) else value.id,
)
def test_a_filter_by_what_is_hidden_finds_what_a_filter_by_nothing_finds(
    house: House, ids: Mapping[str, str], operation: Operation, name: str
) -> None:
    found = []
    for wanted in (ids.get(FILTERS[name], "hidden"), NOBODY):
        method, path, options = operation.about(ids, query=f"?{name}={wanted}")
        answer = house.ask(method, path, as_="stranger", **options)
        assert told_of(house, ids, answer.text.replace(wanted, "")) == []
        found.append(answer.text.replace(wanted, "the one asked for"))
    assert found[0] == found[1]


def test_foreign_labels_are_not_put_on_own_images_nor_own_labels_on_foreign_tasks(
    house: House, ids: Mapping[str, str]
) -> None:
    image = house.make("/v1/images", as_="stranger", content=picture((9, 9, 1)))["id"]
    label = house.make("/v1/labels", as_="stranger", json={"name": "mine"})["id"]
    task = house.make("/v1/tasks", as_="stranger", json={"name": "mine"})["id"]
    upload = ("POST", f"/v1/images?label={ids['label_id']}", {"content": picture((9, 9, 2))})
    both = {"image_ids": [image], "add": [{"label_id": ids["label_id"]}]}
    remove = {"image_ids": [image], "remove": [ids["label_id"]]}
    for method, path, options in (
        ("PUT", f"/v1/images/{image}/labels/{ids['label_id']}", {}),
        ("DELETE", f"/v1/images/{image}/labels/{ids['label_id']}", {}),
        ("PUT", f"/v1/images/{ids['image_id']}/labels/{label}", {}),
        ("PUT", f"/v1/tasks/{ids['task_id']}/labels/{label}", {}),
        ("PUT", f"/v1/tasks/{task}/labels/{ids['label_id']}", {}),
        ("POST", "/v1/images/labels", {"json": both}),
        ("POST", "/v1/images/labels", {"json": remove}),
        ("POST", "/v1/images/delete", {"json": {"image_ids": [image, ids["image_id"]]}}),
        upload,
    ):
        answer = house.ask(method, path, as_="stranger", **options)
        assert (answer.status_code, code_of(answer)) == (404, "not_found"), path
    assert house.ask("GET", f"/v1/images/{image}", as_="stranger").json()["labels"] == []


def test_an_operator_reaches_each_workspace_by_its_name(house: House, ids: Mapping[str, str]) -> None:
    path = f"/v1/tasks/{ids['task_id']}"
    assert house.ask("GET", f"{path}?workspace={house.workspace}", as_="operator").status_code == 200
    elsewhere = house.ask("GET", f"{path}?workspace={house.other_workspace}", as_="operator")
    assert elsewhere.status_code == 404
    assert house.ask("GET", f"{path}?workspace={NOBODY}", as_="operator").status_code == 404

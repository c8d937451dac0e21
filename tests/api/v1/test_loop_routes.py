"""Corrections, the review queue, what is watched and webhooks through the REST door."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from tests.api.v1.service_asking import DOOR, UNHURRIED, House, code_of
from tests.egress.servers import local, sends, serving
from tests.fake_loop import Loop, mixture, open_loop, shade
from tests.fake_service import OPERATOR

from apprenti.api.service_app import create_service_app
from apprenti.domain.service import Role
from apprenti.egress import Transport
from apprenti.flow.service import access, workspaces


@dataclass(frozen=True, kw_only=True)
class LoopHouse:
    """A task in use behind its application."""

    loop: Loop
    house: House

    @property
    def task(self) -> str:
        """The task's path."""
        return f"/v1/tasks/{self.loop.task.id}"

    def correct(self, data: bytes, name: str, **options: Any) -> dict[str, Any]:
        """Ask about an image and correct the answer."""
        prediction = self.loop.ask(data)
        body = {"label_ids": list(self.loop.id_of(name))}
        return self.house.make(f"/v1/predictions/{prediction.id}/corrections", json=body, **options)


def open_loop_house(folder: Path, **parts: Any) -> LoopHouse:
    loop = open_loop(folder, url=f"sqlite:///{folder}/apprenti.db", corrections_until_retrain=1)
    service = replace(loop.service, **parts)
    other = workspaces.create_workspace(service, OPERATOR, name="Other").id
    tokens = {
        role.name.lower(): access.create_token(
            service, OPERATOR, None if role is Role.OPERATOR else loop.here, name=role.name, role=role
        )
        for role in Role
    }
    tokens["stranger"] = access.create_token(service, OPERATOR, other, name="stranger", role=Role.OWNER)
    house = House(
        service=service,
        app=create_service_app(service, door=DOOR, rules=UNHURRIED, n_threads=2),
        workspace=loop.here,
        other_workspace=other,
        secrets={name: token.secret for name, token in tokens.items()},
    )
    return LoopHouse(loop=loop, house=house)


@pytest.fixture
def here(tmp_path: Path) -> LoopHouse:
    return open_loop_house(tmp_path)


def test_a_correction_is_one_request_and_leads_to_a_training(here: LoopHouse) -> None:
    made = here.correct(mixture(120, 20, 110), "blue", as_="editor")
    assert (made["state"], made["agrees"], made["reason"]) == ("accepted", False, None)
    assert here.house.ask("GET", f"/v1/corrections/{made['id']}", as_="reader").json() == made
    image = here.house.ask("GET", f"/v1/images/{made['image_id']}").json()
    assert [label["name"] for label in image["labels"]] == ["blue"]
    (training,) = here.house.ask("GET", "/v1/trainings").json()["items"]
    assert training["reason"] == "corrections"


def test_a_slip_is_taken_back_in_one_request_by_whoever_made_it(here: LoopHouse) -> None:
    made = here.correct(mixture(120, 20, 110), "green", as_="editor")
    path = f"/v1/corrections/{made['id']}/withdraw"
    gone = here.house.ask("POST", path, as_="editor").json()
    assert (gone["state"], gone["decided_by"]) == ("rejected", made["token_id"])
    assert here.house.ask("GET", f"/v1/images/{made['image_id']}").json()["labels"] == []
    answer = here.house.ask("POST", path, as_="editor")
    assert (answer.status_code, code_of(answer)) == (409, "correction_settled")


def test_what_is_held_says_why_in_the_readers_language_and_an_owner_decides(here: LoopHouse) -> None:
    held = [here.correct(shade("red", number), "blue") for number in (77, 78)]
    assert {one["state"] for one in held} == {"quarantined"}
    listed = here.house.ask("GET", f"/v1/corrections?state=quarantined&task={here.loop.task.id}").json()[
        "items"
    ]
    assert [one["id"] for one in listed] == [one["id"] for one in reversed(held)]
    path = f"/v1/corrections/{held[0]['id']}"
    french = here.house.ask("GET", path, headers={"accept-language": "fr"}).json()
    assert french["reason"]["code"] == held[0]["reason"]["code"]
    assert french["reason"]["message"] != held[0]["reason"]["message"]
    assert code_of(here.house.ask("POST", f"{path}/release", as_="editor")) == "role_too_low"
    assert here.house.ask("POST", f"{path}/release").json()["state"] == "accepted"
    assert here.house.ask("POST", f"/v1/corrections/{held[1]['id']}/reject").json()["state"] == "rejected"
    assert here.house.ask("POST", f"{path}/reject").json()["state"] == "rejected"
    assert code_of(here.house.ask("POST", f"{path}/reject")) == "correction_rejected"


def test_an_owner_drops_what_a_token_gave_in_a_time_and_sees_beforehand_what_that_is(here: LoopHouse) -> None:
    before = here.correct(mixture(118, 20, 110), "blue", as_="editor")
    given = [here.correct(mixture(120 + n, 20, 110), "blue", as_="editor") for n in range(2)]
    other = here.correct(mixture(140, 20, 130), "blue")
    body = {"token_id": given[0]["token_id"], "since": given[0]["created_at"]}
    listed = here.house.ask(
        "GET", "/v1/corrections", params={"token": body["token_id"], "since": body["since"]}
    ).json()["items"]
    assert {one["id"] for one in listed} == {one["id"] for one in given}
    assert (
        code_of(here.house.ask("POST", "/v1/corrections/reject", json=body, as_="editor")) == "role_too_low"
    )
    assert here.house.ask("POST", "/v1/corrections/reject", json=body).json() == {"n": 2}
    assert here.house.ask("POST", "/v1/corrections/reject", json=body).json() == {"n": 0}
    states = [
        here.house.ask("GET", f"/v1/corrections/{one['id']}").json()["state"]
        for one in (before, *given, other)
    ]
    assert states == ["accepted", "rejected", "rejected", "accepted"]
    assert code_of(here.house.ask("POST", "/v1/corrections/reject", json={})) == "corrections_unnamed"
    naive = here.house.ask("POST", "/v1/corrections/reject", json={"since": "2026-01-31T08:00:00"})
    assert naive.status_code == 422  # whose eight o'clock?


def test_a_correction_sent_again_is_given_once(here: LoopHouse) -> None:
    prediction = here.loop.ask(mixture(120, 20, 110))
    path = f"/v1/predictions/{prediction.id}/corrections"
    body, headers = {"label_ids": list(here.loop.id_of("blue"))}, {"idempotency-key": "one"}
    first, second = (here.house.ask("POST", path, json=body, headers=headers) for _ in range(2))
    assert first.json() == second.json()
    assert second.headers["idempotent-replayed"] == "true"
    assert len(here.house.ask("GET", "/v1/corrections").json()["items"]) == 1


def test_an_image_is_corrected_without_a_prediction(here: LoopHouse) -> None:
    image = here.house.ask(
        "POST", "/v1/images", content=mixture(120, 20, 110), headers={"content-type": "image/png"}
    ).json()
    body = {"label_ids": list(here.loop.id_of("blue"))}
    made = here.house.make(f"{here.task}/images/{image['id']}/corrections", json=body)
    assert (made["image_id"], made["prediction_id"]) == (image["id"], None)


def test_without_consent_there_is_nothing_to_correct(here: LoopHouse) -> None:
    prediction = here.loop.ask(mixture(120, 20, 110), keeps_image=False)
    body = {"label_ids": list(here.loop.id_of("blue"))}
    answer = here.house.ask("POST", f"/v1/predictions/{prediction.id}/corrections", json=body)
    assert (answer.status_code, code_of(answer)) == (409, "correction_without_image")


@pytest.mark.parametrize("body", [{"value": "NaN"}, {"label_ids": "x"}, {"labels": []}, {"label_ids": ["x"]}])
def test_what_is_no_correction_is_malformed(here: LoopHouse, body: dict[str, Any]) -> None:
    prediction = here.loop.ask(mixture(120, 20, 110))
    answer = here.house.ask("POST", f"/v1/predictions/{prediction.id}/corrections", json=body)
    assert answer.status_code == 422


def test_the_review_queue_is_read_in_pages(here: LoopHouse) -> None:
    asked = {here.loop.ask(mixture(40 * n, 200 - 30 * n, 90, n)).id for n in range(6)}
    seen: list[str] = []
    cursor = ""
    while cursor is not None:
        page = here.house.ask("GET", f"{here.task}/review?limit=2{cursor and '&cursor=' + cursor}").json()
        for item in page["items"]:
            seen += [item["prediction"]["id"], *item["alike"]]
            assert item["image"]["id"] == item["prediction"]["image_id"]
        cursor = page["next_cursor"]
    assert sorted(seen) == sorted(asked)


def test_why_a_look_is_worth_it_is_said_in_the_readers_language_and_agrees_with_the_flag(
    here: LoopHouse,
) -> None:
    asked = {here.loop.ask(mixture(12 * n, 200 - 9 * n, 90, n)).id for n in range(20)}
    said: dict[str, set[str]] = {}
    for language in ("en", "fr"):
        headers = {"accept-language": language}
        items = here.house.ask("GET", "/v1/predictions?limit=50", headers=headers).json()["items"]
        assert {one["id"] for one in items} == asked
        assert all(one["review_reason"] != "unfamiliar" or not one["familiar"] for one in items)
        said[language] = {one["review_said"] for one in items}
    assert "" not in said["en"] | said["fr"]
    assert said["en"].isdisjoint(said["fr"])
    here.correct(shade("red", 77), "blue")
    ahead = here.house.ask("GET", f"{here.task}/next-training", headers={"accept-language": "fr"}).json()
    assert ahead["held"].keys() == ahead["held_said"].keys() != set()
    assert not any(words.startswith("feedback.") for words in ahead["held_said"].values())


def test_estimate_next_training_and_dashboard_are_shown(here: LoopHouse) -> None:
    here.correct(mixture(200, 30, 20), "red")
    estimate = here.house.ask("GET", f"{here.task}/estimate").json()
    assert (estimate["version_number"], estimate["n"]) == (1, 0)
    next_one = here.house.ask("GET", f"{here.task}/next-training").json()
    assert (next_one["n_corrected"], next_one["n_confirmed"]) == (0, 1)
    assert {one["name"]: one["n"] for one in next_one["labels"]} == {"red": 1, "green": 0, "blue": 0}
    glance = here.house.ask("GET", f"{here.task}/dashboard").json()
    assert glance["traffic"][0]["n"] == 1
    assert (glance["alarm"], glance["corrections"]["accepted"]) == (None, 1)
    days = here.house.ask("GET", f"{here.task}/traffic?days=1").json()["items"]
    assert days == glance["traffic"]
    assert here.house.ask("GET", f"{here.task}/alarm").json() == {"alarm": None}


def test_the_figures_are_text_for_operators(here: LoopHouse) -> None:
    here.loop.ask(mixture(200, 30, 20))
    answer = here.house.ask("GET", "/v1/metrics", as_="operator")
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert re.search(r"^apprenti_predictions_total\{.*\} 1$", answer.text, re.MULTILINE)
    assert code_of(here.house.ask("GET", "/v1/metrics")) == "role_too_low"


def test_a_webhook_is_made_tried_and_deleted(tmp_path: Path) -> None:
    with serving(sends(b"", 204)) as server:
        parts = {"egress_policy": local(server), "transport": Transport(clock=lambda: 0.0)}
        house = open_loop_house(tmp_path, **parts).house
        body = {"url": f"http://127.0.0.1:{server.port}/", "events": ["drift.alarm"]}
        made = house.make("/v1/webhooks", json=body)
        assert made["secret"].startswith("whsec_")
        path = f"/v1/webhooks/{made['id']}"
        assert house.ask("POST", f"{path}/test").json()["state"] == "delivered"
        (kept,) = house.ask("GET", f"{path}/deliveries").json()["items"]
        assert (kept["event"], kept["n_attempts"], kept["next_at"]) == ("test", 1, None)
        (listed,) = house.ask("GET", "/v1/webhooks").json()["items"]
        assert "secret" not in listed
        assert house.ask("DELETE", path).status_code == 204
        assert house.ask("GET", "/v1/webhooks").json()["items"] == []
        assert code_of(house.ask("GET", "/v1/webhooks", as_="editor")) == "role_too_low"


def test_a_service_that_may_ask_nobody_says_so(here: LoopHouse) -> None:
    answer = here.house.ask("POST", "/v1/webhooks", json={"url": "https://example.org/"})
    assert (answer.status_code, code_of(answer)) == (422, "webhook_off")


def test_nobody_of_another_workspace_finds_any_of_it(here: LoopHouse) -> None:
    made = here.correct(mixture(120, 20, 110), "blue")
    asked = [
        ("GET", f"/v1/corrections/{made['id']}"),
        ("POST", f"/v1/corrections/{made['id']}/release"),
        ("POST", f"/v1/corrections/{made['id']}/reject"),
        ("GET", f"{here.task}/review"),
        ("GET", f"{here.task}/estimate"),
        ("GET", f"{here.task}/next-training"),
        ("GET", f"{here.task}/dashboard"),
        ("GET", f"{here.task}/traffic"),
        ("GET", f"{here.task}/alarm"),
        ("DELETE", f"/v1/webhooks/{made['id']}"),
        ("POST", f"/v1/webhooks/{made['id']}/test"),
        ("GET", f"/v1/webhooks/{made['id']}/deliveries"),
    ]
    for method, path in asked:
        assert here.house.ask(method, path, as_="stranger").status_code == 404, path
    body = {"label_ids": list(here.loop.id_of("red"))}
    for path in (
        f"/v1/predictions/{made['prediction_id']}/corrections",
        f"{here.task}/images/{made['image_id']}/corrections",
    ):
        assert here.house.ask("POST", path, as_="stranger", json=body).status_code == 404, path
    assert here.house.ask("GET", "/v1/corrections", as_="stranger").json()["items"] == []

"""A request whose answer was lost is sent again: it is done once and answered the same."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from tests.api.v1.service_asking import House, code_of, open_house
from tests.fake_service import OPERATOR, picture

from apprenti.flow.service import labels
from apprenti.flow.service.repeats import KEPT_US, Answer, Asked, answer_long_work_once, answer_once
from apprenti.flow.service.service import Service


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    return open_house(tmp_path_factory.mktemp("house"))


def again(key: str) -> dict[str, Any]:
    return {"headers": {"idempotency-key": key}}


def n_labels(house: House, name: str) -> int:
    return len(house.ask("GET", f"/v1/labels?search={name}").json()["items"])


def test_what_is_sent_twice_is_done_once(house: House) -> None:
    first = house.ask("POST", "/v1/labels", json={"name": "twice"}, **again("k1"))
    second = house.ask("POST", "/v1/labels", json={"name": "twice"}, **again("k1"))
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()
    assert "idempotent-replayed" not in first.headers
    assert second.headers["idempotent-replayed"] == "true"
    assert n_labels(house, "twice") == 1
    house.make("/v1/labels", json={"name": "twice"}, **again("k2"))
    assert n_labels(house, "twice") == 2


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/v1/labels", {"name": "other"}),
        ("/v1/tasks", {"name": "first"}),
        ("/v1/labels?workspace={workspace}", {"name": "first"}),
    ],
)
def test_another_request_under_the_same_key_is_refused(house: House, path: str, body: dict[str, str]) -> None:
    house.make("/v1/labels", json={"name": "first"}, **again("same"))
    answer = house.ask("POST", path.format(workspace=house.workspace), json=body, **again("same"))
    assert (answer.status_code, code_of(answer)) == (409, "idempotency_key_used")


def test_a_key_of_one_workspace_or_token_tells_another_nothing(house: House) -> None:
    mine = house.make("/v1/labels", json={"name": "mine"}, **again("shared"))
    theirs = house.make("/v1/labels", as_="stranger", json={"name": "mine"}, **again("shared"))
    assert theirs["workspace_id"] == house.other_workspace
    assert theirs["id"] != mine["id"]
    refused = house.ask("POST", "/v1/labels", as_="editor", json={"name": "mine"}, **again("shared"))
    assert code_of(refused) == "idempotency_key_used"


def test_what_failed_may_be_tried_again_under_its_key(house: House) -> None:
    key = again("failing")
    assert house.ask("POST", "/v1/labels", json={"name": "\x07"}, **key).status_code == 400
    assert house.ask("POST", "/v1/labels", json={"name": "mended"}, **key).status_code == 201


def test_an_upload_sent_twice_is_answered_as_the_first_time(house: House) -> None:
    key = again("upload")
    first = house.ask("POST", "/v1/images", content=picture((7, 7, 7)), **key)
    second = house.ask("POST", "/v1/images", content=picture((7, 7, 7)), **key)
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()
    form = house.ask("POST", "/v1/images", files={"image": picture((7, 7, 7))}, **key)
    assert form.json() == first.json()
    assert (
        code_of(house.ask("POST", "/v1/images", content=picture((7, 7, 8)), **key)) == "idempotency_key_used"
    )


def test_the_secret_of_a_token_is_not_kept_for_the_second_time(house: House) -> None:
    first = house.make("/v1/tokens", json={"name": "phone"}, **again("token"))
    second = house.make("/v1/tokens", json={"name": "phone"}, **again("token"))
    assert first["secret"]
    assert second == first | {"secret": None}


@pytest.mark.parametrize("key", ["", "a b", "x" * 201, "é".encode()])
def test_a_key_is_a_word(house: House, key: str | bytes) -> None:
    headers = {"idempotency-key": key}
    answer = house.ask("POST", "/v1/labels", json={"name": "x"}, headers=headers)
    assert answer.status_code == 422


def asked(house: House, key: str) -> Asked:
    return Asked(workspace_id=house.workspace, key=key, sha256="0" * 64)


def test_an_answer_is_written_with_what_it_tells_of_or_not_at_all(house: House) -> None:
    def make_and_die(service: Service) -> Answer:
        labels.create_label(service, OPERATOR, house.workspace, name="halved")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        answer_once(house.service, asked(house, "die"), make_and_die)
    assert n_labels(house, "halved") == 0


def test_two_at_once_do_it_once(house: House) -> None:
    def make(service: Service) -> Answer:
        label = labels.create_label(service, OPERATOR, house.workspace, name="racing")
        return Answer(status=201, body={"id": label.id})

    answers: list[Answer] = []
    both = [
        threading.Thread(
            target=lambda: answers.append(answer_once(house.service, asked(house, "race"), make))
        )
        for _ in range(2)
    ]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert answers[0].body == answers[1].body
    assert n_labels(house, "racing") == 1


def test_long_work_done_twice_at_once_is_answered_once(house: House) -> None:
    def slow(service: Service) -> Answer:
        inner = Answer(status=201, body={"who": "first"})
        answer_long_work_once(service, asked(house, "slow"), lambda _: inner)
        return Answer(status=201, body={"who": "second"})

    assert answer_long_work_once(house.service, asked(house, "slow"), slow).body == {"who": "first"}


def test_answers_are_forgotten_after_a_day(house: House) -> None:
    house.make("/v1/labels", json={"name": "old"}, **again("old"))
    house.service.now_us.now += KEPT_US + 1_000_000  # type: ignore[attr-defined]
    house.make("/v1/labels", json={"name": "new"}, **again("new"))
    house.make("/v1/labels", json={"name": "old"}, **again("old"))
    assert n_labels(house, "old") == 2

"""Corrections and the review queue through the client, against the real application."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.api.v1.test_loop_routes import LoopHouse, open_loop_house
from tests.client.served import served
from tests.fake_loop import mixture, shade

from apprenti import Client
from apprenti.client import shelves
from apprenti.domain.errors import ServiceRefusalError
from apprenti.domain.service import CorrectionState


@pytest.fixture
def here(tmp_path: Path) -> LoopHouse:
    return open_loop_house(tmp_path)


@pytest.fixture
def client(here: LoopHouse) -> Iterator[Client]:
    with (
        served(here.house.app) as address,
        Client(address, token=here.house.secrets["owner"], patience_seconds=5) as client,
    ):
        yield client


def test_a_correction_is_one_call_and_leads_to_a_training(here: LoopHouse, client: Client) -> None:
    task, blue = here.loop.task.id, list(here.loop.id_of("blue"))
    prediction = client.predictions.ask(task, mixture(120, 20, 110))
    made = client.corrections.say(prediction.id, blue)
    assert (made.state, made.agrees, made.prediction_id) == (CorrectionState.ACCEPTED, False, prediction.id)
    assert list(made.label_ids) == blue
    assert client.corrections.get(made.id) == made
    assert [one.id for one in client.corrections.list(task=task)] == [made.id]
    assert next(client.trainings.list(task=task)).reason == "corrections"
    assert client.review.next_training(task).n_corrected == 1


def test_what_is_held_says_why_and_is_released_or_rejected(here: LoopHouse, client: Client) -> None:
    task, blue = here.loop.task.id, list(here.loop.id_of("blue"))
    held = [
        client.corrections.say(client.predictions.ask(task, shade("red", number)).id, blue)
        for number in (77, 78)
    ]
    assert {one.state for one in held} == {CorrectionState.QUARANTINED}
    assert all(one.reason is not None and one.reason.message for one in held)
    waiting = client.corrections.list(task=task, state=CorrectionState.QUARANTINED)
    assert {one.id for one in waiting} == {one.id for one in held}
    assert client.corrections.release(held[0].id).state is CorrectionState.ACCEPTED
    assert client.corrections.reject(held[1].id).state is CorrectionState.REJECTED
    with pytest.raises(ServiceRefusalError) as caught:
        client.corrections.release(held[0].id)
    assert caught.value.code == "correction_not_held"
    accepted = client.corrections.list(state=CorrectionState.ACCEPTED, since=held[0].created_at)
    assert [one.id for one in accepted] == [held[0].id]
    assert client.corrections.reject_all(task=task, token=held[0].token_id, since=held[0].created_at) == 1
    assert client.corrections.get(held[0].id).state is CorrectionState.REJECTED


def test_an_image_is_corrected_without_a_prediction(here: LoopHouse, client: Client) -> None:
    image = client.images.add(mixture(120, 20, 110))
    made = client.corrections.say_of_image(here.loop.task.id, image.id, list(here.loop.id_of("blue")))
    assert (made.image_id, made.prediction_id) == (image.id, None)


def test_the_review_queue_is_read_to_its_end_and_tells_of_the_accuracy(
    here: LoopHouse, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shelves, "PAGE", 2)
    task = here.loop.task.id
    asked = {client.predictions.ask(task, mixture(40 * n, 200 - 30 * n, 90, n)).id for n in range(6)}
    seen: set[str] = set()
    for item in client.review.queue(task):
        seen |= {item.prediction.id, *item.alike}
        assert item.image.id == item.prediction.image_id
    assert asked <= seen
    before = client.review.estimate(task)
    assert 0 <= before.low <= before.high <= 1
    assert before.version_number is not None

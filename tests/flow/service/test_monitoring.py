"""Traffic by day, and the window alarm: told once, in words, with the photos that moved most."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from tests.fake_loop import NAMES, Loop, mixture, open_loop, shade
from tests.fake_service import OPERATOR, WorldClock

from apprenti.domain.errors import ItemError, OptionError
from apprenti.domain.service import Alarm, StoredPrediction, TrainingReason, Webhook
from apprenti.flow.service import corrections, looking_back, monitoring, trainings
from apprenti.flow.service.drift_checks import PHOTOS_A_WINDOW, as_kept, check_drift, observations
from apprenti.flow.service.predictions import FACT_DIGITS, P_DIGITS
from apprenti.flow.service.traffic import DAY_US, count_answer, counts_of, day_of
from apprenti.stages.feedback.drift import check_window
from apprenti.stages.feedback.observations import DriftReference, Observations
from apprenti.store.database import predictions as prediction_table
from apprenti.store.database import versions as version_table
from apprenti.store.database import webhooks as webhook_table


@pytest.fixture
def loop(tmp_path: Path) -> Loop:
    return open_loop(tmp_path, corrections_until_retrain=1000)


def darker(data: bytes) -> bytes:
    """Return a picture with a third of the light."""
    pixels = np.asarray(Image.open(io.BytesIO(data)))
    out = io.BytesIO()
    Image.fromarray(pixels // 3).save(out, "PNG")
    return out.getvalue()


def ask_many(loop: Loop, n: int, *, first: int, dark: bool = False) -> list[StoredPrediction]:
    shown = [shade(NAMES[number % 3], first + number) for number in range(n)]
    return [loop.ask(darker(data) if dark else data) for data in shown]


def later(loop: Loop, days: float) -> None:
    assert isinstance(loop.service.now_us, WorldClock)
    loop.service.now_us.now += int(days * DAY_US)


def check(loop: Loop) -> Alarm:
    alarm = check_drift(loop.service, loop.here, loop.task.id)
    assert alarm is not None
    return alarm


def listen(loop: Loop) -> None:
    hook = Webhook(
        id=loop.service.new_id(), workspace_id=loop.here, url="https://example.org/", secret="s",
        events=("drift.alarm",), created_us=1,
    )  # fmt: skip
    with loop.service.database.write() as tx:
        webhook_table.insert(tx, hook)


def n_told(loop: Loop) -> int:
    with loop.service.database.read() as tx:
        return webhook_table.n_waiting(tx)


def test_every_answer_is_counted_on_its_day(loop: Loop) -> None:
    first = loop.ask(shade("red", 1))
    loop.ask(mixture(90, 95, 92))
    later(loop, 1)
    loop.ask(shade("green", 1), keeps_image=False)
    one, two = monitoring.traffic_of(loop.service, OPERATOR, loop.here, loop.task.id)
    assert (one.n, two.n, two.day - one.day, one.version_number) == (2, 1, 1, 1)
    assert one.n_unfamiliar == 1
    assert one.familiar_share == 0.5
    assert sum(one.confidence) == sum(one.latency) == 2
    assert one.labels[first.label_id] >= 1
    assert one.latency_ms(0.5) is not None
    assert one.latency_us > 0


def test_an_image_that_cannot_be_used_is_counted_as_one(loop: Loop) -> None:
    with pytest.raises(ItemError):
        loop.ask(b"no image")
    (day,) = monitoring.traffic_of(loop.service, OPERATOR, loop.here, loop.task.id)
    assert (day.n, day.n_errors, day.familiar_share) == (0, 1, None)


def test_counts_of_an_answer_fall_into_buckets() -> None:
    made = StoredPrediction(
        id="p", workspace_id="w", task_id="t", version_number=1, label_id="a", p_label=1.0,
        latency_us=10_000, created_us=0,
    )  # fmt: skip
    assert counts_of(made) == [
        ("answers", "", 1), ("latency", "10", 1), ("latency_us", "", 10_000), ("confidence", "9", 1),
        ("label", "a", 1),
    ]  # fmt: skip
    slow = replace(made, latency_us=60_000_000, label_id="", p_label=0.0, familiar=False)
    assert counts_of(slow)[1:] == [
        ("latency", "inf", 1), ("latency_us", "", 60_000_000), ("unfamiliar", "", 1),
    ]  # fmt: skip


def test_days_are_asked_for_within_reason(loop: Loop) -> None:
    for days in (0, 1000):
        with pytest.raises(OptionError):
            monitoring.traffic_of(loop.service, OPERATOR, loop.here, loop.task.id, days=days)


def test_photos_like_those_learnt_from_raise_no_alarm(loop: Loop) -> None:
    ask_many(loop, 40, first=3000)
    later(loop, 1)
    alarm = check(loop)
    assert (alarm.is_on, alarm.n, alarm.notices) == (False, 40, ())


def test_what_differs_only_in_the_decimals_that_are_not_kept_raises_no_alarm(loop: Loop) -> None:
    n, size, sure = (
        60,
        np.float32(7.7753713),
        np.float32(0.99999987),
    )  # photos of 240 x 200, answers as good as certain
    with loop.service.database.read() as tx:
        version = version_table.numbered(tx, loop.here, loop.task.id, 1)
    spread = np.linspace(0, 1, n, dtype=np.float32)
    facts = np.stack([spread] * 5 + [np.full(n, size)], axis=1)
    answers = np.tile(np.array([[sure, 1 - sure, 0]], np.float32), (n, 1))
    reference = DriftReference(held_out=Observations(answers=answers, distances=spread, facts=facts))
    asked = [
        StoredPrediction(
            id=str(row), workspace_id=loop.here, task_id=loop.task.id, version_number=1, created_us=0,
            answer={
                "labels": [
                    {"id": each, "p": round(float(p), P_DIGITS)}
                    for each, p in zip(version.labels, answers[row], strict=True)
                ]
            },
            distance=float(spread[row]),
            facts=tuple(round(float(fact), FACT_DIGITS) for fact in facts[row]),
        )
        for row in range(n)
    ]  # fmt: skip
    seen = observations(asked, version)
    assert check_window(seen, reference).alarm  # what would come of comparing the two as they are
    assert not check_window(seen, as_kept(reference, version)).alarm


def test_darker_photos_are_told_once_in_words_and_the_darkest_are_shown(loop: Loop) -> None:
    listen(loop)
    ask_many(loop, 40, first=3000)
    later(loop, 1)
    assert not check(loop).is_on
    dark = ask_many(loop, 40, first=4000, dark=True)
    assert not check(loop).is_on  # the day is not over, and forty are no full window
    later(loop, 1)
    alarm = check(loop)
    assert alarm.is_on
    assert alarm.since_day == day_of(dark[0].created_us)
    glance = monitoring.dashboard(loop.service, OPERATOR, loop.here, loop.task.id)
    words = [notice.said("en") for notice in glance.notices]
    assert any("the photos are darker than the training photos" in one for one in words)
    assert words[0].startswith("Since ")
    assert set(alarm.moved) <= {one.id for one in dark}
    ask_many(loop, 40, first=5000, dark=True)
    later(loop, 1)
    again = check(loop)
    assert again.is_on
    assert again.begun_us == alarm.begun_us
    assert n_told(loop) == 1
    entries = looking_back.list_audit(loop.service, OPERATOR, loop.here, limit=500).items
    assert [entry.verb for entry in entries].count("alarm") == 1


def test_an_alarm_ends_when_the_photos_are_as_before(loop: Loop) -> None:
    ask_many(loop, 40, first=4000, dark=True)
    later(loop, 1)
    assert check(loop).is_on
    ask_many(loop, 40, first=3000)
    later(loop, 1)
    alarm = check(loop)
    assert (alarm.is_on, alarm.begun_us, alarm.moved) == (False, None, ())
    assert looking_back.list_audit(loop.service, OPERATOR, loop.here, limit=1).items[0].verb == "end_alarm"


def test_a_window_is_looked_at_once(loop: Loop) -> None:
    ask_many(loop, 35, first=4000, dark=True)
    later(loop, 1)
    first = check(loop)
    assert check(loop) == first


def test_a_full_window_does_not_wait_for_the_day_to_end(loop: Loop) -> None:
    made = ask_many(loop, 1, first=1)[0]
    with loop.service.database.write() as tx:
        for number in range(PHOTOS_A_WINDOW):
            copy = replace(
                made, id=loop.service.new_id(), image_id=None, facts=(0.01 + number / 1e5, *made.facts[1:])
            )
            prediction_table.insert(tx, copy)
            count_answer(tx, copy)
    assert check(loop).is_on


def test_the_same_picture_sent_again_and_again_is_one_observation(loop: Loop) -> None:
    data = darker(shade("red", 1))
    for _ in range(40):
        loop.ask(data)
    later(loop, 1)
    alarm = check(loop)
    assert (alarm.n, alarm.is_on) == (1, False)


def test_another_version_begins_anew(loop: Loop) -> None:
    from apprenti.store.database import tasks as task_table
    from apprenti.store.database import versions as version_table

    ask_many(loop, 40, first=4000, dark=True)
    later(loop, 1)
    assert check(loop).is_on
    with loop.service.database.write() as tx:
        version = version_table.numbered(tx, loop.here, loop.task.id, 1)
        version_table.insert(tx, replace(version, id=loop.service.new_id(), number=2))
        task_table.change(tx, loop.here, loop.task.id, production_version=2)
    alarm = check(loop)
    assert (alarm.version_number, alarm.is_on) == (2, False)


def test_after_a_change_fewer_corrections_begin_a_training(tmp_path: Path) -> None:
    loop = open_loop(tmp_path, corrections_until_retrain=1000)
    loop.model.known = None
    dark = ask_many(loop, 40, first=4000, dark=True)
    later(loop, 1)
    assert check(loop).is_on
    for number, prediction in enumerate(dark[:25]):
        name = NAMES[number % 3]
        other = NAMES[(number + 1) % 3]
        corrections.correct(
            loop.service, loop.person(f"p{number % 9}"), loop.here, prediction.id, label_ids=loop.id_of(other)
        )
        assert name != other
    (job,) = trainings.list_trainings(loop.service, OPERATOR, loop.here).items
    assert job.reason is TrainingReason.DRIFT


def test_the_dashboard_tells_everything_at_a_glance(loop: Loop) -> None:
    prediction = loop.ask(mixture(120, 20, 110))
    loop.ask(mixture(20, 120, 110))
    corrections.correct(loop.service, OPERATOR, loop.here, prediction.id, label_ids=loop.id_of("blue"))
    glance = monitoring.dashboard(loop.service, OPERATOR, loop.here, loop.task.id)
    assert (glance.task.id, glance.n_to_review, glance.alarm, glance.training) == (
        loop.task.id,
        1,
        None,
        None,
    )
    assert {state.value: n for state, n in glance.corrections.items()} == {"accepted": 1}
    assert glance.traffic[0].n == 2
    assert glance.estimate.version_number == 1

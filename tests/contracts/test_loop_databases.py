"""What the loop asks of a database, asked of SQLite and of a real PostgreSQL server."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from tests.fake_loop import NAMES, Loop, mixture, open_loop, shade
from tests.fake_service import OPERATOR

from apprenti.domain.service import Alarm, CorrectionState
from apprenti.flow.service import corrections, metrics, monitoring, review, upkeep
from apprenti.flow.service.traffic import count_answer
from apprenti.store.database import alarms


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def loop(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Loop]:
    is_server = request.param == "postgresql"
    url = request.getfixturevalue("postgres_url") if is_server else f"sqlite:///{tmp_path}/a.db"
    opened = open_loop(tmp_path, url=url, corrections_until_retrain=2, n_known=2)
    yield opened
    opened.service.database.close()


def test_the_loop_is_the_same_on_every_database(loop: Loop) -> None:
    asked = [loop.ask(mixture(120, 20, 100 + n)) for n in range(4)]
    poisoned = loop.ask(shade("red", 77))
    states = [
        corrections.correct(loop.service, OPERATOR, loop.here, one.id, label_ids=loop.id_of("blue")).state
        for one in (*asked[:2], poisoned)
    ]
    assert states == [CorrectionState.ACCEPTED, CorrectionState.ACCEPTED, CorrectionState.QUARANTINED]
    first = review.review_queue(loop.service, OPERATOR, loop.here, loop.task.id, limit=1)
    second = review.review_queue(
        loop.service, OPERATOR, loop.here, loop.task.id, limit=1, cursor=first.next_cursor
    )
    left = [item.prediction.id for item in (*first.items, *second.items)]
    assert sorted(left) == sorted(one.id for one in asked[2:])
    glance = monitoring.dashboard(loop.service, OPERATOR, loop.here, loop.task.id)
    assert (glance.n_to_review, glance.traffic[0].n) == (2, 5)
    assert glance.training is not None
    next_one = review.next_training(loop.service, OPERATOR, loop.here, loop.task.id)
    assert (next_one.n_corrected, sum(next_one.n_held.values())) == (2, 1)
    assert "apprenti_database_bytes" in metrics.metrics_text(loop.service, OPERATOR)
    upkeep.do_upkeep(loop.service)


def test_an_alarm_is_written_over_and_read_back_whole(loop: Loop) -> None:
    alarm = Alarm(
        task_id=loop.task.id, version_number=1, checked_seq=2**40, n=3, is_on=True, since_day=20_000,
        begun_us=5, drift={"p": 0.5}, notices=({"since": {}, "what": {}},), moved=("a", "b"),
    )  # fmt: skip
    with loop.service.database.write() as tx:
        alarms.put(tx, alarm)
        alarms.put(tx, replace(alarm, n=4))
    with loop.service.database.read() as tx:
        assert alarms.of_task(tx, loop.task.id) == replace(alarm, n=4)
        assert alarms.every(tx) == ((loop.here, replace(alarm, n=4)),)


def test_four_who_count_at_once_lose_nothing(loop: Loop) -> None:
    made = [loop.ask(shade(name, 1)) for name in NAMES]
    problems: list[BaseException] = []

    def count() -> None:
        try:
            for one in made * 5:
                with loop.service.database.write() as tx:
                    count_answer(tx, one)
        except BaseException as problem:
            problems.append(problem)

    threads = [threading.Thread(target=count) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    (day,) = monitoring.traffic_of(loop.service, OPERATOR, loop.here, loop.task.id)
    assert (day.n, sum(day.latency)) == (63, 63)

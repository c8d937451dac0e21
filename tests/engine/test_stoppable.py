from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from apprenti.domain.errors import InterruptedWorkError, OutOfMemoryError, OutOfTimeError
from apprenti.domain.seams import Limits
from apprenti.engine import InlineEngine, ProcessEngine
from apprenti.engine.stoppable import StoppableEngine

LONG = Limits(seconds=60.0)


def stop_after(n_questions: int) -> Callable[[], bool]:
    left = [n_questions]

    def should_stop() -> bool:
        left[0] -= 1
        return left[0] < 0

    return should_stop


def eat(mb: int) -> int:
    return len(bytearray(mb * 2**20))


def test_an_engine_that_is_not_stopped_gives_what_the_other_gives() -> None:
    engine = StoppableEngine(InlineEngine(), lambda: False)
    assert list(engine.map(abs, [-1, -2])) == [1, 2]
    assert engine.run(abs, -3, limits=LONG) == 3
    task = engine.start(abs, -4, limits=LONG)
    assert task.poll()
    assert task.result() == 4
    task.kill()
    assert engine.n_workers == 1


def test_a_long_piece_of_work_is_ended_within_a_moment() -> None:
    with ProcessEngine(1) as processes:
        engine = StoppableEngine(processes, stop_after(5))
        begun = time.monotonic()
        with pytest.raises(InterruptedWorkError, match="stopped"):
            engine.run(time.sleep, 50, limits=LONG)
        assert time.monotonic() - begun < 20


def test_pieces_that_follow_are_not_begun() -> None:
    engine = StoppableEngine(InlineEngine(), stop_after(3))
    done = []
    with pytest.raises(InterruptedWorkError):
        done.extend(engine.map(abs, range(10)))
    assert done == [0, 1, 2]
    for begin in (engine.start, engine.run):
        with pytest.raises(InterruptedWorkError):
            begin(abs, 1, limits=LONG)


def test_what_was_over_before_the_word_came_stays() -> None:
    stopped = [False]
    task = StoppableEngine(InlineEngine(), lambda: stopped[0]).start(abs, -1, limits=LONG)
    stopped[0] = True
    assert task.poll()
    assert task.result() == 1


def test_limits_of_time_and_memory_hold() -> None:
    with ProcessEngine(1) as processes:
        engine = StoppableEngine(processes, lambda: False)
        with pytest.raises(OutOfTimeError):
            engine.run(time.sleep, 50, limits=Limits(seconds=0.5))
        with pytest.raises(OutOfMemoryError):
            engine.run(eat, 400, limits=Limits(seconds=60, memory_mb=200))

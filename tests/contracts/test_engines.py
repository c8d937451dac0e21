"""What every engine keeps to, whichever is behind the seam."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import numpy as np
import pytest
from tests.engine import pieces

from apprenti.domain.errors import ItemError, WorkError
from apprenti.domain.seams import Engine, Limits
from apprenti.engine import InlineEngine, ProcessEngine

ENOUGH = Limits(seconds=60)


class Clock:
    """A clock that says what it is told to."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture(scope="module", params=["inline", "processes"])
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    with InlineEngine() if request.param == "inline" else ProcessEngine(2) as engine:
        yield engine


@pytest.fixture(params=[InlineEngine, partial(ProcessEngine, 2)], ids=["inline", "processes"])
def clocked(request: pytest.FixtureRequest) -> Iterator[tuple[Engine, Clock]]:
    clock = Clock()
    with request.param(clock=clock) as engine:
        yield engine, clock


def test_results_come_in_the_order_of_the_items(engine: Engine) -> None:
    assert list(engine.map(pieces.slow_square, range(8))) == [n * n for n in range(8)]


def test_no_items_give_no_results(engine: Engine) -> None:
    assert list(engine.map(pieces.square, [])) == []


def test_a_function_may_carry_settings(engine: Engine) -> None:
    assert list(engine.map(partial(pieces.add, to=10), [1, 2])) == [11, 12]


def test_arrays_travel_whole_and_writable(engine: Engine) -> None:
    arrays = [np.full((300, 400), n, dtype=np.float32) for n in range(3)]
    doubled = list(engine.map(pieces.double, [array.copy() for array in arrays]))
    for before, after in zip(arrays, doubled, strict=True):
        np.testing.assert_array_equal(after, before * 2)
        after[0, 0] = 7


def test_one_of_our_errors_arrives_whole_after_the_results_before_it(engine: Engine) -> None:
    results = engine.map(pieces.fail_at_three, range(10))
    assert [next(results) for _ in range(3)] == [0, 1, 2]
    with pytest.raises(ItemError) as caught:
        next(results)
    assert (caught.value.key, caught.value.values) == ("empty_file", {"item": "0412.png"})


@pytest.mark.parametrize(
    ("item", "called"), [(7, "#1"), ("photos/7.png", "photos/7.png")], ids=["a number", "a name"]
)
def test_any_other_error_says_which_item_and_why(engine: Engine, item: object, called: str) -> None:
    function = pieces.divide_by_zero if isinstance(item, int) else len
    items: list[object] = [item] if isinstance(item, int) else [Named(item)]
    with pytest.raises(WorkError) as caught:
        list(engine.map(function, items))  # type: ignore[arg-type]
    assert caught.value.key == "work_failed"
    assert caught.value.values["item"] == called
    assert "Error" in str(caught.value.values["cause"])


class Named:
    """Has a name and no length."""

    def __init__(self, name: object) -> None:
        self.name = name


def test_an_error_that_cannot_be_sent_is_told_in_words(engine: Engine) -> None:
    with pytest.raises(WorkError, match="HomemadeError: onetwo"):
        list(engine.map(pieces.raise_homemade, [1]))


def test_an_engine_works_on_after_an_error(engine: Engine) -> None:
    with pytest.raises(WorkError):
        list(engine.map(pieces.divide_by_zero, range(20)))
    assert list(engine.map(pieces.square, [3])) == [9]


def test_an_iterator_closed_early_asks_for_no_more_items(engine: Engine) -> None:
    taken = []

    def items() -> Iterator[int]:
        for number in range(10_000):
            taken.append(number)
            yield number

    results = engine.map(pieces.square, items())
    assert next(results) == 0
    results.close()  # type: ignore[attr-defined]
    assert len(taken) <= 3 * engine.n_workers + 1
    assert list(engine.map(pieces.square, [2])) == [4]


def test_items_are_taken_only_a_few_ahead_of_the_results(engine: Engine) -> None:
    taken: list[int] = []

    def items() -> Iterator[int]:
        for number in range(200):
            taken.append(number)
            yield number

    for n_done, _ in enumerate(engine.map(pieces.square, items())):
        assert len(taken) - n_done <= 3 * engine.n_workers + 1


def test_two_maps_at_once_do_not_mix(engine: Engine) -> None:
    squares, sums = engine.map(pieces.square, range(6)), engine.map(partial(pieces.add, to=100), range(6))
    assert list(zip(squares, sums, strict=True)) == [(n * n, n + 100) for n in range(6)]


def test_nothing_is_begun_at_the_deadline(clocked: tuple[Engine, Clock]) -> None:
    engine, clock = clocked
    clock.now = 10.0
    assert list(engine.map(pieces.square, range(5), deadline=10.0)) == []
    assert list(engine.map(pieces.square, range(5), deadline=10.5)) == [0, 1, 4, 9, 16]


def test_a_deadline_in_the_middle_keeps_what_was_done_and_ends_early(clocked: tuple[Engine, Clock]) -> None:
    engine, clock = clocked
    results = engine.map(pieces.square, range(1000), deadline=10.0)
    assert [next(results), next(results)] == [0, 1]
    clock.now = 11.0
    rest = list(results)
    assert rest == [n * n for n in range(2, 2 + len(rest))]
    assert len(rest) <= 3 * engine.n_workers


def test_work_alone_gives_its_result(engine: Engine) -> None:
    assert engine.run(pieces.square, 12, limits=ENOUGH) == 144


def test_work_alone_raises_what_the_function_raised(engine: Engine) -> None:
    with pytest.raises(ItemError, match=r"0412\.png"):
        engine.run(pieces.fail_at_three, 3, limits=ENOUGH)


def test_two_pieces_of_work_may_be_under_way_at_once(engine: Engine) -> None:
    tasks = [engine.start(pieces.slow_square, number, limits=ENOUGH) for number in (5, 6)]
    assert [task.result() for task in tasks] == [25, 36]
    assert all(task.poll() for task in tasks)


def test_killing_what_is_over_keeps_its_result(engine: Engine) -> None:
    task = engine.start(pieces.square, 5, limits=ENOUGH)
    assert task.result() == 25
    task.kill()
    assert task.result() == 25


def test_a_task_that_failed_is_over_and_says_why_each_time(engine: Engine) -> None:
    task = engine.start(pieces.divide_by_zero, 5, limits=ENOUGH)
    for _ in range(2):
        with pytest.raises(WorkError, match="ZeroDivisionError"):
            task.result()
    assert task.poll()

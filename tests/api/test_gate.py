"""Places and the queue before them: the first to come is the first inside, and no place is ever lost."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

import pytest

from apprenti.api.gate import Gate
from apprenti.api.refusals import RefusedError


async def inside(gate: Gate, over: asyncio.Event, came: list[int], number: int) -> None:
    async with gate.entered():
        came.append(number)
        await over.wait()


def run(work: Coroutine[Any, Any, None]) -> None:
    asyncio.run(asyncio.wait_for(work, 10))


def test_those_who_wait_come_in_in_their_order_and_those_beyond_are_sent_away() -> None:
    async def talk() -> None:
        gate, over, came = Gate(1, most_waiting=2, wait_seconds=5), asyncio.Event(), list[int]()
        tasks = [asyncio.create_task(inside(gate, over, came, number)) for number in range(3)]
        await asyncio.sleep(0)
        with pytest.raises(RefusedError) as caught:
            await inside(gate, over, came, 9)
        assert (caught.value.status, caught.value.headers) == (503, {"retry-after": "1"})
        assert came == [0]
        over.set()
        await asyncio.gather(*tasks)
        assert came == [0, 1, 2]

    run(talk())


def test_who_waits_too_long_or_goes_away_takes_no_place_along() -> None:
    async def talk() -> None:
        gate, over, came = Gate(1, most_waiting=9, wait_seconds=0.02), asyncio.Event(), list[int]()
        first = asyncio.create_task(inside(gate, over, came, 0))
        late, gone = (asyncio.create_task(inside(gate, over, came, number)) for number in (1, 2))
        await asyncio.sleep(0)
        gone.cancel()
        with pytest.raises(RefusedError):
            await late
        assert gone.cancelled()
        over.set()
        await first
        await inside(gate, over, came, 3)
        await inside(gate, over, came, 4)
        assert came == [0, 3, 4]

    run(talk())


def test_a_place_given_to_somebody_who_goes_away_at_that_moment_is_given_on() -> None:
    async def talk() -> None:
        gate, over, came = Gate(1, most_waiting=9, wait_seconds=5), asyncio.Event(), list[int]()
        first, second, third = (asyncio.create_task(inside(gate, over, came, number)) for number in range(3))
        await asyncio.sleep(0)
        over.set()
        await first  # the place is the second's, who has not heard of it yet
        second.cancel()
        await asyncio.gather(second, third, return_exceptions=True)
        await inside(gate, over, came, 4)
        assert came[-2:] == [2, 4]

    run(talk())

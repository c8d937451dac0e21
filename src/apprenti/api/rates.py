"""How often somebody may ask: a bucket for each, filled again little by little."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Protocol

MOST_KEYS = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """A pace.

    Args:
        per_second: requests a bucket gains each second; 0 lets everything pass.
        burst: requests a full bucket holds.
    """

    per_second: float
    burst: float


class Levels(Protocol):
    """Where it stands how full the buckets are."""

    def locked(self) -> AbstractContextManager[None]:
        """Keep others out while a level is looked at and changed."""
        ...

    def get(self, word: str) -> tuple[float, float] | None:
        """Return the level of a bucket and when it was seen; ``None`` of one that nobody has taken from."""
        ...

    def put(self, word: str, level: float, at: float) -> None:
        """Write the level of a bucket."""
        ...


class OwnLevels:
    """Levels of one process."""

    def __init__(self) -> None:
        self._levels: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._levels)

    def locked(self) -> AbstractContextManager[None]:
        """Pass: one thread looks and writes."""
        return nullcontext()

    def get(self, word: str) -> tuple[float, float] | None:
        """Return the level of a bucket and when it was seen."""
        return self._levels.get(word)

    def put(self, word: str, level: float, at: float) -> None:
        """Write the level of a bucket."""
        self._levels[word] = (level, at)
        self._levels.move_to_end(word)
        if len(self._levels) > MOST_KEYS:
            self._levels.popitem(last=False)  # whoever was quiet longest has a full bucket, or nearly


class Buckets:
    """Token buckets, one for each key; used from one thread, the event loop's.

    Args:
        rate: of every bucket.
        clock: seconds that only ever grow; the same in all processes that share the levels.
        name: of what is paced, where several kinds share the levels.
        levels: how full they are; shared where several processes keep one pace.

    Source: the token bucket of RFC 2697, without its colours.
    """

    def __init__(
        self, rate: Rate, *, clock: Callable[[], float], name: str = "", levels: Levels | None = None
    ) -> None:
        self._rate, self._clock, self._name = rate, clock, name
        self._levels = levels if levels is not None else OwnLevels()

    def take(self, key: str) -> float:
        """Take one from the bucket of ``key``; return 0, or the seconds until there is one where it is empty."""
        if not self._rate.per_second:
            return 0.0
        word = f"{self._name} {key}"
        with self._levels.locked():
            now = self._clock()
            left, at = self._levels.get(word) or (self._rate.burst, now)
            left = min(self._rate.burst, left + (now - at) * self._rate.per_second)
            if left >= 1:
                self._levels.put(word, left - 1, now)
                return 0.0
        return (1 - left) / self._rate.per_second

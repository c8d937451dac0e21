"""How often somebody may ask: a bucket for each, filled again little by little."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

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


class Buckets:
    """Token buckets, one for each key; used from one thread, the event loop's.

    Args:
        rate: of every bucket.
        clock: seconds that only ever grow.

    Source: the token bucket of RFC 2697, without its colours.
    """

    def __init__(self, rate: Rate, *, clock: Callable[[], float]) -> None:
        self._rate, self._clock = rate, clock
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, key: str) -> float:
        """Take one from the bucket of ``key``; return 0, or the seconds until there is one where it is empty."""
        if not self._rate.per_second:
            return 0.0
        now = self._clock()
        left, at = self._left.get(key, (self._rate.burst, now))
        left = min(self._rate.burst, left + (now - at) * self._rate.per_second)
        if left < 1:
            return (1 - left) / self._rate.per_second
        self._left[key] = (left - 1, now)
        self._left.move_to_end(key)
        if len(self._left) > MOST_KEYS:
            self._left.popitem(last=False)  # whoever was quiet longest has a full bucket, or nearly
        return 0.0

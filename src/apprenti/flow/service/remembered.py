"""What was worked out lately and holds as long as what it was worked out from is the same."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any, TypeVar

Result = TypeVar("Result")
MOST_REMEMBERED = 24


class Remembered:
    """The results asked for last; who asks for one that is being worked out waits for it, and it is done once."""

    def __init__(self) -> None:
        self._results: OrderedDict[Hashable, Any] = OrderedDict()
        self._turns: dict[Hashable, threading.Lock] = {}
        self._lock = threading.Lock()

    def of(self, key: Hashable, make: Callable[[], Result]) -> Result:
        """Return what ``make`` gave for this key, or gives now."""
        with self._lock:
            turn = self._turns.setdefault(key, threading.Lock())
        with turn:
            with self._lock:
                if key in self._results:
                    self._results.move_to_end(key)
                    known: Result = self._results[key]
                    return known
            result = make()
            with self._lock:
                self._results[key] = result
                while len(self._results) > MOST_REMEMBERED:
                    oldest, _ = self._results.popitem(last=False)
                    self._turns.pop(oldest, None)
        return result

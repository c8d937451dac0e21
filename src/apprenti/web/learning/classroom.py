"""What lessons show of which run, kept while it is looked at: a slider's question must not open a file each time."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any

from apprenti.domain.lesson_context import LessonContext
from apprenti.lessons.lesson import Lesson
from apprenti.lessons.page import Seen, see

MOST_RUNS = 4
MOST_SEEN = 64


class Classroom:
    """Keeps the runs and figures that were asked for last.

    Args:
        reference: gives the set that comes along.
    """

    def __init__(self, reference: Callable[[], LessonContext]) -> None:
        self._reference = reference
        self._runs: OrderedDict[Hashable, Any] = OrderedDict()
        self._seen: OrderedDict[Hashable, Any] = OrderedDict()
        self._lock = Lock()

    def run(self, key: str, read: Callable[[], LessonContext]) -> LessonContext:
        """Return a run by its key, read at the first time."""
        run: LessonContext = self._kept(self._runs, key, read, MOST_RUNS)
        return run

    def reference(self) -> LessonContext:
        """Return the set that comes along."""
        return self._reference()

    def seen(self, lesson: Lesson, own: LessonContext | None) -> Seen:
        """Return what a lesson shows of a run; of the reference set where there is none."""
        key = (
            lesson.folder,
            own and (own.run_id, own.name, own.corrections),
        )  # the context may hold more each time
        seen: Seen = self._kept(self._seen, key, lambda: see(lesson, own, self._reference), MOST_SEEN)
        return seen

    def _kept(
        self, shelf: OrderedDict[Hashable, Any], key: Hashable, make: Callable[[], Any], most: int
    ) -> Any:
        with self._lock:
            if key in shelf:
                shelf.move_to_end(key)
                return shelf[key]
        made = make()
        with self._lock:
            shelf[key] = made
            while len(shelf) > most:
                shelf.popitem(last=False)
        return made

"""The steps of a training: each worked once, and recalled where the training was killed after it.

What is recorded is plain JSON and arrays. The seconds of the budget that were used up are recorded with every step,
so that a training that goes on has what was left when the interrupted step began: no more, and no less.
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from apprenti.domain import json_form
from apprenti.domain.errors import InterruptedWorkError, UserError
from apprenti.domain.seams import Clock, Journal

Kept = TypeVar("Kept")

BEGUN = "begun"
"""The first step: what decides the outcome."""


class JournalDisagreesError(Exception):
    """What was recorded does not fit what is worked out now: the journal is of no use, and the training begins anew."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Content:
    """What is recorded of a step.

    Args:
        data: plain JSON data; floats stay what they are.
        arrays: by name.
    """

    data: Any
    arrays: Mapping[str, NDArray[Any]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Form(Generic[Kept]):
    """How what a step gives is written, and read again."""

    write: Callable[[Kept], Content]
    read: Callable[[Content], Kept]


def noun_form(kind: type[Kept]) -> Form[Kept]:
    """Return the form of a frozen dataclass of plain data."""
    return Form(
        write=lambda noun: Content(data=json_form.to_json(noun, exact=True)),
        read=lambda content: json_form.from_json(kind, content.data),
    )


class Steps:
    """The steps of one training, worked or recalled, in their order.

    A journal that cannot be written, because the disk is full, costs the journal and not the training.

    Args:
        journal: remembers; ``None``: every step is worked.
        clock: seconds.
        should_stop: whether to give up before the next step.
    """

    def __init__(
        self, journal: Journal | None, *, clock: Clock, should_stop: Callable[[], bool] | None = None
    ) -> None:
        self._journal, self._clock, self._should_stop = journal, clock, should_stop
        self._is_working = journal is None
        self._seconds_recalled: float | None = None
        self.begun = clock()
        """When the budget began to run, on the clock: later than it did where the training was killed meanwhile."""

    @property
    def is_going_on(self) -> bool:
        """Whether all steps so far were recalled."""
        return not self._is_working

    @property
    def is_recording(self) -> bool:
        """Whether anything is kept of what is recorded."""
        return self._journal is not None

    def begin(self, deciding: Mapping[str, Any]) -> bool:
        """Begin, or go on where everything that decides the outcome is what it was; return whether it goes on.

        Records of anything else are forgotten.
        """
        if self._journal is None:
            return False
        wanted = json.loads(json.dumps(deciding))
        recorded = self.recall(BEGUN)
        if recorded is not None and recorded.data == wanted:
            return True
        self._journal.forget()
        self._is_working = True
        self.record(BEGUN, Content(data=wanted))
        return False

    def once(self, step: str, work: Callable[[], Kept], form: Form[Kept]) -> Kept:
        """Return what ``work`` gives, or gave before a kill.

        Raises:
            InterruptedWorkError: told to stop before it.
            JournalDisagreesError: what was recorded cannot be read.
        """
        content = self.recall(step)
        if content is not None:
            try:
                return form.read(content)
            except (KeyError, TypeError, ValueError) as error:
                raise JournalDisagreesError(step) from error
        self.refuse_if_stopped()
        self.restart_clock()
        done = work()
        self.record(step, form.write(done))
        return done

    def recall(self, step: str) -> Content | None:
        """Return what was recorded for a step; nothing once a step had to be worked: later ones rest on it."""
        if self._journal is None or self._is_working:
            return None
        recorded = self._journal.recall(step)
        unpacked = None if recorded is None else _unpacked(recorded)
        if unpacked is None:
            self._is_working = True
            return None
        content, self._seconds_recalled = unpacked
        self.restart_clock()
        return content

    def restart_clock(self) -> None:
        """Let the budget run on from where the last step was recorded: recalling takes nothing of it."""
        if self._seconds_recalled is not None:
            self.begun = self._clock() - self._seconds_recalled

    def record(self, step: str, content: Content) -> None:
        """Keep what came of a step.

        Raises:
            JournalDisagreesError: it has been recorded.
            ApprentiError: the work was taken over by somebody else.
        """
        self._seconds_recalled = None
        if self._journal is None:
            return
        try:
            self._journal.record(step, _packed(content, self._clock() - self.begun))
        except ValueError as error:
            raise JournalDisagreesError(step) from error
        except UserError:
            self.stop_recording()

    def stop_recording(self) -> None:
        """Record nothing any more: what comes must not be taken for what a training that goes on would do."""
        self._journal, self._is_working = None, True

    def refuse_if_stopped(self) -> None:
        """Raise where the training was told to stop.

        Raises:
            InterruptedWorkError: so it was.
        """
        if self._should_stop is not None and self._should_stop():
            raise InterruptedWorkError("stopped_from_outside")


def _packed(content: Content, seconds: float) -> bytes:
    text = json.dumps({"seconds": seconds, "data": content.data})
    arrays = {f"array-{name}": array for name, array in content.arrays.items()}
    file = io.BytesIO()
    np.savez(file, allow_pickle=False, json=np.frombuffer(text.encode(), dtype=np.uint8), **arrays)
    return file.getvalue()


def _unpacked(data: bytes) -> tuple[Content, float] | None:
    """Return what was recorded and the seconds used up by then, or ``None`` where it is not ours."""
    try:
        with np.load(io.BytesIO(data), allow_pickle=False) as parts:
            told = json.loads(parts["json"].tobytes())
            arrays = {
                name.removeprefix("array-"): parts[name] for name in parts.files if name.startswith("array-")
            }
        return Content(data=told["data"], arrays=arrays), float(told["seconds"])
    except (BadZipFile, EOFError, KeyError, OSError, TypeError, ValueError):
        return None

"""Checks: what a learner is asked, how an answer is read, and what it is worth.

A check says right or wrong and why: each wrong answer that can be foreseen has its own feedback, whose text stands in
the words of the lesson under the same name.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

Answer = Mapping[str, Any]
"""Read values by field: a float, a choice's id, or a tuple of row numbers."""

MOST_LETTERS = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What an answer is worth.

    Args:
        right: whether it is.
        key: of its feedback in the words of the lesson.
        values: for the placeholders in it; those of what is shown are there anyway.
    """

    right: bool
    key: str
    values: Mapping[str, Any] = field(default_factory=dict)


def right(key: str = "right", **values: Any) -> Verdict:
    """Return the verdict on a right answer."""
    return Verdict(right=True, key=key, values=values)


def wrong(key: str, **values: Any) -> Verdict:
    """Return the verdict on a wrong answer."""
    return Verdict(right=False, key=key, values=values)


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One thing that is asked for.

    Args:
        name: of the field; its label stands in the words.
        kind: ``number``; ``choice`` of one of ``options``; ``photos``, some of those in ``options``; ``widget``, a
            number that the widget above puts there.
        options: from what is shown to ids: of choices, whose labels are in the words or are themselves, or row
            numbers of photos.
    """

    name: str
    kind: Literal["number", "choice", "photos", "widget"]
    options: Callable[[Any], Sequence[Any]] | None = None

    def read(self, written: str, shown: Any) -> Any:
        """Return the value of what was written; ``None`` where nothing was, or it is none of the kind."""
        written = written.strip()[:MOST_LETTERS]
        if self.kind in ("number", "widget"):
            return read_number(written)
        options = [str(one) for one in self.options(shown)] if self.options else []
        if self.kind == "choice":
            return written if written in options else None
        rows = [one for one in written.split(",") if one in options]
        return tuple(sorted({int(one) for one in rows})) or None


def read_number(written: str) -> float | None:
    """Return a number as either language writes it.

    Example:
        >>> read_number("0,722"), read_number("72.2 %"), read_number("about")
        (0.722, 0.722, None)
    """
    plain = (
        written.replace("\u202f", "")
        .replace("\u00a0", "")
        .replace(" ", "")
        .replace("−", "-")
        .replace(",", ".")
    )
    is_percent = plain.endswith("%")
    try:
        value = float(plain.removesuffix("%"))
    except ValueError:
        return None
    if not math.isfinite(value):
        return None
    return round(value / 100, 12) if is_percent else value


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing to prove, or to guess.

    Args:
        name: as the text calls it.
        fields: what is asked for.
        verify: from what is shown and a complete answer to the verdict; pure.
        reference: an answer that is right.
        wrong: for each feedback on wrong answers, an answer that gets it; a test holds them to it.
        is_guess: a guess may be wrong: the lesson goes on, and it does not count as passed or failed.
    """

    name: str
    fields: tuple[Field, ...]
    verify: Callable[[Any, Answer], Verdict]
    reference: Callable[[Any], Answer]
    wrong: Mapping[str, Callable[[Any], Answer]]
    is_guess: bool = False

    def judge(self, shown: Any, written: Mapping[str, str]) -> Verdict:
        """Return the verdict on what was written; ``blank`` where something is missing."""
        answer = {one.name: one.read(written.get(one.name, ""), shown) for one in self.fields}
        if any(value is None for value in answer.values()):
            return Verdict(right=False, key="blank")
        return self.verify(shown, answer)


def as_written(answer: Answer) -> dict[str, str]:
    """Return an answer as a form would send it."""
    return {
        name: ",".join(map(str, value)) if isinstance(value, tuple) else str(value)
        for name, value in answer.items()
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Exercise:
    """A code exercise: a file the learner edits and runs on their own machine, never on a server.

    The folder holds ``exercise.en.py`` and ``exercise.fr.py``, the file with a gap, and ``solution.py``.

    Args:
        functions: what the file must define.
        verify: from those functions, by name, to the verdict; may call them as it likes.
        wrong: for each feedback on wrong code, source that gets it.
    """

    functions: tuple[str, ...]
    verify: Callable[[Mapping[str, Callable[..., Any]]], Verdict]
    wrong: Mapping[str, str]

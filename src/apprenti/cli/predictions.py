"""Answers as they come: a folder of any size passes through in constant memory."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

from apprenti.cli.complaints import complain, complaint_of, printable
from apprenti.cli.desk import as_json
from apprenti.domain.dataset import TaskType
from apprenti.domain.errors import ItemError
from apprenti.domain.figures import amount, percent
from apprenti.domain.prediction import Prediction
from apprenti.domain.spreadsheet import Table
from apprenti.error_table import outcome_of
from apprenti.plain import prediction_data

if TYPE_CHECKING:
    from apprenti.cli.desk import Desk

COLUMNS = {
    TaskType.MULTI_CLASS: ("item", "label", "probability", "familiar", "distance", "problem"),
    TaskType.MULTI_LABEL: ("item", "labels", "probabilities", "familiar", "distance", "problem"),
    TaskType.REGRESSION: ("item", "value", "low", "high", "familiar", "distance", "problem"),
}
_NOTHING_READ = outcome_of(ItemError("empty_file", item="")).exit_code


def write_json(answers: Iterable[Prediction], model: Path, desk: Desk) -> int:
    """Write one JSON object, one answer to a line; an error in the middle closes it and stands inside it."""
    rest = iter(answers)
    first = list(_up_to_one(rest))  # what fails before the first answer is told as any other error
    desk.stdout.write(f'{{"model": {as_json(str(model))}, "predictions": [')
    n = n_unread = 0
    exit_code, end = 0, "]"
    try:
        for n, answer in enumerate(chain(first, rest), start=1):
            n_unread += answer.problem is not None
            desk.stdout.write(("\n" if n == 1 else ",\n") + as_json(prediction_data(answer, desk.lang)))
    except BrokenPipeError:
        raise
    except (KeyboardInterrupt, Exception) as error:
        complaint = complaint_of(error, desk)
        exit_code = complain(error, complaint, desk)
        end = f'], "error": {as_json(complaint.data["error"])}'
    desk.write(f'{end}, "n": {n}, "n_unread": {n_unread}}}')
    return exit_code or _exit_code(n, n_unread)


def write_csv(answers: Iterable[Prediction], desk: Desk) -> int:
    """Write comma-separated values with a header line, which depends on what the model tells."""
    rest = iter(answers)
    first = list(_up_to_one(rest))
    columns = COLUMNS[first[0].task_type if first else TaskType.MULTI_CLASS]
    table = Table(desk.stdout, columns)

    def write(answer: Prediction) -> None:
        row = _flat(prediction_data(answer, desk.lang))
        table.write(row[column] for column in columns)

    return _each(chain(first, rest), write)


def write_lines(answers: Iterable[Prediction], desk: Desk) -> int:
    """Write a line for each item: how sure, which answer, which item, and what to beware of."""
    width = 12

    def write(answer: Prediction) -> None:
        nonlocal width
        if answer.problem is not None:
            desk.tell(f"{'–':>6}  {printable(answer.problem.said(desk.lang))}")
            return
        sure, said = _said(answer, desk)
        width = max(width, len(said))
        beware = "" if answer.familiar else f"  · {desk.say('unfamiliar')}"
        before = f"{sure:>6}  " if sure else ""
        desk.write(f"{before}{said:<{width}}  {printable(answer.item)}{beware}")

    return _each(answers, write)


def _said(answer: Prediction, desk: Desk) -> tuple[str, str]:
    """Return how sure it is (or its number), and which label (or labels, or interval) goes with it."""
    lang = desk.lang
    if answer.value is not None and answer.interval is not None:
        precision = answer.interval.high - answer.interval.low
        value, low, high = (
            amount(number, lang, precision=precision)
            for number in (answer.value, answer.interval.low, answer.interval.high)
        )
        return value, f"({desk.say('from_to', low=low, high=high)})"
    if answer.task_type is TaskType.MULTI_CLASS:
        return percent(answer.probability, lang), printable(str(answer.label))
    labels = [f"{printable(label)} {percent(p, lang)}" for label, p in answer.labels]
    return "", " · ".join(labels) or desk.say("no_label_given")


def _flat(row: dict[str, Any]) -> dict[str, Any]:
    """Return an answer as cells: labels side by side, as a table of labelled photos has them."""
    low, high = row.get("interval") or (None, None)
    labels = row.get("labels")
    if labels is None:
        return {"labels": None, "probabilities": None, **row, "low": low, "high": high}
    names, probabilities = ("|".join(str(one[key]) for one in labels) for key in ("label", "probability"))
    return {**row, "labels": names or "|", "probabilities": probabilities}


def _each(answers: Iterable[Prediction], write: Callable[[Prediction], None]) -> int:
    n = n_unread = 0
    for answer in answers:
        n += 1
        n_unread += answer.problem is not None
        write(answer)
    return _exit_code(n, n_unread)


def _exit_code(n: int, n_unread: int) -> int:
    """Return success as long as one item could be read: a broken file among others is no failure."""
    return _NOTHING_READ if n and n == n_unread else 0


def _up_to_one(answers: Iterator[Prediction]) -> Iterator[Prediction]:
    for answer in answers:
        yield answer
        return

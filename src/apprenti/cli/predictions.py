"""Answers as they come: a folder of any size passes through in constant memory."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from apprenti.cli.complaints import complain, complaint_of, printable
from apprenti.cli.desk import as_json
from apprenti.domain.errors import ItemError
from apprenti.domain.figures import percent
from apprenti.domain.prediction import Prediction
from apprenti.error_table import outcome_of
from apprenti.plain import prediction_data

if TYPE_CHECKING:
    from apprenti.cli.desk import Desk

COLUMNS = ("item", "label", "probability", "familiar", "distance", "problem")
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
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
            n_unread += answer.label is None
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
    """Write comma-separated values with a header line."""
    table = csv.writer(desk.stdout, lineterminator="\n", quoting=csv.QUOTE_NONNUMERIC)
    table.writerow(COLUMNS)

    def write(answer: Prediction) -> None:
        row = prediction_data(answer, desk.lang)
        table.writerow([cell(row[column]) for column in COLUMNS])

    return _each(answers, write)


def write_lines(answers: Iterable[Prediction], desk: Desk) -> int:
    """Write a line for each item: how sure, which label, which item, and what to beware of."""
    width = 12

    def write(answer: Prediction) -> None:
        nonlocal width
        if answer.problem is not None:
            desk.tell(f"{'–':>6}  {printable(answer.problem.said(desk.lang))}")
            return
        label = printable(str(answer.label))
        width = max(width, len(label))
        beware = "" if answer.familiar else f"  · {desk.say('unfamiliar')}"
        sure = percent(answer.probability, desk.lang)
        desk.write(f"{sure:>6}  {label:<{width}}  {printable(answer.item)}{beware}")

    return _each(answers, write)


def cell(value: object) -> object:
    """Return a cell that a spreadsheet shows but never computes: what begins as a formula gets a quote.

    Example:
        >>> cell("=HYPERLINK(1)")
        "'=HYPERLINK(1)"
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str) and value.startswith(_FORMULA_STARTS):
        return f"'{value}"
    return value


def _each(answers: Iterable[Prediction], write: Callable[[Prediction], None]) -> int:
    n = n_unread = 0
    for answer in answers:
        n += 1
        n_unread += answer.label is None
        write(answer)
    return _exit_code(n, n_unread)


def _exit_code(n: int, n_unread: int) -> int:
    """Return success as long as one item could be read: a broken file among others is no failure."""
    return _NOTHING_READ if n and n == n_unread else 0


def _up_to_one(answers: Iterator[Prediction]) -> Iterator[Prediction]:
    for answer in answers:
        yield answer
        return

"""What lesson 16 shows: one answer of the learner's model as an API gives it, and two sums about daily use."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from apprenti.domain.dataset import Split
from apprenti.domain.lesson_context import LessonContext

EXPERTS, EXPERT_SALARY = 2, 150.0
DEVELOPERS, DEVELOPER_SALARY = 1, 110.0
"""Thousands a year."""
MONTHS, PRICE = 3, 1.0
"""Months of work; thousands a month for the service."""
PHOTOS_A_DAY, KILOBYTES = 20_000, 300
N_TOP = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """The figures of lesson 16; money in thousands.

    Args:
        has_answer: whether an answer by a model that had not learnt from the photo was kept.
        row: of the photo.
        top_labels: its most probable classes.
        top_p: their probabilities.
        has_accuracy: whether there were test photos.
        accuracy: on the test photos; ``None`` without.
        experts: how many.
        expert_salary: a year.
        developers: how many.
        developer_salary: a year.
        months: of work.
        price: of the service, a month.
        yearly: all salaries of a year.
        build: what building costs.
        thrice: the same with the months counted once more.
        years: of the service for that money.
        years_thrice: for three times that.
        photos_a_day: to begin with.
        kilobytes: of a photo.
        terabytes: in a year, of 365 days; a terabyte is a thousand million kilobytes.
        per_second: photos, evenly through the day.
    """

    has_answer: bool
    row: int
    top_labels: tuple[str, ...]
    top_p: tuple[float, ...]
    has_accuracy: bool
    accuracy: float | None
    experts: int
    expert_salary: float
    developers: int
    developer_salary: float
    months: int
    price: float
    yearly: float
    build: float
    thrice: float
    years: float
    years_thrice: float
    photos_a_day: int
    kilobytes: int
    terabytes: float
    per_second: float


def compute(context: LessonContext) -> Shown:
    """Return the figures."""
    photos = context.photos
    known = (
        np.asarray(np.isfinite(photos.answers).all(axis=1))
        if photos.answers.size
        else np.zeros(len(photos), bool)
    )
    tested = [int(row) for row in photos.rows(Split.TEST) if known[row]]
    rows = tested or [int(row) for row in np.flatnonzero(known)]
    row = rows[0] if rows else 0
    answer = photos.answers[row] if rows else np.empty(0)
    top = [int(one) for one in np.argsort(-answer, kind="stable")[:N_TOP]]
    yearly = EXPERTS * EXPERT_SALARY + DEVELOPERS * DEVELOPER_SALARY
    build = yearly * MONTHS / 12
    return Shown(
        has_answer=bool(rows),
        row=row,
        top_labels=tuple(context.labels[one] for one in top),
        top_p=tuple(float(answer[one]) for one in top),
        has_accuracy=context.scores is not None,
        accuracy=context.scores.accuracy if context.scores else None,
        experts=EXPERTS,
        expert_salary=EXPERT_SALARY,
        developers=DEVELOPERS,
        developer_salary=DEVELOPER_SALARY,
        months=MONTHS,
        price=PRICE,
        yearly=yearly,
        build=build,
        thrice=3 * build,
        years=build / PRICE / 12,
        years_thrice=3 * build / PRICE / 12,
        photos_a_day=PHOTOS_A_DAY,
        kilobytes=KILOBYTES,
        terabytes=PHOTOS_A_DAY * 365 * KILOBYTES / 1e9,
        per_second=PHOTOS_A_DAY / 86_400,
    )

"""The window alarm: are the photos that come in still like those the model learnt from?

The photos of a window (a day, a week, the last few hundred) are held against held-out training photos in three ways:
the distribution of each answer, that of the distance from the training photos, and what the photos are like (light,
sharpness, size). Each is an exact test of Kolmogorov and Smirnov; Bonferroni's correction, over the three and over
every column, keeps the false alarms of a window below the level whatever the columns have to do with each other. What
the photos are like counts only where the difference is clear, and does not by itself say that answers are worse: a
network may not mind half the light. Since when there is a change, ``change_point`` says.

What no window can show is a small share of photos of something new: each photo's own familiarity does that.
A window should hold each picture once: the same photo sent ten times is one observation.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from apprenti.domain.dataset import TaskType
from apprenti.domain.sentence import Sentence
from apprenti.stages.feedback.observations import DriftReference, Observations
from apprenti.stages.feedback.photo_shift import FactShift, fact_shifts
from apprenti.stages.feedback.two_sample import cliffs_delta, ks_distance, ks_p_value
from apprenti.texts import Lang, say

LEVEL = 0.02
"""Of one window: with a window a day, at most a false alarm in seven weeks, and fewer in practice."""

N_TESTS = 3
FEWEST_PHOTOS = 30
MOST_PHOTOS = 2_000
"""Of larger windows as many are looked at, evenly spread: more would find changes too small to matter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """What a window of photos says.

    Args:
        alarm: whether they differ from the training photos.
        n: photos looked at.
        p_answers: corrected p-value of the answers, 0..1; 1 where the window is too small.
        p_distance: corrected p-value of the distance.
        p_facts: corrected p-value of what the photos are like, where the difference is clear; 1 else.
        level: what the smallest of them has to stay below for an alarm.
        answer: the column of the answers that moved most; ``None`` where they did not move.
        answer_rose: whether it became larger.
        unfamiliar_share: photos past the familiarity threshold, 0..1.
        usual_unfamiliar_share: of held-out training photos.
        shifts: what is different about the photos, the clearest first; empty without an alarm.
    """

    alarm: bool
    n: int
    p_answers: float
    p_distance: float
    p_facts: float
    level: float
    answer: int | None = None
    answer_rose: bool = False
    unfamiliar_share: float = 0.0
    usual_unfamiliar_share: float = 0.0
    shifts: tuple[FactShift, ...] = ()

    @property
    def reaches_answers(self) -> bool:
        """Whether the model notices: its answers or the distances changed, not only the look of the photos."""
        return min(self.p_answers, self.p_distance) <= self.level


@dataclass(frozen=True, slots=True, kw_only=True)
class DriftNotice:
    """One thing that changed, as "Since Tuesday, the photos are darker than the training photos" is made of two.

    Args:
        since: its first words.
        what: the rest.
    """

    since: Sentence
    what: Sentence

    def said(self, lang: Lang = "en") -> str:
        """Return the whole sentence in ``lang``."""
        return say("feedback.notice", lang, since=self.since.said(lang), what=self.what.said(lang))


def check_window(window: Observations, reference: DriftReference, *, level: float = LEVEL) -> Drift:
    """Return whether a window of photos differs from the training photos, and in what.

    Args:
        window: answers, distances and facts of the photos, oldest first, each picture once.
        reference: what was kept of the held-out photos of the same model.
        level: of the three tests together.
    """
    usual = reference.held_out
    n = len(window)
    if n < FEWEST_PHOTOS or len(usual) < FEWEST_PHOTOS:
        return Drift(alarm=False, n=n, p_answers=1.0, p_distance=1.0, p_facts=1.0, level=level)
    if n > MOST_PHOTOS:
        window = window.rows(np.linspace(0, n - 1, MOST_PHOTOS).astype(np.int64))
    shifts = fact_shifts(window.facts, usual.facts)
    p_answers, most = _smallest_p(window.answers, usual.answers)
    p_distance, _ = _smallest_p(window.distances[:, np.newaxis], usual.distances[:, np.newaxis])
    p_facts = _smallest_p(window.facts, usual.facts)[0] if shifts else 1.0
    alarm = min(p_answers, p_distance, p_facts) <= level
    return Drift(
        alarm=alarm,
        n=len(window),
        p_answers=p_answers,
        p_distance=p_distance,
        p_facts=p_facts,
        level=level,
        answer=most if p_answers <= level else None,
        answer_rose=cliffs_delta(usual.answers[:, most], window.answers[:, most]) > 0,
        unfamiliar_share=float(np.mean(window.distances > 1)),
        usual_unfamiliar_share=float(np.mean(usual.distances > 1)),
        shifts=shifts if alarm else (),
    )


def _smallest_p(now: NDArray[np.float32], usual: NDArray[np.float32]) -> tuple[float, int]:
    """Return the corrected p-value of the column that moved most, and which one that is."""
    gaps = [ks_distance(usual[:, k], now[:, k]) for k in range(now.shape[1])]
    most = int(np.argmax(gaps))
    # the largest gap has the smallest p-value, and is the only one needed
    return min(1.0, N_TESTS * len(gaps) * ks_p_value(gaps[most], len(usual), len(now))), most


def drift_sentences(
    drift: Drift,
    *,
    labels: tuple[str, ...],
    task_type: TaskType,
    since: date | None = None,
    today: date | None = None,
) -> tuple[DriftNotice, ...]:
    """Return what a person should know of an alarm, the clearest first; nothing without one.

    Args:
        drift: what the window says.
        labels: of the model, in the order of its answers.
        task_type: what it tells.
        since: the first day of the change, where it is known.
        today: the day of reading; within a week, a day is called by its name.
    """
    if not drift.alarm:
        return ()
    when = since_words(since, today)
    found = [Sentence(key=f"feedback.{one.word}") for one in drift.shifts]
    if drift.p_distance <= drift.level:
        shares = {
            "share": round(100 * drift.unfamiliar_share),
            "usual": round(100 * drift.usual_unfamiliar_share),
        }
        is_farther = shares["share"] > shares["usual"]
        found.append(
            Sentence(key="feedback.farther", values=shares)
            if is_farther
            else Sentence(key="feedback.distance_moved")
        )
    if drift.answer is not None and task_type is not TaskType.REGRESSION:
        key = "feedback.answered_more" if drift.answer_rose else "feedback.answered_less"
        found.append(Sentence(key=key, values={"label": labels[drift.answer]}))
    elif drift.answer is not None:
        key = "feedback.numbers_rose" if drift.answer_rose else "feedback.numbers_fell"
        found.append(Sentence(key=key))
    return tuple(DriftNotice(since=when, what=what) for what in found)


WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def since_words(since: date | None, today: date | None) -> Sentence:
    """Return "Since Tuesday", "Since 29 July 2025", or "Lately" where the day is not known.

    Example:
        >>> since_words(date(2025, 7, 29), date(2025, 8, 1)).said("fr")
        'Depuis mardi'
    """
    if since is None:
        return Sentence(key="feedback.lately")
    if today is not None and 0 < (today - since).days < len(WEEKDAYS):
        return Sentence(key=f"feedback.since_{WEEKDAYS[since.weekday()]}")
    # as words: numbers of years and days have no mark of thousands
    values = {"day": str(since.day), "year": str(since.year)}
    return Sentence(key=f"feedback.since_month_{since.month}", values=values)

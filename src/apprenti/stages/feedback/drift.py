"""The window alarm: are the photos that come in still like those the model learnt from?

The photos of a window (a day, a week, the last few hundred) are held against held-out training photos in two ways:
the distribution of each answer, and that of the distance from the training photos. Each is an exact test of Kolmogorov
and Smirnov; Bonferroni's correction, over both and over all answers, keeps the false alarms of a window below the
level whatever the answers have to do with each other. Once there is an alarm, and never before, the photos are looked
at for what is different (``photo_shift``) and since when (``change_point``).

What no window can show is a small share of photos of something new: each photo's own familiarity does that.
A window should hold each picture once: the same photo sent ten times is one observation.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from apprenti.domain.dataset import TaskType
from apprenti.domain.sentence import Sentence
from apprenti.stages.feedback.observations import DriftReference, Observations
from apprenti.stages.feedback.photo_shift import FactShift, fact_shifts
from apprenti.stages.feedback.two_sample import cliffs_delta, ks_distance, ks_p_value
from apprenti.texts import Lang, say

LEVEL = 0.02
"""Of one window: with a window a day, at most a false alarm in seven weeks, and fewer in practice."""

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
        level: what the smaller of both has to stay below for an alarm.
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
    level: float
    answer: int | None = None
    answer_rose: bool = False
    unfamiliar_share: float = 0.0
    usual_unfamiliar_share: float = 0.0
    shifts: tuple[FactShift, ...] = ()


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
        level: of the two tests together.
    """
    usual = reference.held_out
    n = len(window)
    if n < FEWEST_PHOTOS or len(usual) < FEWEST_PHOTOS:
        return Drift(alarm=False, n=n, p_answers=1.0, p_distance=1.0, level=level)
    if n > MOST_PHOTOS:
        window = window.rows(np.linspace(0, n - 1, MOST_PHOTOS).astype(np.int64))
    sizes = len(usual), len(window)
    gaps = [ks_distance(usual.answers[:, k], window.answers[:, k]) for k in range(window.answers.shape[1])]
    most = int(np.argmax(gaps))
    # the largest gap has the smallest p-value, and is the only one needed
    p_answers = min(1.0, 2 * len(gaps) * ks_p_value(gaps[most], *sizes))
    p_distance = min(1.0, 2 * ks_p_value(ks_distance(usual.distances, window.distances), *sizes))
    alarm = min(p_answers, p_distance) <= level
    return Drift(
        alarm=alarm,
        n=len(window),
        p_answers=p_answers,
        p_distance=p_distance,
        level=level,
        answer=most if p_answers <= level else None,
        answer_rose=cliffs_delta(usual.answers[:, most], window.answers[:, most]) > 0,
        unfamiliar_share=float(np.mean(window.distances > 1)),
        usual_unfamiliar_share=float(np.mean(usual.distances > 1)),
        shifts=fact_shifts(window.facts, usual.facts) if alarm else (),
    )


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
        found.append(Sentence(key="feedback.farther", values=shares))
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

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from apprenti.blocks.photo_facts import PHOTO_FACTS
from apprenti.domain.dataset import TaskType
from apprenti.stages.feedback.drift import FEWEST_PHOTOS, LEVEL, check_window, drift_sentences, since_words
from apprenti.stages.feedback.observations import DriftReference, Observations
from apprenti.stages.feedback.photo_shift import WORDS, most_moved

LABELS = ("cat", "dog", "fish")
BRIGHTNESS = PHOTO_FACTS.index("brightness")


def observed(
    n: int, *, seed: int, brightness: float = 0.5, distance: float = 0.5, lead: float = 0.0
) -> Observations:
    draws = np.random.default_rng(seed)
    odds = np.exp(3 * draws.normal(size=(n, 3)) + [lead, 0, 0])
    facts = draws.normal(0.5, 0.1, (n, len(PHOTO_FACTS)))
    facts[:, BRIGHTNESS] += brightness - 0.5
    return Observations(
        answers=(odds / odds.sum(axis=1, keepdims=True)).astype(np.float32),
        distances=(distance * draws.gamma(8, 1 / 8, n)).astype(np.float32),
        facts=facts.astype(np.float32),
    )


REFERENCE = DriftReference.made_from(observed(512, seed=0), seed=0)


def told(window: Observations) -> list[str]:
    return [
        notice.said("en")
        for notice in drift_sentences(
            check_window(window, REFERENCE), labels=LABELS, task_type=TaskType.MULTI_CLASS
        )
    ]


def test_quiet_windows_raise_no_more_alarms_than_the_level_allows() -> None:
    alarms = 0
    for seed in range(150):
        fresh = DriftReference(held_out=observed(120, seed=2 * seed))
        alarms += check_window(observed(60, seed=2 * seed + 1), fresh).alarm
    assert alarms / 150 <= 2 * LEVEL


def test_darker_photos_are_called_darker_since_the_day_it_began() -> None:
    drift = check_window(observed(150, seed=1, brightness=0.35), REFERENCE)
    assert drift.alarm
    assert not drift.reaches_answers
    (notice,) = drift_sentences(
        drift,
        labels=LABELS,
        task_type=TaskType.MULTI_CLASS,
        since=date(2025, 7, 29),
        today=date(2025, 8, 1),
    )
    assert notice.said("en") == "Since Tuesday, the photos are darker than the training photos."
    assert notice.said("fr") == "Depuis mardi, les photos sont plus sombres que les photos d’entraînement."


def test_unfamiliar_photos_and_another_mix_of_classes_are_told_apart() -> None:
    assert any("unlike the training photos" in line for line in told(observed(200, seed=1, distance=0.9)))
    assert any("“cat” more often" in line for line in told(observed(200, seed=1, lead=4)))
    assert told(observed(200, seed=1)) == []


def test_numbers_that_rose_are_told_without_a_label() -> None:
    def numbers(rise: float, seed: int) -> Observations:
        rows = observed(200, seed=seed)
        return Observations(
            answers=rows.answers[:, :1] + np.float32(rise), distances=rows.distances, facts=rows.facts
        )

    drift = check_window(numbers(0.5, 1), DriftReference(held_out=numbers(0, 2)))
    (notice,) = drift_sentences(drift, labels=(), task_type=TaskType.REGRESSION)
    assert notice.what.key == "feedback.numbers_rose"


def test_a_window_of_a_few_photos_says_nothing() -> None:
    assert not check_window(observed(FEWEST_PHOTOS - 1, seed=1, brightness=0), REFERENCE).alarm


def test_the_photos_that_moved_are_shown_first() -> None:
    quiet, dark = observed(80, seed=1), observed(20, seed=2, brightness=0.1, distance=2)
    window = Observations(
        answers=np.concatenate([quiet.answers, dark.answers]),
        distances=np.concatenate([quiet.distances, dark.distances]),
        facts=np.concatenate([quiet.facts, dark.facts]),
    )
    assert np.mean(most_moved(window, REFERENCE)[:10] >= 80) >= 0.9


@pytest.mark.parametrize("day", range(1, 8))
@pytest.mark.parametrize("lang", ["en", "fr"])
def test_a_day_of_the_last_week_is_called_by_its_name_and_an_older_one_by_its_date(
    day: int, lang: str
) -> None:
    since = date(2025, 7, day)
    recent = since_words(since, date(2025, 7, day + 3)).said(lang)  # type: ignore[arg-type]
    assert not any(sign.isdigit() for sign in recent)
    assert f"{day} " in since_words(since, date(2025, 8, 1)).said(lang)  # type: ignore[arg-type]
    assert "2025" in since_words(since, date(2025, 8, 1)).said(lang)  # type: ignore[arg-type]


def test_every_fact_has_words_in_both_languages() -> None:
    from apprenti.texts import say

    assert set(WORDS) == set(PHOTO_FACTS)
    for pair in WORDS.values():
        for word in pair:
            assert say(f"feedback.{word}", "en") != say(f"feedback.{word}", "fr")

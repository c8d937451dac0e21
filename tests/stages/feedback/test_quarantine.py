from __future__ import annotations

import numpy as np
import pytest

from apprenti.domain.dataset import Target
from apprenti.stages.feedback.quarantine import (
    MANY,
    GivenCorrection,
    HoldKind,
    KnownPhotos,
    quarantine,
    share_of_sure_mistakes,
)

AXES = np.eye(8, dtype=np.float32)
KNOWN = KnownPhotos(
    target_of={f"known {i}": "cat" if i < 6 else "dog" for i in range(8)},
    labels=frozenset({"cat", "dog"}),
    hashes=tuple(f"known {i}" for i in range(8)),
    embeddings=np.concatenate([AXES[0] + 0.3 * AXES[1:7], AXES[6:8]]),
)


def correction(
    number: int, target: Target = "dog", *, source: str = "ana", **facts: object
) -> GivenCorrection:
    given: dict[str, object] = {"content_hash": f"photo {number}", "answered": "cat", "probability": 0.6}
    return GivenCorrection(
        id=f"correction {number}",
        target=target,
        source=source,
        created_us=number,
        **{**given, **facts},  # type: ignore[arg-type]
    )


def kinds(*corrections: GivenCorrection) -> list[HoldKind]:
    return [held.kind for held in quarantine(corrections, KNOWN)]


def test_ordinary_corrections_are_learnt_from() -> None:
    assert kinds(*(correction(i, "dog" if i % 2 else "cat") for i in range(40))) == []


def test_a_test_photo_is_never_learnt_from_even_when_it_is_confirmed() -> None:
    assert kinds(correction(1, "cat", in_test_set=True)) == [HoldKind.TEST_PHOTO]


def test_two_people_who_say_different_things_of_one_photo_are_both_held() -> None:
    same = {"content_hash": "x"}
    assert (
        kinds(correction(1, "cat", **same), correction(2, "dog", source="ben", **same))
        == [HoldKind.CONTRADICTORY] * 2
    )


def test_of_two_words_of_one_person_the_last_counts() -> None:
    first, last = correction(1, "cat", content_hash="x"), correction(2, "dog", content_hash="x")
    assert [held.correction_id for held in quarantine([last, first], KNOWN)] == [first.id]
    assert kinds(first, last) == [HoldKind.SUPERSEDED]


def test_the_same_word_twice_and_labels_in_another_order_are_no_contradiction() -> None:
    assert kinds(correction(1, content_hash="x"), correction(2, content_hash="x", source="ben")) == []
    several = {"content_hash": "y", "answered": None}
    assert (
        kinds(
            correction(3, ("cat", "dog"), **several), correction(4, ("dog", "cat"), source="ben", **several)
        )
        == []
    )


def test_what_the_training_data_say_of_the_very_photo_counts() -> None:
    assert kinds(correction(1, "dog", content_hash="known 0")) == [HoldKind.CONTRADICTORY]


def test_a_label_that_no_photo_has_waits_for_a_person() -> None:
    (held,) = quarantine([correction(1, "dgo")], KNOWN)
    assert held.kind is HoldKind.UNKNOWN_LABEL
    assert "dgo" in held.reason.said("fr")


def test_nearly_the_same_photo_under_another_label_is_held_and_under_its_own_it_is_not() -> None:
    twin = KNOWN.embeddings[0] * np.float32(1.01)  # type: ignore[index]
    assert kinds(correction(1, "dog", embedding=twin)) == [HoldKind.TWIN]
    assert kinds(correction(1, "cat", embedding=twin, answered="dog")) == []


def test_a_certain_model_and_all_neighbours_together_hold_a_correction_back_but_neither_alone() -> None:
    among_cats = AXES[0]
    certain = {"probability": 0.99, "familiar": True, "embedding": among_cats}
    assert kinds(correction(1, "dog", **certain)) == [HoldKind.EVIDENCE]
    assert kinds(correction(1, "dog", **{**certain, "probability": 0.9})) == []
    assert kinds(correction(1, "dog", **{**certain, "embedding": AXES[7]})) == []


def test_a_source_that_mostly_contradicts_sure_answers_is_held_and_others_are_not() -> None:
    flood = [correction(i, probability=0.97, familiar=True, source="mal") for i in range(12)]
    flood += [correction(12, source="mal")]
    confirmed = correction(13, "cat", source="mal")  # teaches the model nothing that it does not say already
    honest = [correction(20 + i, probability=0.97 if i % 4 == 0 else 0.5, familiar=True) for i in range(12)]
    held = quarantine([*honest, *flood, confirmed], KNOWN)
    assert {one.kind for one in held} == {HoldKind.FLOOD}
    assert [one.correction_id for one in held] == [one.id for one in flood]


def test_of_a_source_that_is_mostly_honest_only_what_contradicts_sure_answers_is_held() -> None:
    sure = [correction(i, probability=0.97, familiar=True) for i in range(45)]
    unsure = [correction(50 + i) for i in range(50)]
    held = quarantine([*sure, *unsure], KNOWN)
    assert [one.correction_id for one in held] == [one.id for one in sure]


def test_many_at_once_are_held_unless_the_source_usually_gives_so_many() -> None:
    many = [correction(i, "cat") for i in range(MANY + 1)]
    assert set(kinds(*many)) == {HoldKind.FLOOD}
    used_to_it = KnownPhotos(target_of={}, labels=KNOWN.labels, usual_per_source={"ana": 60})
    assert quarantine(many, used_to_it) == ()


def test_numbers_are_compared_as_numbers() -> None:
    same = {"content_hash": "x", "answered": 3.0}
    assert kinds(correction(1, 2.5, **same), correction(2, 2.5, source="ben", **same)) == []
    assert (
        kinds(correction(1, 2.5, **same), correction(2, 9.0, source="ben", **same))
        == [HoldKind.CONTRADICTORY] * 2
    )


def test_ten_thousand_corrections_of_one_photo_are_judged_at_once() -> None:
    storm = [correction(i, "cat" if i % 2 else "dog", content_hash="x") for i in range(10_000)]
    assert len(quarantine(storm, KNOWN)) >= 5_000


def test_a_model_without_mistakes_is_not_held_to_be_incapable_of_them() -> None:
    sure, right = np.ones(50, np.float32), np.ones(50, bool)
    assert share_of_sure_mistakes(sure, right, right) == 0.5


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_every_reason_can_be_said(lang: str) -> None:
    flood = [correction(i, probability=0.97, familiar=True, source="mal") for i in range(12)]
    held = quarantine(
        [
            *flood,
            correction(90, in_test_set=True),
            correction(91, "dgo"),
            correction(92, content_hash="known 0"),
        ],
        KNOWN,
    )
    assert all(one.reason.said(lang) for one in held)  # type: ignore[arg-type]

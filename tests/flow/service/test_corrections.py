"""Corrections: one call, learnt from unless something speaks against it, undone when something does later."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from tests.fake_loop import Loop, mixture, open_loop, shade, test_picture
from tests.fake_service import OPERATOR

from apprenti.domain.dataset import TaskType
from apprenti.domain.errors import AccessError, ConflictError, NotFoundError, OptionError
from apprenti.domain.service import Caller, Correction, CorrectionState, JobState, Role, TrainingReason
from apprenti.flow.service import corrections, deciding, images, looking_back, tasks, trainings
from apprenti.store.database import predictions as prediction_table

ACCEPTED, QUARANTINED, REJECTED = (
    CorrectionState.ACCEPTED,
    CorrectionState.QUARANTINED,
    CorrectionState.REJECTED,
)


@pytest.fixture
def loop(tmp_path: Path) -> Loop:
    return open_loop(tmp_path)


def correct(loop: Loop, data: bytes, *names: str, who: Caller = OPERATOR, **options: bool) -> Correction:
    prediction = loop.ask(data)
    return corrections.correct(
        loop.service, who, loop.here, prediction.id, label_ids=loop.id_of(*names), **options
    )


def verbs(loop: Loop) -> list[str]:
    page = looking_back.list_audit(loop.service, OPERATOR, loop.here, limit=500)
    return [entry.verb for entry in page.items]


def test_a_correction_is_one_call_and_the_image_shows_it_at_once(loop: Loop) -> None:
    made = correct(loop, mixture(120, 20, 110), "blue")
    assert (made.state, made.agrees) == (ACCEPTED, False)
    assert loop.shown(made.image_id) == ["blue"]
    assert "correct" in verbs(loop)


def test_saying_what_the_model_said_confirms_it(loop: Loop) -> None:
    made = correct(loop, mixture(200, 30, 20), "red")
    assert (made.state, made.agrees) == (ACCEPTED, True)
    assert loop.shown(made.image_id) == ["red"]
    assert "confirm" in verbs(loop)


def test_a_corrected_prediction_leaves_the_queue(loop: Loop) -> None:
    made = correct(loop, mixture(120, 20, 110), "blue")
    with loop.service.database.read() as tx:
        assert prediction_table.get(tx, loop.here, str(made.prediction_id)).is_reviewed


def test_without_its_image_nothing_is_corrected_and_the_message_asks_for_consent(loop: Loop) -> None:
    prediction = loop.ask(mixture(1, 2, 200), keeps_image=False)
    with pytest.raises(ConflictError, match="consent"):
        corrections.correct(loop.service, OPERATOR, loop.here, prediction.id, label_ids=loop.id_of("red"))


def test_a_test_image_is_never_changed_by_a_correction_nor_released(loop: Loop) -> None:
    data = mixture(30, 170, 30)
    image_id = test_picture(loop, data, ["green"])
    made = correct(loop, data, "red")
    assert (made.image_id, made.state) == (image_id, QUARANTINED)
    assert made.reason["key"] == "feedback.held_test_photo"
    with pytest.raises(ConflictError, match="fixed test set"):
        deciding.release(loop.service, OPERATOR, loop.here, made.id)
    assert loop.shown(image_id) == ["green"]


def test_a_poisoned_correction_is_held_where_all_that_is_known_speaks_against_it(loop: Loop) -> None:
    made = correct(loop, shade("red", 77), "blue")
    assert made.state is QUARANTINED
    assert made.reason["key"] in ("feedback.held_twin", "feedback.held_evidence")
    assert loop.shown(made.image_id) == []
    assert "quarantine" in verbs(loop)


def test_two_people_who_disagree_are_both_held_and_the_image_shows_what_it_did(loop: Loop) -> None:
    data = mixture(120, 20, 110)
    first = correct(loop, data, "blue", who=loop.person("ann"))
    second = correct(loop, data, "green", who=loop.person("bob"))
    assert second.state is QUARANTINED
    first = corrections.get_correction(loop.service, OPERATOR, loop.here, first.id)
    assert (first.state, first.reason["key"]) == (QUARANTINED, "feedback.held_contradictory")
    assert loop.shown(first.image_id) == []


def test_releasing_one_of_two_rejects_the_other_and_stays_decided(loop: Loop) -> None:
    data = mixture(120, 20, 110)
    first = correct(loop, data, "blue", who=loop.person("ann"))
    second = correct(loop, data, "green", who=loop.person("bob"))
    released = deciding.release(loop.service, OPERATOR, loop.here, first.id)
    assert (released.state, released.decided_by) == (ACCEPTED, OPERATOR.token_id)
    assert loop.shown(first.image_id) == ["blue"]
    assert corrections.get_correction(loop.service, OPERATOR, loop.here, second.id).state is REJECTED
    again = correct(loop, data, "red", who=loop.person("eve"))
    assert again.state is QUARANTINED
    assert corrections.get_correction(loop.service, OPERATOR, loop.here, first.id).state is ACCEPTED
    assert loop.shown(first.image_id) == ["blue"]


def test_the_last_word_of_a_person_counts(loop: Loop) -> None:
    data = mixture(120, 20, 110)
    first = correct(loop, data, "green", who=loop.person("ann"))
    second = correct(loop, data, "blue", who=loop.person("ann"))
    assert second.state is ACCEPTED
    first = corrections.get_correction(loop.service, OPERATOR, loop.here, first.id)
    assert (first.state, first.reason["key"]) == (QUARANTINED, "feedback.held_superseded")
    assert loop.shown(first.image_id) == ["blue"]


def test_a_flood_against_sure_answers_is_held_and_what_it_changed_is_put_back(tmp_path: Path) -> None:
    loop = open_loop(tmp_path, n_known=2)  # too few photos around for the evidence of neighbours
    loop.model.known = None
    eve = loop.person("eve")
    given = [correct(loop, shade("red", 500 + n), "blue", who=eve) for n in range(12)]
    assert given[0].state is ACCEPTED
    held = corrections.list_corrections(loop.service, OPERATOR, loop.here, state=QUARANTINED, limit=100).items
    assert {one.id for one in held} == {one.id for one in given}
    assert {one.reason["key"] for one in held} == {"feedback.held_flood_against"}
    assert all(loop.shown(one.image_id) == [] for one in held)
    honest = correct(loop, mixture(120, 20, 110), "blue", who=loop.person("ann"))
    assert honest.state is ACCEPTED


def test_a_label_nobody_has_used_is_held_until_somebody_says_it_is_meant(loop: Loop) -> None:
    from apprenti.flow.service import labels

    pink = labels.create_label(loop.service, OPERATOR, loop.here, name="pink")
    tasks.add_label_to_task(loop.service, OPERATOR, loop.here, loop.task.id, pink.id)
    prediction = loop.ask(mixture(230, 120, 150))
    made = corrections.correct(loop.service, OPERATOR, loop.here, prediction.id, label_ids=[pink.id])
    assert made.reason["key"] == "feedback.held_unknown_label"
    deciding.release(loop.service, OPERATOR, loop.here, made.id)
    assert loop.shown(made.image_id) == ["pink"]


def test_enough_corrections_begin_one_training_by_themselves(tmp_path: Path) -> None:
    loop = open_loop(tmp_path, corrections_until_retrain=3)
    for n in range(2):
        correct(loop, mixture(120 + n, 20, 110), "blue")
        correct(loop, mixture(200, 30, 20 + n), "red")  # agreeing is nothing new
    listed = trainings.list_trainings(loop.service, OPERATOR, loop.here, task_id=loop.task.id).items
    assert listed == ()
    correct(loop, mixture(130, 20, 115), "blue")
    correct(loop, mixture(131, 20, 115), "blue")
    (job,) = trainings.list_trainings(loop.service, OPERATOR, loop.here, task_id=loop.task.id).items
    assert (job.reason, job.state) == (TrainingReason.CORRECTIONS, JobState.QUEUED)


def test_what_was_held_begins_no_training_until_it_is_released(tmp_path: Path) -> None:
    loop = open_loop(tmp_path, corrections_until_retrain=1)
    held = correct(loop, shade("red", 77), "blue")
    assert trainings.list_trainings(loop.service, OPERATOR, loop.here).items == ()
    deciding.release(loop.service, OPERATOR, loop.here, held.id)
    assert len(trainings.list_trainings(loop.service, OPERATOR, loop.here).items) == 1


def test_a_task_that_never_trains_by_itself_does_not(loop: Loop) -> None:
    for n in range(25):
        correct(loop, mixture(120 + n, 20, 110), "blue", who=loop.person(f"p{n}"))
    assert trainings.list_trainings(loop.service, OPERATOR, loop.here).items == ()


def test_owners_decide_and_editors_do_not(loop: Loop) -> None:
    held = correct(loop, shade("red", 77), "blue")
    for decide in (deciding.release, deciding.reject):
        with pytest.raises(AccessError):
            decide(loop.service, loop.person("ed"), loop.here, held.id)
    owner = loop.person("own", Role.OWNER)
    assert deciding.reject(loop.service, owner, loop.here, held.id).state is REJECTED
    with pytest.raises(ConflictError, match="not held"):
        deciding.release(loop.service, owner, loop.here, held.id)
    assert verbs(loop)[0] == "reject"


def test_readers_correct_nothing_and_strangers_see_nothing(loop: Loop) -> None:
    prediction = loop.ask(mixture(120, 20, 110))
    with pytest.raises(AccessError):
        corrections.correct(
            loop.service, loop.person("r", Role.READER), loop.here, prediction.id, label_ids=loop.id_of("red")
        )
    stranger = replace(loop.person("s"), workspace_id="elsewhere")
    with pytest.raises(NotFoundError):
        corrections.list_corrections(loop.service, stranger, loop.here)


@pytest.mark.parametrize("names", [(), ("red", "blue")])
def test_one_class_is_one_label(loop: Loop, names: tuple[str, ...]) -> None:
    with pytest.raises(OptionError):
        correct(loop, mixture(120, 20, 110), *names)


def test_an_image_nobody_asked_about_is_corrected_too(loop: Loop) -> None:
    image, _ = images.add_image(loop.service, OPERATOR, loop.here, mixture(120, 20, 110))
    made = corrections.correct_image(
        loop.service, OPERATOR, loop.here, image.id, loop.task.id, label_ids=loop.id_of("blue")
    )
    assert (made.prediction_id, made.agrees, made.state) == (None, False, ACCEPTED)
    assert loop.shown(image.id) == ["blue"]


def test_going_round_by_the_image_meets_the_same_evidence(loop: Loop) -> None:
    prediction = loop.ask(shade("red", 77))
    made = corrections.correct_image(
        loop.service,
        OPERATOR,
        loop.here,
        str(prediction.image_id),
        loop.task.id,
        label_ids=loop.id_of("blue"),
    )
    assert (made.prediction_id, made.state) == (prediction.id, QUARANTINED)


def test_several_labels_are_corrected_together_and_none_of_them_is_an_answer(tmp_path: Path) -> None:
    loop = open_loop(tmp_path, task_type=TaskType.MULTI_LABEL)
    loop.model.known = None
    made = correct(loop, mixture(120, 20, 110), "red", "blue")
    assert sorted(loop.shown(made.image_id)) == ["blue", "red"]
    none = correct(loop, mixture(90, 20, 190))
    assert (none.state, loop.shown(none.image_id)) == (ACCEPTED, ["none"])
    agreed = correct(loop, mixture(200, 20, 20), "red")
    assert agreed.agrees


def test_a_number_within_the_margin_agrees(tmp_path: Path) -> None:
    loop = open_loop(tmp_path, task_type=TaskType.REGRESSION)
    loop.model.known = None
    near, far = loop.ask(mixture(60, 60, 60)), loop.ask(mixture(90, 90, 90))
    said = [corrections.correct(loop.service, OPERATOR, loop.here, one.id, value=62.5) for one in (near, far)]
    assert [one.agrees for one in said] == [True, False]
    labels = images.labels_of_images(loop.service, OPERATOR, loop.here, [str(far.image_id)])
    assert [one.value for _, one in labels[str(far.image_id)]] == [62.5]
    for value in (None, float("nan")):
        with pytest.raises(OptionError):
            corrections.correct(loop.service, OPERATOR, loop.here, near.id, value=value)

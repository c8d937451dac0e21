"""A correction that was a slip is taken back, and everything stands as if it had not been given."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.fake_loop import Loop, mixture, open_loop, shade
from tests.fake_service import OPERATOR

from apprenti.domain.errors import AccessError, ConflictError
from apprenti.domain.service import Caller, Correction, CorrectionState, Role
from apprenti.flow.service import corrections, review
from apprenti.flow.service.withdrawing import withdraw
from apprenti.store.database import corrections as table
from apprenti.store.database import predictions as prediction_table

BETWEEN = mixture(120, 20, 110)


@pytest.fixture
def loop(tmp_path: Path) -> Loop:
    return open_loop(tmp_path)


def correct(loop: Loop, name: str, who: Caller, data: bytes = BETWEEN) -> Correction:
    prediction = loop.ask(data)
    return corrections.correct(loop.service, who, loop.here, prediction.id, label_ids=loop.id_of(name))


def is_reviewed(loop: Loop, correction: Correction) -> bool:
    with loop.service.database.read() as tx:
        return prediction_table.get(tx, loop.here, str(correction.prediction_id)).is_reviewed


def test_the_image_shows_what_it_did_and_the_prediction_waits_again(loop: Loop) -> None:
    ann = loop.person("ann")
    made = correct(loop, "blue", ann)
    gone = withdraw(loop.service, ann, loop.here, made.id)
    assert (gone.state, gone.decided_by) == (CorrectionState.REJECTED, "ann")
    assert loop.shown(made.image_id) == []
    assert not is_reviewed(loop, made)
    with loop.service.database.read() as tx:
        assert table.n_new(tx, loop.task.id) == 0


def test_what_the_same_person_said_before_counts_again(loop: Loop) -> None:
    ann = loop.person("ann")
    first, second = correct(loop, "green", ann), correct(loop, "blue", ann)
    withdraw(loop.service, ann, loop.here, second.id)
    assert loop.shown(first.image_id) == ["green"]
    back = corrections.get_correction(loop.service, ann, loop.here, first.id)
    assert (back.state, back.reason) == (CorrectionState.ACCEPTED, {})
    withdraw(loop.service, ann, loop.here, first.id)
    assert loop.shown(first.image_id) == []


def test_one_that_was_held_back_changes_nothing_when_it_goes(loop: Loop) -> None:
    ann = loop.person("ann")
    held = correct(loop, "blue", ann, shade("red", 77))
    assert held.state is CorrectionState.QUARANTINED
    withdraw(loop.service, ann, loop.here, held.id)
    assert loop.shown(held.image_id) == []


def test_a_drawn_answer_no_longer_counts_for_the_accuracy(loop: Loop) -> None:
    drawn = next(
        one for one in (loop.ask(shade("red", 500 + n)) for n in range(60)) if one.review_reason == "random"
    )
    who = (loop.service, OPERATOR, loop.here)
    made = corrections.correct(*who, drawn.id, label_ids=loop.id_of("red"), in_queue=True)
    assert review.honest_estimate(*who, loop.task.id).accuracy.n == 1
    withdraw(*who, made.id)
    assert review.honest_estimate(*who, loop.task.id).accuracy.n == 0


def test_nobody_takes_back_what_another_said_but_owners(loop: Loop) -> None:
    made = correct(loop, "blue", loop.person("ann"))
    with pytest.raises(AccessError):
        withdraw(loop.service, loop.person("bob"), loop.here, made.id)
    withdraw(loop.service, loop.person("eve", Role.OWNER), loop.here, made.id)


def test_what_was_learnt_from_or_is_gone_stays_as_it_is(loop: Loop) -> None:
    ann = loop.person("ann")
    made = correct(loop, "blue", ann)
    with loop.service.database.write() as tx:
        table.mark_learnt(tx, loop.task.id, "job")
    with pytest.raises(ConflictError, match="no longer be taken back"):
        withdraw(loop.service, ann, loop.here, made.id)
    again = correct(loop, "green", ann)
    withdraw(loop.service, ann, loop.here, again.id)
    with pytest.raises(ConflictError, match="no longer be taken back"):
        withdraw(loop.service, ann, loop.here, again.id)

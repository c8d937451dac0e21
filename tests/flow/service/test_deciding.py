"""What owners take back: accepted corrections, learnt from or not, leave no trace in what images show."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.fake_loop import Loop, mixture, open_loop
from tests.fake_service import OPERATOR

from apprenti.domain.dataset import TaskType
from apprenti.domain.errors import ConflictError, OptionError
from apprenti.domain.service import Caller, Correction, CorrectionState
from apprenti.flow.service import corrections, deciding, images, looking_back, review
from apprenti.flow.service.images import Said
from apprenti.store.database import corrections as table
from apprenti.store.database.corrections import CorrectionFilter

ACCEPTED, REJECTED = CorrectionState.ACCEPTED, CorrectionState.REJECTED
BETWEEN = mixture(120, 20, 110)


@pytest.fixture
def loop(tmp_path: Path) -> Loop:
    return open_loop(tmp_path)


def correct(loop: Loop, data: bytes, *names: str, who: Caller = OPERATOR, **options: bool) -> Correction:
    prediction = loop.ask(data)
    said = loop.id_of(*names)
    return corrections.correct(loop.service, who, loop.here, prediction.id, label_ids=said, **options)


def learn(loop: Loop) -> None:
    """Let a training have learnt from all there is."""
    with loop.service.database.write() as tx:
        table.mark_learnt(tx, loop.task.id, loop.service.new_id())


def withdraw(loop: Loop, one: Correction) -> Correction:
    return deciding.reject(loop.service, OPERATOR, loop.here, one.id)


def test_what_a_training_learnt_is_withdrawn_and_the_image_shows_what_it_did(loop: Loop) -> None:
    made = correct(loop, BETWEEN, "blue")
    learn(loop)
    withdrawn = withdraw(loop, made)
    assert (withdrawn.state, withdrawn.decided_by) == (REJECTED, OPERATOR.token_id)
    assert withdrawn.job_id  # who learnt from it stays known
    assert loop.shown(made.image_id) == []
    told = looking_back.list_audit(loop.service, OPERATOR, loop.here, noun_id=made.id).items[0]
    assert (told.verb, told.details["training_id"]) == ("withdraw", withdrawn.job_id)
    with pytest.raises(ConflictError, match="rejected already"):
        withdraw(loop, made)


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_of_several_in_force_each_order_of_withdrawing_ends_where_all_began(
    loop: Loop, order: tuple[int, int]
) -> None:
    made = [correct(loop, BETWEEN, "blue")]
    learn(loop)
    held = correct(loop, BETWEEN, "green")
    made.append(deciding.release(loop.service, OPERATOR, loop.here, held.id))
    assert {one.state for one in made} == {ACCEPTED}
    withdraw(loop, made[order[0]])
    assert loop.shown(made[0].image_id) == ["green" if order[0] == 0 else "blue"]
    withdraw(loop, made[order[1]])
    assert loop.shown(made[0].image_id) == []


def test_a_label_given_by_hand_since_stays(loop: Loop) -> None:
    made = correct(loop, BETWEEN, "blue")
    red = Said(label_id=loop.labels["red"].id)
    images.label_image(loop.service, OPERATOR, loop.here, made.image_id, add=[red])
    withdraw(loop, made)
    assert loop.shown(made.image_id) == ["red"]


def test_of_several_labels_only_what_the_correction_brought_goes(tmp_path: Path) -> None:
    loop = open_loop(tmp_path, task_type=TaskType.MULTI_LABEL)
    loop.model.known = None
    made = correct(loop, BETWEEN, "blue", "red")
    green = Said(label_id=loop.labels["green"].id)
    images.label_image(loop.service, OPERATOR, loop.here, made.image_id, add=[green])
    withdraw(loop, made)
    assert loop.shown(made.image_id) == ["green"]


def test_all_of_a_source_goes_in_one_call_and_nothing_else_does(loop: Loop) -> None:
    eve, ann = loop.person("eve"), loop.person("ann")
    bad = [correct(loop, mixture(120 + n, 20, 110), "green", who=eve) for n in range(3)]
    good = correct(loop, mixture(140, 20, 130), "blue", who=ann)
    learn(loop)
    chosen = CorrectionFilter(token_id="eve")
    assert deciding.reject_several(loop.service, OPERATOR, loop.here, chosen) == 3
    assert [loop.shown(one.image_id) for one in (*bad, good)] == [[], [], [], ["blue"]]
    assert deciding.reject_several(loop.service, OPERATOR, loop.here, chosen) == 0
    with pytest.raises(OptionError, match="which corrections"):
        deciding.reject_several(loop.service, OPERATOR, loop.here, CorrectionFilter())


def test_more_than_one_transaction_takes_are_all_taken(loop: Loop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deciding, "AT_ONCE", 2)
    given = [correct(loop, mixture(120 + n, 20, 110), "blue") for n in range(5)]
    chosen = CorrectionFilter(from_us=given[0].created_us, until_us=given[4].created_us)
    assert deciding.reject_several(loop.service, OPERATOR, loop.here, chosen) == 4


def test_what_is_withdrawn_tells_of_no_accuracy_and_makes_no_flood_usual(loop: Loop) -> None:
    eve = loop.person("eve")
    made = [correct(loop, mixture(120 + n, 20, 110, n), "green", who=eve, in_queue=True) for n in range(15)]
    learn(loop)
    assert review.honest_estimate(loop.service, OPERATOR, loop.here, loop.task.id).accuracy.n > 0
    deciding.reject_several(loop.service, OPERATOR, loop.here, CorrectionFilter(token_id="eve"))
    assert review.honest_estimate(loop.service, OPERATOR, loop.here, loop.task.id).accuracy.n == 0
    with loop.service.database.read() as tx:
        assert table.usual_of_source(tx, loop.task.id, made[0].token_id) == 0

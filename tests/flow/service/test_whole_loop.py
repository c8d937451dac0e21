"""The whole loop with real trainings: asked, reviewed, corrected, trained by itself, promoted by the test, undone."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from tests.fake_service import OPERATOR, default_workspace
from tests.flow.service.real_trainings import real_service, real_tools, train

from apprenti.domain.service import (
    Caller,
    CorrectionState,
    JobState,
    Role,
    StoredPrediction,
    Task,
    TrainingReason,
)
from apprenti.flow.samples import write_samples
from apprenti.flow.service import (
    corrections,
    images,
    labels,
    looking_back,
    monitoring,
    predictions,
    review,
    tasks,
    trainings,
    versions,
)
from apprenti.flow.service.images import ImageWords, Said
from apprenti.flow.service.service import Service
from apprenti.flow.service.tasks import TaskSettings
from apprenti.flow.tools import Tools

pytestmark = [pytest.mark.slow, pytest.mark.long, pytest.mark.timeout(900)]

N_LEARNT, N_TESTED, N_ASKED, N_UNTIL_RETRAIN = 2, 16, 26, 15
ACCEPTED, QUARANTINED = CorrectionState.ACCEPTED, CorrectionState.QUARANTINED


@dataclass(frozen=True, kw_only=True)
class Digits:
    """A task of digits: a few to learn from, a fixed test set, and many to be asked about.

    Args:
        task: it.
        label_ids: of each digit.
        learnt: a file that is learnt from, of each digit.
        asked: files nobody has labelled, each with its digit.
    """

    task: Task
    label_ids: list[str]
    learnt: list[bytes]
    asked: list[tuple[bytes, int]]


@pytest.fixture
def service(tmp_path: Path) -> Service:
    return real_service(tmp_path)


@pytest.fixture
def tools(tmp_path: Path) -> Iterator[Tools]:
    with real_tools(tmp_path) as opened:
        yield opened


def digits(folder: Path, service: Service, here: str) -> Digits:
    write_samples("digits", folder)
    settings = TaskSettings(
        name="digits", keeps_images=True, corrections_until_retrain=N_UNTIL_RETRAIN, budget_seconds=45
    )
    task = tasks.create_task(service, OPERATOR, here, settings)
    made = Digits(task=task, label_ids=[], learnt=[], asked=[])
    for digit in range(10):
        label = labels.create_label(service, OPERATOR, here, name=str(digit))
        tasks.add_label_to_task(service, OPERATOR, here, task.id, label.id)
        made.label_ids.append(label.id)
        files = [path.read_bytes() for path in sorted((folder / str(digit)).iterdir())]
        made.learnt.append(files[0])
        made.asked.extend((data, digit) for data in files[20 : 20 + N_ASKED])
        for n, data in enumerate(files[: N_LEARNT + N_TESTED]):
            words = ImageWords(is_test=n >= N_LEARNT)
            images.add_image(service, OPERATOR, here, data, words=words, shows=[Said(label_id=label.id)])
    return made


def nearly(data: bytes) -> bytes:
    """Return a picture that differs from another in one pixel by a little."""
    pixels = np.array(Image.open(io.BytesIO(data)).convert("L"))
    pixels[0, 0] ^= 3
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "PNG")
    return out.getvalue()


def person(here: str, name: str) -> Caller:
    return Caller(token_id=name, role=Role.EDITOR, workspace_id=here)


def test_the_loop_closes_by_itself_and_everything_can_be_told_and_undone(
    service: Service, tools: Tools, tmp_path: Path
) -> None:
    here = default_workspace(service)
    made = digits(tmp_path / "digits", service, here)
    task = made.task
    trainings.ask_training(service, OPERATOR, here, task.id)
    train(service, tools)
    assert tasks.get_task(service, OPERATOR, here, task.id).production_version == 1

    # asked, with consent: each lands in the queue with its image
    digit_of: dict[str, int] = {}
    for data, digit in made.asked:
        said = predictions.classify(service, OPERATOR, here, task.id, data)
        assert said.image_id is not None
        digit_of[said.id] = digit

    # poison: nearly a photo that was learnt from, under another name; and two people who disagree
    held = [poison(service, here, made), *contradiction(service, here, made, digit_of)]
    assert [one.state for one in held] == [QUARANTINED] * 3

    # people work through the queue until enough is new
    n_reviewed = review_until_training(service, here, made, digit_of)
    (job, *_) = trainings.list_trainings(service, OPERATOR, here, task_id=task.id).items
    assert (job.reason, job.state) == (TrainingReason.CORRECTIONS, JobState.QUEUED)
    glance = monitoring.dashboard(service, OPERATOR, here, task.id)
    assert sum(day.n for day in glance.traffic) == len(made.asked) + 1
    assert glance.training is not None
    assert glance.corrections[QUARANTINED] >= 3
    before = review.next_training(service, OPERATOR, here, task.id)
    assert before.n_corrected >= N_UNTIL_RETRAIN
    assert before.n_corrected + before.n_confirmed <= n_reviewed

    # the challenger meets the champion on the fixed test set, and only the paired test decides
    train(service, tools)
    second = versions.get_version(service, OPERATOR, here, task.id, 2)
    assert second.verdict["n"] == 10 * N_TESTED
    assert second.verdict["champion"] == 1
    is_better = second.verdict["p_value"] <= second.verdict["level"]
    assert second.verdict["promote"] == is_better
    assert is_better, second.verdict
    assert tasks.get_task(service, OPERATOR, here, task.id).production_version == 2
    after = review.next_training(service, OPERATOR, here, task.id)
    assert (after.n_corrected, after.n_confirmed) == (0, 0)
    assert sum(after.n_held.values()) >= 3

    # one that is no better stays where it is
    trainings.ask_training(service, OPERATOR, here, task.id)
    train(service, tools)
    third = versions.get_version(service, OPERATOR, here, task.id, 3)
    assert (third.verdict["champion"], third.verdict["promote"]) == (2, False)
    assert tasks.get_task(service, OPERATOR, here, task.id).production_version == 2

    # and back in one call
    assert versions.roll_back(service, OPERATOR, here, task.id).production_version == 1
    page = looking_back.list_audit(service, OPERATOR, here, limit=500)
    told = {entry.verb for entry in page.items}
    while page.next_cursor is not None:
        page = looking_back.list_audit(service, OPERATOR, here, limit=500, cursor=page.next_cursor)
        told |= {entry.verb for entry in page.items}
    assert {"create", "ask", "correct", "confirm", "quarantine", "promote", "roll_back"} <= told


def poison(service: Service, here: str, made: Digits) -> object:
    said = predictions.classify(service, OPERATOR, here, made.task.id, nearly(made.learnt[0]))
    wrong = [made.label_ids[7]]
    given = corrections.correct(service, person(here, "eve"), here, said.id, label_ids=wrong)
    assert given.reason["key"] in ("feedback.held_twin", "feedback.held_evidence")
    return given


def contradiction(service: Service, here: str, made: Digits, digit_of: dict[str, int]) -> list[object]:
    prediction_id = next(iter(digit_of))
    ids = []
    for name, digit in (("ann", digit_of.pop(prediction_id)), ("bob", 9)):
        given = corrections.correct(
            service, person(here, name), here, prediction_id, label_ids=[made.label_ids[digit]]
        )
        ids.append(given.id)
    return [corrections.get_correction(service, OPERATOR, here, one) for one in ids]


def review_until_training(service: Service, here: str, made: Digits, digit_of: dict[str, int]) -> int:
    """Let three people judge what the queue shows; return how many judgements they gave, all of the queue."""
    n = 0
    while True:
        items = review.review_queue(service, OPERATOR, here, made.task.id, limit=50).items
        known = [item.prediction for item in items if item.prediction.id in digit_of]
        if not known:
            return n
        for prediction in known:
            n += 1
            judge(service, here, made, prediction, digit_of[prediction.id], f"reviewer {n % 3}")


def judge(
    service: Service, here: str, made: Digits, prediction: StoredPrediction, digit: int, name: str
) -> None:
    given = corrections.correct(
        service, person(here, name), here, prediction.id, label_ids=[made.label_ids[digit]], in_queue=True
    )
    assert given.agrees == (prediction.label_id == made.label_ids[digit])

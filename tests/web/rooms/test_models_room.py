"""The models room and the training room, as the server draws them."""

from __future__ import annotations

import pytest
from tests.flow.service.small_models import Colours, colours_in, give_model
from tests.web.rooms.asking import HERE, Visited

from apprenti.domain.service import JobState, Role, TrainingJob
from apprenti.store.database import trainings


@pytest.fixture
def here(rooms: Visited) -> Colours:
    """A task with two versions."""
    made = colours_in(rooms.service, rooms.workspace)
    for number in (1, 2):
        give_model(made, number)
    return made


def test_an_owner_compares_exports_and_copies_code(rooms: Visited, here: Colours) -> None:
    rooms.enter()
    page = rooms.browser.get(f"/tasks/{here.task}/models").text
    assert page.count("data-compare=") == 2
    assert page.count('data-export="int8"') == 2
    assert f"{HERE}/v1/tasks/{here.task}/predictions" in page
    assert "import apprenti" in page


def test_a_reader_tries_and_compares_and_takes_nothing_away(rooms: Visited, here: Colours) -> None:
    rooms.enter(Role.READER, lang="fr")
    page = rooms.browser.get(f"/tasks/{here.task}/models").text
    assert page.count("data-compare=") == 2
    assert "data-export=" not in page
    assert "Montrer ce qu’il a regardé" in page


def test_the_answer_is_one_sentence_whose_numbers_lead_into_the_report_below(
    rooms: Visited, here: Colours
) -> None:
    job = TrainingJob(
        id=rooms.service.new_id(),
        workspace_id=rooms.workspace,
        task_id=here.task,
        state=JobState.DONE,
        budget_seconds=60.0,
        version_number=1,
        created_us=rooms.service.now_us(),
    )
    with rooms.service.database.write() as tx:
        trainings.insert(tx, job)
    rooms.enter()
    page = rooms.browser.get(f"/tasks/{here.task}/train").text
    report = f"/tasks/{here.task}/versions/1/report"
    assert f'right for <a href="{report}#answer-title" data-place="answer-title">9</a> of 10 photos' in page
    assert f'<iframe id="report" src="{report}"' in page
    for place in ("answer-title", "mistakes", "calibration", "data"):
        assert f'id="{place}"' in rooms.browser.get(report).text
        assert f"#{place}" in page


def test_a_plan_is_offered_only_where_there_is_enough_to_train_on(rooms: Visited) -> None:
    rooms.enter()
    empty = rooms.make_task("Empty")
    assert 'id="plan"' not in rooms.browser.get(f"/tasks/{empty}/train").text

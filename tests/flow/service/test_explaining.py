"""Explanations: what an answer rests on, and that nothing of it is kept."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.fake_service import picture
from tests.flow.service.small_models import N_EACH, Colours, colours, give_model

from apprenti.domain.errors import ConflictError
from apprenti.flow.service import images, predictions
from apprenti.flow.service.explaining import explain


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Colours:
    made = colours(tmp_path_factory.mktemp("service"))
    give_model(made, 1)
    return made


def test_the_photos_it_learnt_from_that_are_most_alike_come_first(here: Colours) -> None:
    said = explain(*here.who, here.task, here.photos[2], n_nearest=4)
    assert said.nearest[0].image_id == here.image_ids[2]
    assert said.nearest[0].likeness == pytest.approx(1, abs=0.01)
    assert [photo.shows for photo in said.nearest] == [("red",)] * 4
    assert said.answer["labels"][0]["name"] == "red"


def test_heat_is_of_the_label_that_was_said(here: Colours) -> None:
    said = explain(*here.who, here.task, here.photos[N_EACH], n_cells=3)
    assert said.heat is not None
    assert (said.heat.parts.shape, said.heat_label, said.fit) == ((3, 3), "blue", "squash")
    assert said.heat.answer == pytest.approx(said.answer["labels"][0]["p"], abs=1e-5)


def test_nothing_is_kept_counted_or_put_up_for_review(here: Colours) -> None:
    service = here.service
    blobs = set(service.blobs.hashes())
    explain(*here.who, here.task, picture((90, 200, 10)), n_cells=2, n_nearest=2)
    assert predictions.list_predictions(*here.who, task_id=here.task).items == ()
    assert set(service.blobs.hashes()) == blobs
    with service.database.read() as tx:
        assert tx.exec_driver_sql("SELECT count(*) FROM traffic").scalar_one() == 0


def test_photos_deleted_since_are_left_out(tmp_path: Path) -> None:
    here = colours(tmp_path)
    give_model(here, 1)
    images.delete_images(*here.who, [here.image_ids[2]])
    said = explain(*here.who, here.task, here.photos[2], n_nearest=20)
    assert here.image_ids[2] not in {photo.image_id for photo in said.nearest}
    assert len(said.nearest) == 7


def test_a_task_without_a_model_says_so(tmp_path: Path) -> None:
    here = colours(tmp_path)
    with pytest.raises(ConflictError, match="model"):
        explain(*here.who, here.task, here.photos[0])

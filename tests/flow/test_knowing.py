"""What is known before a training: the package's table and the user's records, side by side."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from tests.made_knowledge import a_record

from apprenti.domain.knowledge_table import Knowledge
from apprenti.domain.recipe import Cell
from apprenti.flow.knowing import gather_knowledge, joined, table_of
from apprenti.stages.select import PROFILE_COLUMNS
from apprenti.store import append_cells

RIDGE = "classic.v1@64-squash/none.v1/ridge.v1?alpha=1"
LDA = "embedded.v2-96@96-squash/none.v1/lda.v1"


def a_cell(recipe: str, score: float) -> Cell:
    return Cell(
        recipe=recipe, score=score, balanced_accuracy=score, seconds=0.5, split="validation", n_train=10
    )


def a_table(**changes: object) -> Knowledge:
    table = Knowledge(
        datasets=("shapes",),
        families=("drawn",),
        recipes=("classic.v1/none.v1/ridge.v1?alpha=1", "other"),
        scores=np.array([[0.5, 0.6]], np.float32),
        seconds=np.array([[1.0, 2.0]], np.float32),
        profiles=np.zeros((1, len(PROFILE_COLUMNS)), np.float32),
        profile_columns=PROFILE_COLUMNS,
    )
    return replace(table, **changes)  # type: ignore[arg-type]


def test_a_training_becomes_a_row_under_the_names_of_the_catalogue() -> None:
    record = replace(a_record(), cells=(a_cell(RIDGE, 0.75), a_cell(LDA, 0.25)))
    table = table_of([record], n_trusted=0)
    assert table.recipes == ("classic.v1/none.v1/ridge.v1?alpha=1", "embedded.v2-96/none.v1/lda.v1")
    assert table.scores.tolist() == [[0.75, 0.25]]
    assert table.profile_columns == PROFILE_COLUMNS


def test_what_others_say_is_trusted_less_than_what_was_measured_here() -> None:
    mine = replace(a_record(), cells=(a_cell(RIDGE, 0.75),))
    theirs = [replace(mine, origin="0123456789ab") for _ in range(40)]
    trust = table_of([mine, *theirs], n_trusted=0).trust
    assert trust is not None
    assert trust[0] == 1
    assert trust[1:].sum() <= 1.0001


def test_joining_keeps_every_score_where_it_belongs() -> None:
    mine = table_of([replace(a_record(), cells=(a_cell(RIDGE, 0.75), a_cell(LDA, 0.25)))], n_trusted=1)
    both = joined(a_table(), mine)
    scores = dict(zip(both.recipes, both.scores.T.tolist(), strict=True))
    assert scores["classic.v1/none.v1/ridge.v1?alpha=1"] == [0.5, 0.75]
    assert scores["other"] == pytest.approx([0.6, np.nan], nan_ok=True)
    assert both.trust is not None
    assert both.trust.tolist() == [1, 1]


def test_a_training_that_is_kept_is_known_the_next_time(tmp_path: Path) -> None:
    record = a_record()
    before = gather_knowledge(tmp_path, kept_as={})
    append_cells(tmp_path, profile=record.profile, cells=record.cells, versions=record.versions)
    after = gather_knowledge(tmp_path, kept_as={})
    assert after is not None
    assert len(after.datasets) == 1 + (0 if before is None else len(before.datasets))


def test_where_nothing_is_kept_only_the_package_speaks() -> None:
    alone, nowhere = (gather_knowledge(folder, kept_as={}) for folder in (None, Path("/nonexistent")))
    assert (alone is None) == (nowhere is None)


def test_what_was_learnt_on_a_network_the_user_brought_is_found_under_its_name_here() -> None:
    mirrored = "onnx-abababababab-mirrored+classic.v1@224-squash/none.v1/lda.v1"
    stranger = "onnx-cdcdcdcdcdcd@224-squash/none.v1/lda.v1"
    record = replace(a_record(), cells=(a_cell(mirrored, 0.75), a_cell(stranger, 0.25)))
    table = table_of([record], n_trusted=0, kept_as={"mine-1a2b3c4d": "onnx-abababababab"})
    assert set(table.recipes) == {
        "mine-1a2b3c4d-mirrored+classic.v1/none.v1/lda.v1",
        "onnx-cdcdcdcdcdcd/none.v1/lda.v1",
    }


@pytest.mark.parametrize(("n_train", "is_timed"), [(20, True), (12, True), (5, False)])
def test_seconds_of_a_fit_on_a_part_of_the_photos_are_no_seconds_of_all(n_train: int, is_timed: bool) -> None:
    cell = replace(a_cell(RIDGE, 0.75), n_train=n_train)
    table = table_of([replace(a_record(), cells=(cell,))], n_trusted=0)
    assert table.scores.tolist() == [[0.75]]
    assert np.isfinite(table.seconds).tolist() == [[is_timed]]

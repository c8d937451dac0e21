"""One small data set from drawing to cells: the same profile as a user's, the same names, nothing done twice."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import knowledge.measure
import pytest
from knowledge.datasets import SOURCES, Source, Task
from knowledge.layout import read_source
from knowledge.measure import SourceJob, TaskJob, embed_source, measure_task, read_result
from knowledge.tasks import as_a_user_has_it, rows_of
from tests.making import Silence

from apprenti.blocks.embedded import load_embedded
from apprenti.domain.dataset import Dataset
from apprenti.domain.json_form import to_json
from apprenti.engine import InlineEngine
from apprenti.flow.inspect import inspect_data
from apprenti.flow.tools import Tools
from apprenti.recipes import SPACE
from apprenti.store import MemoryShelf

SOURCE = Source(name="drawn few", family="drawn few", of="textures", n_photos=60)
TASK = Task(name="drawn few, 3 a class", source="drawn few", per_label=3)
COLUMNS = (
    "classic.v1/none.v1/centroid.v1",
    "embedded.v2-64+embedded.v2-128/l2.v1/knn.v1?k=1",
    "embedded.v2-64-mirrored/standardise.v1/centroid.v1",
    "embedded.v2-64/l2.v1/centroid.v1",
    "embedded.v2-64/standardise.v1/centroid.v1",
)


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("work")


@pytest.fixture(autouse=True)
def small_space(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(SOURCES, SOURCE.name, SOURCE)  # type: ignore[arg-type]
    monkeypatch.setattr(knowledge.measure, "PACKAGED_SPACE", tuple(SPACE[name] for name in COLUMNS))


def job(work: Path) -> TaskJob:
    return TaskJob(task=TASK, work=work, data_root=work)


def test_every_recipe_has_its_cell_under_its_column(work: Path) -> None:
    measure_task(job(work))
    result = read_result(TASK, work)
    assert result is not None
    assert sorted(cell.recipe for cell in result.cells) == sorted(COLUMNS)
    assert all(0 <= cell.score <= 1 and cell.seconds > 0 and cell.n_train == 18 for cell in result.cells)
    assert max(cell.score for cell in result.cells) > 2 / 6  # six textures, guessing gets one in six
    assert (result.task, result.family, result.n_held_out) == (TASK.name, "drawn few", 24)
    assert result.weights_sha256 == load_embedded(64).sha256


def test_the_profile_is_the_one_a_user_of_these_photos_gets(
    work: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    measure_task(job(work))
    result = read_result(TASK, work)
    assert result is not None
    dataset = read_source(SOURCE, work=work, data_root=work)
    users = as_a_user_has_it(TASK, dataset, rows_of(TASK, dataset))

    def read_users(*arguments: object, **named: object) -> Dataset:
        return users

    monkeypatch.setattr("apprenti.flow.inspect.read_dataset", read_users)
    tools = Tools(engine=InlineEngine(), shelf=MemoryShelf(), progress=Silence(), clock=time.monotonic)
    profile = inspect_data(work, tools=tools).profile
    assert to_json(profile) == to_json(result.profile)
    assert profile is not None
    assert profile.landmarks == pytest.approx(result.profile.landmarks)
    assert set(result.profile.landmarks) == {"nearest_neighbour", "nearest_centroid", "linear"}


def test_what_was_measured_is_not_measured_again_until_the_catalogue_changes(
    work: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    measure_task(job(work))
    (path,) = (work / "cells").glob("*.json")
    before = path.read_bytes()
    measure_task(job(work))
    assert path.read_bytes() == before
    monkeypatch.setattr(knowledge.measure, "PACKAGED_SPACE", (SPACE[COLUMNS[0]],))
    assert read_result(TASK, work) is None


def test_a_torn_result_is_no_result(work: Path) -> None:
    measure_task(job(work))
    (path,) = (work / "cells").glob("*.json")
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    assert read_result(TASK, work) is None
    path.write_bytes(whole)


def test_what_is_not_embedded_by_the_deadline_is_left_for_the_next_time(tmp_path: Path) -> None:
    source = SourceJob(source=SOURCE, work=tmp_path, data_root=tmp_path, deadline=0.0)
    assert embed_source(source) == SOURCE.name
    assert list((tmp_path / "features").rglob("*.rows")) == []


def test_what_other_programs_measured_is_measured_anew(work: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    measure_task(job(work))
    assert read_result(TASK, work) is not None
    monkeypatch.setattr(knowledge.measure, "program_versions", lambda: {"numpy": "0"})
    assert read_result(TASK, work) is None


def test_kin_found_later_are_kin_of_what_was_measured_before(
    work: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    measure_task(job(work))
    monkeypatch.setitem(SOURCES, SOURCE.name, replace(SOURCE, family="drawn"))  # type: ignore[arg-type]
    result = read_result(TASK, work)
    assert result is not None
    assert result.family == "drawn"

"""A training meets a full disk: it waits and is not to blame."""

from __future__ import annotations

import errno
import time
from contextlib import suppress
from pathlib import Path

import pytest
from tests.fake_service import OPERATOR, default_workspace, make_service
from tests.flow.service.test_trainings import make_task
from tests.making import Silence

from apprenti.domain.errors import DataError, StoreError, UserError
from apprenti.domain.service import JobState, TrainingJob
from apprenti.engine import InlineEngine
from apprenti.flow.service import running, trainings
from apprenti.flow.service.running import MOST_TRIES, run_training
from apprenti.flow.service.service import Service
from apprenti.flow.tools import Tools
from apprenti.jobs.worker import next_training
from apprenti.store import MemoryShelf


@pytest.fixture
def service(tmp_path: Path) -> Service:
    return make_service(tmp_path / "service")


def meeting(
    service: Service, tmp_path: Path, error: Exception, monkeypatch: pytest.MonkeyPatch
) -> TrainingJob:
    """Return a training as it stands after a worker has met an error in it."""

    def raise_it(*_: object) -> None:
        raise error

    monkeypatch.setattr(running, "_work", raise_it)
    tools = Tools(
        engine=InlineEngine(),
        shelf=MemoryShelf(),
        progress=Silence(),
        clock=time.monotonic,
        knowledge_folder=tmp_path / "knowledge",
    )
    claimed = next_training(service, "one")
    assert claimed is not None
    with suppress(StoreError):
        run_training(service, claimed, tools=tools, stopping=lambda: False)
    return trainings.get_training(service, OPERATOR, default_workspace(service), claimed.id)


@pytest.mark.parametrize(
    "error",
    [
        UserError("disk_full", path="x"),
        StoreError("store_full", cause="no space"),
        OSError(errno.ENOSPC, "No space left on device"),
    ],
)
def test_a_training_waits_where_the_disk_is_full_however_often_it_meets_that(
    error: Exception, service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = default_workspace(service)
    trainings.ask_training(service, OPERATOR, here, make_task(service, here).id)
    for attempt in range(1, 2 * MOST_TRIES):
        left = meeting(service, tmp_path, error, monkeypatch)
        assert (left.state, left.attempt, left.owner) == (JobState.QUEUED, attempt, "")


@pytest.mark.parametrize(
    "error", [DataError("no_labelled_images", task="x"), OSError(errno.EIO, "broken"), ValueError()]
)
def test_other_trouble_is_the_trainings_own(
    error: Exception, service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = default_workspace(service)
    trainings.ask_training(service, OPERATOR, here, make_task(service, here).id)
    left = meeting(service, tmp_path, error, monkeypatch)
    assert left.state is JobState.FAILED
    assert left.error["key"] in ("errors.no_labelled_images", "errors.training_broke")

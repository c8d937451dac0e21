"""A whole training in its process: what it leaves, for every kind of task, and after a kill."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from apprenti.blocks.session import open_session
from apprenti.domain.dataset import TaskType
from apprenti.domain.errors import WorkError
from apprenti.domain.network_training import TrainedName

torch = pytest.importorskip("torch", reason="needs PyTorch: pip install 'apprenti[deep]'")

from tests.stages.train.network_jobs import (  # noqa: E402
    N_FEATURES,
    SETTINGS,
    SMALL,
    a_job,
    without_half_precision,
)
from tests.stages.train.small_networks import N_PHOTOS, pictures  # noqa: E402

from apprenti.stages.train.loop import Learner  # noqa: E402
from apprenti.stages.train.network_job import TrainedNetwork, history_of, train_network  # noqa: E402

ROOT = Path(__file__).parents[3]


@pytest.fixture(autouse=True)
def small_networks(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in SMALL.items():
        monkeypatch.setattr(f"apprenti.blocks.network_start.{name}", value)
    monkeypatch.setattr("apprenti.stages.train.precision.half_precision_pays", without_half_precision)


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The steps that are taken in this process."""
    taken: list[int] = []
    learn = Learner.learn

    def counted(self: Learner) -> float:
        taken.append(self.step)
        return learn(self)

    monkeypatch.setattr(Learner, "learn", counted)
    return taken


def features_of(network: TrainedNetwork) -> np.ndarray:
    return np.load(network.features)


def test_a_training_leaves_a_graph_that_tells_features_and_what_its_own_head_says(tmp_path: Path) -> None:
    job = a_job(tmp_path / "work")
    network = train_network(job)
    features = features_of(network)
    assert features.shape == (N_PHOTOS, N_FEATURES + 2) == (N_PHOTOS, network.n_features)
    photos, labels = pictures()
    session = open_session(network.graph.read_bytes())
    assert np.array_equal(features[3:4], session.run(["features"], {"pixels": photos[3:4]})[0])
    assert (features[:, -2:].argmax(axis=1) == labels).mean() > 0.9
    assert network.epochs == 10
    assert network.photos_per_second > 0
    assert history_of(job).progress() > 0.9  # the rest is for the features
    assert list((tmp_path / "unfinished").iterdir()) == []


def test_a_training_killed_in_the_middle_goes_on_and_ends_where_it_would_have_ended(
    tmp_path: Path, steps: list[int]
) -> None:
    through = train_network(a_job(tmp_path / "through", checkpoints=None))
    killed_in = tmp_path / "killed"
    command = [sys.executable, "-m", "tests.stages.train.network_jobs", str(killed_in)]
    path = os.pathsep.join([str(ROOT), *sys.path])
    with subprocess.Popen(command, cwd=ROOT, env={**os.environ, "PYTHONPATH": path}) as child:
        until = time.monotonic() + 100
        while not (killed_in / "waits").exists() and child.poll() is None and time.monotonic() < until:
            time.sleep(0.1)
        child.send_signal(signal.SIGKILL)
    assert child.returncode == -signal.SIGKILL
    unfinished = tmp_path / "unfinished"
    (file,) = unfinished.glob("*.npz")
    with np.load(file, allow_pickle=False) as kept:
        n_kept = int(kept["step"])
    assert 0 < n_kept < 20
    steps.clear()
    network = train_network(a_job(tmp_path / "again"))
    assert steps == list(range(n_kept, 20))
    assert network.graph.read_bytes() == through.graph.read_bytes()
    assert features_of(network).tobytes() == features_of(through).tobytes()
    assert list(unfinished.iterdir()) == []


def test_what_is_kept_belongs_to_one_training_alone(tmp_path: Path) -> None:
    job = a_job(tmp_path)
    assert replace(job, folder=tmp_path / "elsewhere", deadline=3.0).key == job.key
    others = [
        replace(job, seed=1),
        replace(job, data_key="others"),
        replace(job, fitted=job.fitted[1:]),
        replace(job, settings=replace(SETTINGS, rate=0.06)),
        replace(job, trained=TrainedName(kind="scratch.v1", size_px=32, epochs=11)),
        replace(job, symmetries=()),
        replace(job, start=b"another"),
    ]
    assert len({job.key, *(other.key for other in others)}) == 1 + len(others)


def test_nothing_is_kept_where_there_is_no_place_for_it(tmp_path: Path) -> None:
    train_network(
        a_job(
            tmp_path / "work",
            checkpoints=None,
            trained=TrainedName(kind="scratch.v1", size_px=32, epochs=1),
        )
    )
    assert not (tmp_path / "unfinished").exists()


def test_a_training_that_lost_its_way_leaves_no_model_and_nothing_to_go_on_from(tmp_path: Path) -> None:
    job = a_job(tmp_path / "work", settings=replace(SETTINGS, rate=1e9))
    with pytest.raises(WorkError, match=r"scratch\.v1-32-e10"):
        train_network(job)
    assert list((tmp_path / "unfinished").iterdir()) == []
    assert not list(job.folder.glob("*.onnx"))


def test_a_number_is_told_in_its_own_unit(tmp_path: Path) -> None:
    photos, _ = pictures()
    light = (1000 + 5 * photos.mean(axis=(1, 2, 3)))[:-4].astype(np.float32)  # 1400 and 1850, about
    network = train_network(
        a_job(
            tmp_path / "work",
            targets=light,
            n_outputs=1,
            task_type=TaskType.REGRESSION,
            settings=replace(SETTINGS, rate=0.02),
        )
    )
    told = features_of(network)[: len(light), -1]
    assert abs(told.mean() - light.mean()) < 0.5 * light.std()
    assert np.corrcoef(told, light)[0, 1] > 0.9


def test_several_labels_are_told_each_for_itself(tmp_path: Path) -> None:
    _, labels = pictures()
    present = np.stack([labels, 1 - labels, np.ones_like(labels)], axis=1)[:-4].astype(np.float32)
    network = train_network(
        a_job(tmp_path / "work", targets=present, n_outputs=3, task_type=TaskType.MULTI_LABEL)
    )
    logits = features_of(network)[: len(present), -3:]
    assert ((logits > 0) == (present > 0.5)).mean() > 0.9


def test_the_packaged_network_is_tuned_from_a_head_that_knows_its_features(tmp_path: Path) -> None:
    from apprenti.blocks.embedded import load_embedded
    from apprenti.blocks.residual_reading import read_network

    start = load_embedded(64).graph
    job = a_job(
        tmp_path / "work",
        trained=TrainedName(kind="tuned.v1", size_px=32, epochs=1),
        settings=replace(SETTINGS, start="packaged", ema=0.0, rate=1e-4),
        start=start,
        shown=np.arange(4),
        checkpoints=None,
    )
    network = train_network(job)
    before, after = read_network(start), read_network(network.graph.read_bytes())
    for old, new in zip(before.stem, after.stem, strict=True):  # at such a rate they hardly learn
        assert np.abs(new.weight - old.weight).max() <= 0.05 * np.abs(old.weight).max()
    (line,) = [row for row in network.history.read_text().splitlines() if row]
    assert '"score": 1.0' in line  # rates this small have taught nothing yet: the head began there

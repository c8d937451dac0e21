"""A training that is killed with all its processes goes on where it was, and gives the same model to the last byte."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from apprenti.flow.samples import write_samples

pytestmark = [pytest.mark.slow, pytest.mark.long, pytest.mark.timeout(600)]

ROOT = Path(__file__).parents[2]
KILLED = -9
N_MOMENTS = 4
WORK_OF = {
    "read": {"look_at"},
    "dictionary": {"_decode_chunk"},
    "model": {"finish"},
    "cells": {"measure_cells"},
}
"""What is worked out for a step: once it is recorded, never again."""


@pytest.fixture(scope="module")
def photos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    everything = tmp_path_factory.mktemp("everything") / "digits"
    write_samples("digits", everything)
    some = tmp_path_factory.mktemp("some")
    for label in ("1", "3", "8", "9"):
        (some / label).mkdir()
        for photo in sorted((everything / label).iterdir())[:30]:
            (some / label / photo.name).write_bytes(photo.read_bytes())
    return some


def begin(photos: Path, folder: Path, n_steps: int = 0) -> subprocess.Popen[str]:
    folder.mkdir(exist_ok=True)
    return subprocess.Popen(
        [
            sys.executable,
            "-m",
            "tests.flow.killed_training",
            str(photos),
            str(folder / "model.apprenti"),
            str(folder),
            str(n_steps),
        ],
        cwd=ROOT,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def finish(process: subprocess.Popen[str]) -> int:
    """Return how a process ended; what a healthy one says on its standard error is shown."""
    _, complaints = process.communicate(timeout=300)
    assert process.returncode in (0, KILLED), complaints
    return process.returncode


def work_done(folder: Path) -> Counter[str]:
    path = folder / "work.txt"
    return Counter(path.read_text().splitlines() if path.exists() else ())


def by_function(folder: Path) -> Counter[str]:
    """Return how many pieces of work were begun for each function, in all processes together."""
    return Counter(line.partition(" ")[0] for line in work_done(folder).elements())


def steps_in(folder: Path) -> set[str]:
    return {path.stem for path in (folder / "journal").glob("*.step")}


@pytest.fixture(scope="module")
def uninterrupted(photos: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("uninterrupted")
    assert finish(begin(photos, folder)) == 0
    return folder


def test_a_training_killed_after_every_single_step_gives_the_same_model_and_works_nothing_out_twice(
    photos: Path, uninterrupted: Path, tmp_path: Path
) -> None:
    folder, n_killed = tmp_path / "killed", 0
    known: set[str] = set()
    while True:
        before = work_done(folder)
        code = finish(begin(photos, folder, n_steps=1))
        begun_now = {line.partition(" ")[0] for line in work_done(folder) - before}
        for step in known & WORK_OF.keys():
            assert not begun_now & WORK_OF[step], f"{step} was recorded and worked again"
        if code == 0:
            break
        n_killed += 1
        assert len(steps_in(folder) - known) == 1
        known = steps_in(folder)
    assert known == steps_in(uninterrupted)
    assert n_killed == len(known)
    assert (folder / "model.apprenti").read_bytes() == (uninterrupted / "model.apprenti").read_bytes()
    assert len(list((folder / "knowledge").iterdir())) == 1
    done, once = by_function(folder), by_function(uninterrupted)
    for function in ("look_at", "_decode_chunk", "embed_piece", "finish"):
        assert done[function] == once[function]
    # candidates run side by side: what runs while the other one's features or its end are recorded begins again
    assert once["train_candidate"] <= done["train_candidate"] < 3 * once["train_candidate"]


@pytest.mark.parametrize("seed", range(N_MOMENTS))
def test_a_training_killed_at_any_moment_gives_the_same_model(
    seed: int, photos: Path, uninterrupted: Path, tmp_path: Path
) -> None:
    folder, draws = tmp_path / "killed", random.Random(seed)
    for _ in range(3):
        process = begin(photos, folder)
        time.sleep(draws.uniform(1.0, 8.0))
        recorded = steps_in(folder)
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)  # a session of its own: nothing else is in its group
        if finish(process) == 0:
            break
        assert recorded <= steps_in(folder)
    else:
        assert finish(begin(photos, folder)) == 0
    assert (folder / "model.apprenti").read_bytes() == (uninterrupted / "model.apprenti").read_bytes()

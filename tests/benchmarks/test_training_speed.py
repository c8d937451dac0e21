"""Both loops do the same work, and their speeds are compared turn by turn."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch")
sys.path.append(str(Path(__file__).parents[2] / "benchmarks"))
import training_sides
import training_speed


def said(seconds: float) -> dict[str, float]:
    return {"n_images": 100, "cpu_seconds": seconds, "wall_seconds": 2 * seconds}


def test_the_ratio_is_the_median_of_the_turns_and_not_of_the_sides() -> None:
    # the machine was busy in the second turn: both sides took ten times as long
    row = training_speed.medians(ours=[said(1.25), said(12.5)], bare=[said(1.0), said(10.0)])
    assert (row["cpu_ratio"], row["wall_ratio"]) == (0.8, 0.8)
    assert row["bare_images_per_cpu_second"] == 55.0
    assert row["bare_images_per_wall_second"] == 27.5


def test_noise_is_written_once_and_whole(tmp_path: Path) -> None:
    path = training_speed.noise(tmp_path, n=1_003, size_px=4)
    pixels = np.load(path)
    assert (pixels.shape, pixels.dtype) == ((1_003, 4, 4, 3), np.uint8)
    assert pixels[-1].any()
    before = path.stat().st_mtime_ns
    assert training_speed.noise(tmp_path, n=1_003, size_px=4).stat().st_mtime_ns == before


def test_every_batch_in_memory_is_whole_and_holds_the_photos_of_the_file(tmp_path: Path) -> None:
    path = training_speed.noise(tmp_path, n=70, size_px=4)
    job = training_sides.Job(pixels=path, labels=np.arange(70), batch=32, precision="float32")
    batches = training_sides.batches_in_memory(job)
    assert [(len(pixels), len(labels)) for pixels, labels in batches] == [(32, 32), (32, 32)]
    pixels, labels = batches[0]
    expected = np.load(path)[int(labels[0])].transpose(2, 0, 1)
    np.testing.assert_array_equal(pixels[0].cpu().numpy(), expected)


@pytest.mark.parametrize("precision", training_sides.PRECISIONS)
def test_the_bare_loop_learns(tmp_path: Path, precision: str) -> None:
    import torch

    torch.manual_seed(0)
    path = training_speed.noise(tmp_path, n=8, size_px=32)
    labels = np.arange(8, dtype=np.int64) % 2
    job = training_sides.Job(pixels=path, labels=labels, batch=8, precision=precision)
    network = torch.nn.Sequential(
        torch.nn.BatchNorm2d(3), torch.nn.Flatten(), torch.nn.Linear(3 * 32 * 32, training_sides.N_LABELS)
    ).to(training_sides.device())
    training_sides.bare(job, network)(12)
    pixels, targets = training_sides.batches_in_memory(job)[0]
    with torch.no_grad():
        assert float(torch.nn.functional.cross_entropy(network(pixels), targets)) < 0.5

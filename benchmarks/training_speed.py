"""How much of a bare PyTorch loop's speed the training of deep recipes keeps, and how much memory it takes.

    python benchmarks/training_speed.py                             photos a second, in turns, both precisions
    python benchmarks/training_speed.py --precisions float32 --sizes 128
    python benchmarks/training_speed.py --memory                    peak memory on 5,000 and on 50,000 photos

``training_sides.py`` has the two sides. They take turns, each as a process of its own with one thread, another one
first each time. Photos a second count processor seconds, so that a loader in other threads is not free, and so that a
busy machine matters less. For memory, ours trains through every photo once. The pixels are noise: no side looks at
what they show. Writes ``results/training_speed.json`` and ``results/training_memory.json``.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

import results
from image_sets import add_arguments
from measured import peak_memory, run
from training_sides import PRECISIONS

TRAINING_SIDES = results.ROOT / "benchmarks" / "training_sides.py"
N_TO_TIME = 5_000
WRITTEN_AT_ONCE = 1_000


def main() -> None:
    """Measure speed, or memory."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add_arguments(parser)
    parser.add_argument("--sizes", type=int, nargs="+", default=[64, 128], help="side in pixels")
    parser.add_argument("--precisions", nargs="+", choices=PRECISIONS, default=PRECISIONS)
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--n-steps", type=int, default=200)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--memory", action="store_true", help="measure memory instead of speed")
    parser.add_argument("--n-photos", type=int, nargs="+", default=[5_000, 50_000], help="for memory")
    options = parser.parse_args()
    if options.memory:
        for n in options.n_photos:
            row = memory_of(n, options)
            results.keep("training_memory", [row], key=("n_photos", "size_px", "batch"))
            print(row)
        return
    for size_px in options.sizes:
        for precision in options.precisions:
            row = speed_of(size_px, precision, options)
            results.keep("training_speed", [row], key=("size_px", "precision", "batch", "device"))
            print(row)


def speed_of(size_px: int, precision: str, options: argparse.Namespace) -> results.Row:
    """Return the medians of both sides, and of their ratio turn by turn."""
    pixels = noise(options.work, n=N_TO_TIME, size_px=size_px)
    more = ("--n-steps", options.n_steps, "--batch", options.batch, "--precision", precision)
    said: dict[str, list[results.Row]] = {"ours": [], "bare": []}
    for turn in range(options.repeats):
        for side in ("ours", "bare") if turn % 2 else ("bare", "ours"):
            said[side].append(json.loads(run(command(side, pixels, *more)).output))
    what = {"size_px": size_px, "precision": precision, "batch": options.batch, "device": device()}
    return {**what, "n_steps": options.n_steps, "n_runs": options.repeats, **medians(**said)}


def command(side: str, pixels: Path, *more: str | int) -> list[str | Path]:
    """Return the command line of one side."""
    return [sys.executable, TRAINING_SIDES, side, pixels, *map(str, more)]


def device() -> str:
    """Return what is trained on: ``cpu``, or the name of the GPU."""
    import torch

    return str(torch.cuda.get_device_name()) if torch.cuda.is_available() else "cpu"


def medians(ours: Sequence[results.Row], bare: Sequence[results.Row]) -> results.Row:
    """Return photos a second of both sides and the share of the bare loop's that ours keeps, turn by turn.

    Args:
        ours: ``n_images``, ``cpu_seconds`` and ``wall_seconds`` of each turn.
        bare: the same of the other side.
    """
    row: results.Row = {}
    for clock in ("cpu", "wall"):
        speeds = [[one["n_images"] / one[f"{clock}_seconds"] for one in side] for side in (ours, bare)]
        shares = [mine / theirs for mine, theirs in zip(*speeds, strict=True)]
        mine, theirs = (round(statistics.median(speed), 1) for speed in speeds)
        row |= {f"ours_images_per_{clock}_second": mine, f"bare_images_per_{clock}_second": theirs}
        row |= {f"{clock}_ratio": round(statistics.median(shares), 3)}
    return row


def memory_of(n_photos: int, options: argparse.Namespace) -> results.Row:
    """Return the peak memory of our training through every one of ``n_photos`` photos."""
    size_px = options.sizes[0]
    pixels = noise(options.work, n=n_photos, size_px=size_px)
    n_steps = -(-n_photos // options.batch)
    asked = command("ours", pixels, "--n-steps", n_steps, "--batch", options.batch)
    _, wall_seconds, peak = peak_memory(asked)
    return {
        "n_photos": n_photos,
        "size_px": size_px,
        "batch": options.batch,
        "pixels_mb": round(pixels.stat().st_size / 1e6),
        "peak_pss_mb": round(peak.pss_mb),
        "peak_own_mb": round(peak.own_mb),
        "wall_seconds": round(wall_seconds, 1),
    }


def noise(work: Path, *, n: int, size_px: int) -> Path:
    """Return a file of noise, uint8 [n, size_px, size_px, 3], written once a thousand photos at a time."""
    path = work / "noise" / f"{n}-of-{size_px}px.npy"
    if path.exists():
        return path
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished, random = path.with_suffix(".part"), np.random.default_rng(0)
    shape = (n, size_px, size_px, 3)
    pixels = np.lib.format.open_memmap(unfinished, mode="w+", dtype=np.uint8, shape=shape)
    for start in range(0, n, WRITTEN_AT_ONCE):
        rows = pixels[start : start + WRITTEN_AT_ONCE]
        rows[:] = random.integers(0, 256, rows.shape, dtype=np.uint8)
    pixels.flush()
    unfinished.rename(path)
    return path


if __name__ == "__main__":
    main()

"""A small network trained on one's own photos: the script somebody who knows PyTorch writes in an afternoon.

    python benchmarks/plain_script.py PHOTOS                          thirty epochs
    python benchmarks/plain_script.py TABLE.csv --minutes 2 --answers answers.csv

It is what ``deep.py`` measures Apprenti against, so it is meant to do well: photos are decoded once, on every core,
into memory; it takes a GPU where there is one and else the number of threads that is quicker; and it learns from
every photo that is not for testing. It knows nothing of Apprenti.

PHOTOS is a folder of ``train/CLASS/*`` and ``test/CLASS/*`` (``val`` is tested on where there is no ``test``, and
learnt from else), TABLE a file of ``path,label,split`` with paths that count from its own folder. Prints one line
of JSON.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

BEGUN = time.perf_counter()  # the minutes are those of the whole script, so importing torch counts

import numpy as np  # noqa: E402
import torch  # noqa: E402
from PIL import Image, ImageOps  # noqa: E402
from torch import Tensor, nn  # noqa: E402

SIZE_PX = 64
BATCH = 32
WIDTHS = (32, 64, 128, 256)
DEVICE = "cuda" if torch.cuda.is_available() else "cpu"
N_STEPS_TO_TIME = 4


class Photo(NamedTuple):
    """Where a photo is, what it shows, and whether it is kept for testing."""

    path: Path
    label: str
    is_test: bool


def main() -> None:
    """Train, answer the test photos, print what came of it."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("photos", type=Path)
    parser.add_argument("--epochs", type=int, default=30)
    parser.add_argument("--minutes", type=float, help="stop after the last epoch that fits into them")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--answers", type=Path, help="a CSV of path,label,answer for every test photo")
    options = parser.parse_args()
    photos = photos_of(options.photos)
    labels = sorted({photo.label for photo in photos})
    learnt, test = ([p for p in photos if p.is_test is tested] for tested in (False, True))
    pixels, test_pixels = decoded(learnt), decoded(test)
    targets = torch.tensor([labels.index(photo.label) for photo in learnt])
    trying = time.perf_counter()
    n_threads = use_the_quicker_threads(pixels, targets, n_labels=len(labels))
    tried_seconds = time.perf_counter() - trying  # found out once in an afternoon: not of the minutes
    torch.manual_seed(options.seed)
    network = small_network(len(labels))
    seconds = None if options.minutes is None else 60 * options.minutes + tried_seconds
    n_epochs = train(
        network, pixels, targets, n_epochs=options.epochs, seconds=seconds, test_share=len(test) / len(learnt)
    )
    answers = [labels[answer] for answer in answered(network, test_pixels)]
    if options.answers is not None:
        write_answers(options.answers, test, answers)
    n_right = sum(photo.label == answer for photo, answer in zip(test, answers, strict=True))
    said = {"accuracy": n_right / len(test), "n": len(test), "epochs": n_epochs}
    spent = {"seconds": round(time.perf_counter() - BEGUN, 2), "device": DEVICE, "threads": n_threads}
    print(json.dumps({**said, **spent}))


def photos_of(source: Path) -> list[Photo]:
    """Return the photos of a table or of a folder with split folders."""
    if source.is_file():
        with source.open(newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        return [Photo(source.parent / row["path"], row["label"], row["split"] == "test") for row in rows]
    tested_on = next((name for name in ("test", "val") if (source / name).is_dir()), None)
    if tested_on is None or not (source / "train").is_dir():
        raise SystemExit(f"{source}: no folders train and test; hand in a table of path,label,split")
    paths = sorted(path for path in source.glob("*/*/*") if path.is_file())
    return [Photo(path, path.parent.name, path.parts[-3] == tested_on) for path in paths]


def decoded(photos: Sequence[Photo]) -> Tensor:
    """Return the photos as [n, 3, 64, 64] uint8, decoded on every core."""
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return torch.stack(list(pool.map(_one_decoded, [photo.path for photo in photos])))


def _one_decoded(path: Path) -> Tensor:
    with Image.open(path) as image:
        image.draft("RGB", (2 * SIZE_PX, 2 * SIZE_PX))  # a large JPEG is decoded at a fraction of its size
        upright = ImageOps.exif_transpose(image).convert("RGB")
        resized = upright.resize((SIZE_PX, SIZE_PX), Image.Resampling.BILINEAR)
    return torch.from_numpy(np.array(resized)).permute(2, 0, 1)  # [64, 64, 3] to [3, 64, 64]


def small_network(n_labels: int) -> nn.Sequential:
    """Return four convolutions, each with its normalisation, rectifier and pooling, and a linear layer."""
    layers: list[nn.Module] = []
    n_in = 3
    for width in WIDTHS:
        layers += [nn.Conv2d(n_in, width, 3, padding=1, bias=False), nn.BatchNorm2d(width)]
        layers += [nn.ReLU(inplace=True), nn.MaxPool2d(2)]
        n_in = width
    layers += [nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(n_in, n_labels)]
    return nn.Sequential(*layers).to(DEVICE)


def train(
    network: nn.Sequential,
    pixels: Tensor,
    targets: Tensor,
    *,
    n_epochs: int,
    seconds: float | None,
    test_share: float,
) -> int:
    """Train with Adam, as many epochs as were asked for or fit; one at least.

    Args:
        network: what learns.
        pixels: [n, 3, 64, 64] uint8.
        targets: [n] int64.
        n_epochs: at most.
        seconds: of the whole script, if it is to stop.
        test_share: test photos for each photo learnt from; answering them takes time as well.

    Returns:
        How many epochs it made.
    """
    optimiser = torch.optim.Adam(network.parameters(), lr=1e-3)
    slowest = 0.0
    for epoch in range(n_epochs):
        begun = time.perf_counter()
        if epoch and seconds is not None and begun - BEGUN + slowest * (1 + test_share) > seconds:
            return epoch
        network.train()
        for chosen in torch.randperm(len(pixels)).split(BATCH):
            step(network, optimiser, pixels[chosen], targets[chosen])
        slowest = max(slowest, time.perf_counter() - begun)
    return n_epochs


def step(network: nn.Sequential, optimiser: torch.optim.Optimizer, pixels: Tensor, targets: Tensor) -> None:
    """Learn from one batch, half of it mirrored: [b, 3, 64, 64] uint8 and [b] int64."""
    batch = scaled(pixels)
    mirrored = torch.rand(len(batch), device=DEVICE) < 0.5  # [b]
    batch = torch.where(mirrored[:, None, None, None], batch.flip(-1), batch)
    loss = nn.functional.cross_entropy(network(batch), targets.to(DEVICE))
    optimiser.zero_grad()
    loss.backward()
    optimiser.step()


def scaled(pixels: Tensor) -> Tensor:
    """Return pixels as the network takes them: float32, -1..1."""
    return pixels.to(DEVICE).float() / 127.5 - 1


def answered(network: nn.Sequential, pixels: Tensor) -> list[int]:
    """Return the answers for [n, 3, 64, 64] uint8, as indices."""
    network.eval()
    with torch.no_grad():
        parts = [network(scaled(chunk)).argmax(dim=1) for chunk in pixels.split(8 * BATCH)]
    return [int(answer) for answer in torch.cat(parts)]


def use_the_quicker_threads(pixels: Tensor, targets: Tensor, *, n_labels: int) -> int:
    """Set one thread or torch's own number of them, whichever trains quicker here and now, and return it.

    Several threads may be many times slower than one where the other cores are busy, so they are given up as soon
    as they have taken as long as one did.
    """
    own = torch.get_num_threads()
    if DEVICE == "cpu" and own > 1:
        with_one = _seconds_of_steps(1, pixels, targets, n_labels=n_labels, most=float("inf"))
        with_own = _seconds_of_steps(own, pixels, targets, n_labels=n_labels, most=with_one)
        torch.set_num_threads(own if with_own < with_one else 1)
    return int(torch.get_num_threads())


def _seconds_of_steps(
    n_threads: int, pixels: Tensor, targets: Tensor, *, n_labels: int, most: float
) -> float:
    torch.set_num_threads(n_threads)
    network = small_network(n_labels)
    optimiser = torch.optim.Adam(network.parameters(), lr=1e-3)
    step(network, optimiser, pixels[:BATCH], targets[:BATCH])  # the first also allocates
    begun, spent = time.perf_counter(), 0.0
    for _ in range(N_STEPS_TO_TIME):
        step(network, optimiser, pixels[:BATCH], targets[:BATCH])
        spent = time.perf_counter() - begun
        if spent >= most:
            break
    return spent


def write_answers(path: Path, photos: Sequence[Photo], answers: Sequence[str]) -> None:
    """Write what was answered for each photo."""
    with path.open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        table.writerow(["path", "label", "answer"])
        for photo, answer in zip(photos, answers, strict=True):
            table.writerow([photo.path, photo.label, answer])


if __name__ == "__main__":
    main()

"""How often the window alarm is false, what it finds, and what it costs.

    python benchmarks/drift.py
    python benchmarks/drift.py --sets clothing --repeats 50

A model learns from a part of a set's training photos; the others are dealt anew for every window into a reference and
the window, so that nothing is asked of one lucky reference. ``one reference`` asks it all the same: a hundred windows
against the same one, as a service has it. Photos are changed as pixels and answered anew. Test photos are not used.
The processor time of a check, facts of the photos included, is held against that of answering the same photos from
their files. Writes ``results/drift.json``, one row for each (set, change, photos in the window).
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

import results
from apprenti.blocks.decoding import decode
from apprenti.blocks.photo_facts import photo_facts
from apprenti.domain.recipe import Canvas
from apprenti.stages.feedback import DriftReference, Observations, check_window, most_moved
from feedback_model import SIDE_PX, Eyes, Model, Photos, Pixels, deal, learn, read_photos
from image_sets import SETS, add_arguments

DEFAULT_SETS = ("clothing", "trashnet", "neu-steel")
WINDOWS = (50, 200)
KEY = ("set", "change", "n_photos")
N_TIMED = 200


def noisy(pixels: Pixels) -> Pixels:
    """Add the noise of a sensor in the dark."""
    noise = np.random.default_rng(0).normal(0, 20, pixels.shape)
    return np.clip(pixels + noise, 0, 255).astype(np.uint8)


def dimmed(pixels: Pixels) -> Pixels:
    """Halve the light."""
    return pixels // 2


def blurred(pixels: Pixels) -> Pixels:
    """Average each pixel with its neighbours, five by five."""
    total = np.zeros(pixels.shape, np.float32)
    for down in range(-2, 3):
        for right in range(-2, 3):
            total += np.roll(pixels, (down, right), axis=(1, 2))
    return (total / 25).astype(np.uint8)


CHANGES: Mapping[str, Callable[[Pixels], Pixels]] = {
    "noise": noisy,
    "half the light": dimmed,
    "blur": blurred,
}
SHIFTS: Mapping[str, Callable[[NDArray[np.int64], int], NDArray[np.float64]]] = {
    "half of the classes stay away": lambda labels, n: (labels >= n // 2).astype(float),
    "one class three times as often": lambda labels, n: np.where(labels == n // 2, 3.0, 1.0),
}


def main() -> None:
    """Measure the sets the command line names."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add_arguments(parser)
    parser.add_argument("--sets", nargs="+", choices=SETS, default=list(DEFAULT_SETS))
    parser.add_argument("--repeats", type=int, default=100)
    options = parser.parse_args()
    eyes = Eyes()
    for name in options.sets:
        photos = read_photos(name, options)
        features = eyes.features(photos.pixels)
        learnt, others = deal(photos, seed=0)
        model = learn(photos, features, learnt, seed=0)
        usual = model.observe(features[others], photos.pixels[others], photos.sizes[others])
        rows = measured(name, photos, others, usual, model, eyes, options.repeats)
        rows.append(cost(name, photos, others, usual, model, eyes))
        results.keep("drift", rows, key=KEY)
        for row in rows:
            print({key: value for key, value in row.items() if key != "words"}, row.get("words"), flush=True)


def measured(
    name: str,
    photos: Photos,
    others: NDArray[np.int64],
    usual: Observations,
    model: Model,
    eyes: Eyes,
    repeats: int,
) -> list[results.Row]:
    """Return how often there was an alarm, by change and size of the window."""
    changed = {"nothing": usual, "nothing, one reference": usual}
    for change, apply in CHANGES.items():
        pixels = apply(photos.pixels[others])
        changed[change] = model.observe(eyes.features(pixels), pixels, photos.sizes[others])
    changed |= dict.fromkeys(SHIFTS, usual)
    rows = []
    for change, now in changed.items():
        weights = np.ones(len(others))
        if change in SHIFTS:
            weights = SHIFTS[change](photos.labels[others], len(photos.names))
        for n in WINDOWS:
            found = Counter[str]()
            words = Counter[str]()
            for repeat in range(repeats):
                fixed = change.endswith("one reference")
                reference, window = dealt(len(others), n, weights, repeat, fixed=fixed)
                drift = check_window(now.rows(window), DriftReference(held_out=usual.rows(reference)))
                found["alarms"] += drift.alarm
                found["answers"] += drift.p_answers <= drift.level
                found["distance"] += drift.p_distance <= drift.level
                found["facts"] += drift.p_facts <= drift.level
                words.update(shift.word for shift in drift.shifts)
            rows.append(
                {
                    "set": name,
                    "change": change,
                    "n_photos": n,
                    "n_windows": repeats,
                    **{what: found[what] for what in ("alarms", "answers", "distance", "facts")},
                    "words": dict(words.most_common(3)),
                }
            )
    return rows


def dealt(
    n_others: int, n: int, weights: NDArray[np.float64], seed: int, *, fixed: bool
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the rows of a reference and of a window: other photos, each once."""
    order = np.random.default_rng(0 if fixed else seed).permutation(n_others)
    reference, rest = order[: min(512, n_others // 2)], order[min(512, n_others // 2) :]
    chances = weights[rest] / weights[rest].sum()
    n = min(n, int((chances > 0).sum()))
    window = np.random.default_rng((seed, 1)).choice(rest, n, replace=False, p=chances)
    return reference, window


def cost(
    name: str,
    photos: Photos,
    others: NDArray[np.int64],
    usual: Observations,
    model: Model,
    eyes: Eyes,
) -> results.Row:
    """Return processor seconds of answering a window and of checking it."""
    window = others[:N_TIMED]
    answering, checking = [], []
    reference = DriftReference(held_out=usual.rows(np.arange(N_TIMED, min(len(others), N_TIMED + 512))))
    canvas = Canvas(size_px=SIDE_PX)
    for _ in range(5):
        started = time.process_time()
        for row in window:
            pixels = decode(photos.files[row].read_bytes(), canvas, item="")
            features = eyes.features(pixels[None])
            model.pipeline.logits(features)
            model.familiarity.distances(features)
        answering.append(time.process_time() - started)
        started = time.process_time()
        for row in window:
            photo_facts(
                photos.pixels[row], width_px=int(photos.sizes[row, 0]), height_px=int(photos.sizes[row, 1])
            )
        now = usual.rows(np.arange(len(window)))
        check_window(now, reference)
        most_moved(now, reference)
        checking.append(time.process_time() - started)
    answer_s, check_s = (float(np.median(each)) for each in (answering, checking))
    return {
        "set": name,
        "change": "cost",
        "n_photos": len(window),
        "answering_cpu_seconds": round(answer_s, 4),
        "checking_cpu_seconds": round(check_s, 4),
        "ratio": round(check_s / answer_s, 4),
    }


if __name__ == "__main__":
    main()

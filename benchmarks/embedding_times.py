"""How long one photo takes through each backbone of the package: what ``recipes/times.py`` predicts with.

    python benchmarks/embedding_times.py

Writes ``results/embedding_times.json``: CPU milliseconds on one core, median of many photos, decoded already.
"""

from __future__ import annotations

import argparse
import time

import numpy as np

import results
from apprenti.blocks.backbone import Backbone
from apprenti.blocks.classic import learn_classic
from apprenti.blocks.embedded import load_embedded
from apprenti.blocks.session import open_session
from apprenti.blocks.views import mirrored
from apprenti.domain.recipe import Canvas, Look
from apprenti.recipes import SIZES_PX, embedding_seconds
from apprenti.recipes.times import N_CORES, decoding_ms

N_PHOTOS = 60
CLASSIC_PX = 64


def main() -> None:
    """Measure every backbone, keeping each row as soon as it is there."""
    argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    ).parse_args()
    for backbone in backbones():
        looks = [Look(backbone=backbone.name, canvas=Canvas(size_px=backbone.size_px))]
        photo = {"width_px": float(CLASSIC_PX), "height_px": float(CLASSIC_PX)}
        predicted_ms = 1000 * N_CORES * embedding_seconds(looks, n_photos=1, **photo) - decoding_ms(**photo)
        row = {
            "backbone": backbone.name,
            "ms": round(ms_of(backbone), 2),
            "predicted_ms": round(predicted_ms, 2),
        }
        results.keep("embedding_times", [row], key=("backbone",))
        print(f"{backbone.name:24} {row['ms']:6} ms, predicted {row['predicted_ms']:6}")


def backbones() -> list[Backbone]:
    """Return the hand-made features and the packaged network in every size, then mirrored."""
    noise = np.random.default_rng(0).integers(0, 256, (300, CLASSIC_PX, CLASSIC_PX, 3), np.uint8)
    plain = [load_embedded(size_px) for size_px in SIZES_PX]
    return [learn_classic(noise, seed=0), *plain, *map(mirrored, plain)]


def ms_of(backbone: Backbone) -> float:
    """Return the median CPU milliseconds of one photo."""
    session = open_session(backbone.graph)
    side = backbone.size_px
    pixels = np.random.default_rng(0).integers(0, 256, (1, side, side, 3), np.uint8)
    seconds = []
    for _ in range(N_PHOTOS):
        begun = time.process_time()
        session.run(["features"], {"pixels": pixels})
        seconds.append(time.process_time() - begun)
    return 1000 * float(np.median(seconds[5:]))


if __name__ == "__main__":
    main()

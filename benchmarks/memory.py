"""Peak memory of a training on many photos: it should grow with their features, never with their pixels.

    python benchmarks/memory.py                               50,000 photos of 32 px and of 128 px
    python benchmarks/memory.py --n-photos 5000 --side-px 32

The photos are drawn: ten classes of discs, bars and rings of random size, place and colour on a random
ground, so that no two are near duplicates. Writes ``results/memory.json``, one row for each (number, side).
"""

from __future__ import annotations

import argparse
import json
import random
import tempfile
from pathlib import Path

from PIL import Image, ImageDraw

import results
from image_sets import add_arguments
from measured import APPRENTI, cold_environment, peak_memory

N_CLASSES = 10


def main() -> None:
    """Draw the photos once, train on them, keep the peak."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add_arguments(parser)
    parser.add_argument("--n-photos", type=int, default=50_000)
    parser.add_argument("--side-px", type=int, nargs="+", default=[32, 128])
    parser.add_argument("--budget", default="10m")
    options = parser.parse_args()
    for side_px in options.side_px:
        photos = drawn(options.work / "drawn", n=options.n_photos, side_px=side_px)
        with cold_environment() as environment, tempfile.TemporaryDirectory() as folder:
            model = Path(folder) / "model.apprenti"
            command = [APPRENTI, "train", photos, "--out", model, "--budget", options.budget, "--json"]
            output, wall_seconds, peak = peak_memory(command, environment=environment)
        said = json.loads(output)
        row = {
            "n_photos": options.n_photos,
            "side_px": side_px,
            "n_used": said["profile"]["n_examples"],
            "peak_pss_mb": round(peak.pss_mb),
            "peak_rss_mb": round(peak.rss_mb),
            "wall_seconds": round(wall_seconds, 1),
            "kept": said["kept"],
        }
        results.keep("memory", [row], key=("n_photos", "side_px"))
        print(row)


def drawn(folder: Path, *, n: int, side_px: int) -> Path:
    """Return a folder of ``n`` drawn photos in ten class folders, made once."""
    whole = folder / f"{n}-of-{side_px}px"
    if whole.is_dir():
        return whole
    unfinished = whole.with_suffix(".part")
    generator = random.Random(0)
    for position in range(n):
        label = position % N_CLASSES
        target = unfinished / f"class-{label}" / f"{position:06}.jpg"
        target.parent.mkdir(parents=True, exist_ok=True)
        _photo(label, side_px, generator).save(target, quality=85)
    unfinished.rename(whole)
    return whole


def _photo(label: int, side_px: int, generator: random.Random) -> Image.Image:
    """Return one or two shapes, which by label, on ground that differs from corner to corner."""
    corners = Image.frombytes("RGB", (4, 4), generator.randbytes(48))
    image = corners.resize((side_px, side_px), Image.Resampling.BICUBIC)
    draw = ImageDraw.Draw(image)
    colour = tuple(generator.randrange(256) for _ in range(3))
    for _ in range(1 + label // 5):
        x, y = (generator.uniform(0.1, 0.5) * side_px for _ in range(2))
        wide, high = (generator.uniform(0.2, 0.5) * side_px for _ in range(2))
        box = (x, y, x + wide, y + high)
        match label % 5:
            case 0:
                draw.ellipse(box, fill=colour)
            case 1:
                draw.rectangle(box, fill=colour)
            case 2:
                draw.ellipse(box, outline=colour, width=max(1, side_px // 16))
            case 3:
                draw.line(box, fill=colour, width=max(1, side_px // 12))
            case _:
                draw.polygon([(x, y + high), (x + wide, y + high), (x + wide / 2, y)], fill=colour)
    return image


if __name__ == "__main__":
    main()

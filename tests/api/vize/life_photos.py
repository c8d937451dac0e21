"""Photos of two kinds of thing, made up or real, as files such as people have them: small ones and large ones."""

from __future__ import annotations

import io
import tarfile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

N_PER_KIND = 36
LARGE_BYTES = 0.1 * 1024 * 1024  # what the client makes smaller and sends as a data: address


def made_photos(folder: Path) -> dict[str, list[Path]]:
    """Draw round things and angular things before backgrounds like nothing in particular, with a camera's noise."""
    rng = np.random.default_rng(7)
    return {
        kind: [_written(folder / kind / f"{at:02}.jpg", _scene(kind, at, rng)) for at in range(N_PER_KIND)]
        for kind in ("round", "angular")
    }


def real_photos(archive: Path, kinds: tuple[str, ...], folder: Path) -> dict[str, list[Path]]:
    """Take the first photos of some class folders out of an archive; each tenth as large as a phone's."""
    found: dict[str, list[Path]] = {kind: [] for kind in kinds}
    with tarfile.open(archive) as tar:
        for member in tar:
            kind = Path(member.name).parent.name
            photos = found.get(kind, [])
            file = tar.extractfile(member) if kind in found and len(photos) < N_PER_KIND else None
            if file is not None:
                data = file.read() if len(photos) % 10 else _enlarged(file.read())
                photos.append(_written(folder / kind / f"{len(photos):02}.jpg", data))
    return found


def _enlarged(data: bytes) -> bytes:
    image = Image.open(io.BytesIO(data)).convert("RGB")
    file = io.BytesIO()
    image.resize((2400, round(2400 * image.height / image.width))).save(file, "JPEG", quality=97)
    return file.getvalue()


def _written(path: Path, data: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def _scene(kind: str, at: int, rng: np.random.Generator) -> bytes:
    width, height = (1400, 1000) if at % 10 == 0 else (320, 240)
    image = Image.fromarray(_background(width, height, rng))
    draw = ImageDraw.Draw(image)
    for _ in range(6):
        colour = tuple(int(value) for value in rng.integers(0, 256, 3))
        side = int(rng.uniform(0.15, 0.3) * height)
        x, y = int(rng.integers(0, width - side)), int(rng.integers(0, height - side))
        box = (x, y, x + side, y + side)
        if kind == "round":
            draw.ellipse(box, fill=colour, outline=(20, 20, 20), width=3)
        else:
            draw.polygon(
                [(x, y + side), (x + side // 2, y), (x + side, y + side)], fill=colour, outline=(20, 20, 20)
            )
    image = image.filter(ImageFilter.GaussianBlur(0.6))
    noisy = np.asarray(image, np.float32) + rng.normal(0, 8, (height, width, 3))
    file = io.BytesIO()
    Image.fromarray(noisy.clip(0, 255).astype(np.uint8)).save(file, "JPEG", quality=92)
    return file.getvalue()


def _background(width: int, height: int, rng: np.random.Generator) -> NDArray[np.uint8]:
    coarse = Image.fromarray(rng.integers(60, 200, (5, 7, 3)).astype(np.uint8))
    return np.asarray(coarse.resize((width, height), Image.Resampling.BICUBIC))

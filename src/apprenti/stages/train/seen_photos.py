"""Photos as a network sees them while it learns, for a person to look at. PyTorch."""

from __future__ import annotations

import io

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from apprenti.blocks.answering import Array
from apprenti.blocks.augmentation import augmented, mixed, plain
from apprenti.blocks.pixel_rows import PixelRows
from apprenti.domain.policy import Policy
from apprenti.domain.symmetry import Symmetry
from apprenti.stages.train.network_job import SeenPhoto

N_PHOTOS = 2
N_CHANGED = 4
"""Pictures of each photo beside the photo as it is."""
JPEG_QUALITY = 80


def see_photos(
    pixels: PixelRows,
    rows: NDArray[np.intp],
    *,
    policy: Policy,
    symmetries: tuple[Symmetry, ...],
    seed: int,
) -> tuple[SeenPhoto, ...]:
    """Return some photos as training changes them, in ``N_CHANGED`` ways each.

    Args:
        pixels: all photos.
        rows: of those to look at.
        policy: how they are changed.
        symmetries: what leaves their labels as they are.
        seed: of the changes.
    """
    photos = torch.from_numpy(pixels.take(rows))  # uint8 [n, S, S, 3]
    generator = torch.Generator().manual_seed(seed)
    batches = []
    for _ in range(N_CHANGED):
        batch = augmented(
            photos, side_px=pixels.size_px, policy=policy, symmetries=symmetries, generator=generator
        )
        batch, _ = mixed(batch, torch.zeros(len(rows), 1), alpha=policy.mixup_alpha, generator=generator)
        batches.append(batch)  # [n, 3, S, S]
    unchanged = plain(photos, side_px=pixels.size_px)
    return tuple(
        SeenPhoto(
            row=int(row),
            plain=_jpeg(unchanged[place]),
            changed=tuple(_jpeg(batch[place]) for batch in batches),
        )
        for place, row in enumerate(rows)
    )


def rows_to_show(targets: Array, fitted: NDArray[np.intp]) -> NDArray[np.intp]:
    """Return ``N_PHOTOS`` of the rows learnt from: the first, and then those that differ from all before, if any do.

    Args:
        targets: [m] or [m, K], see ``blocks.answering.Array``.
        fitted: rows, below m.
    """
    _, firsts = np.unique(targets[fitted], axis=0, return_index=True)
    chosen = [*sorted(firsts.tolist())[:N_PHOTOS]]
    others = [place for place in range(min(N_PHOTOS, len(fitted))) if place not in chosen]
    return fitted[[*chosen, *others][:N_PHOTOS]]


def _jpeg(photo: Tensor) -> bytes:
    """Return a photo, float32 [3, S, S] of 0..255, as a JPEG."""
    from PIL import Image

    square = photo.round().clamp(0, 255).to(torch.uint8).permute(1, 2, 0).contiguous().numpy()  # [S, S, 3]
    buffer = io.BytesIO()
    Image.fromarray(square).save(buffer, "JPEG", quality=JPEG_QUALITY)
    return buffer.getvalue()

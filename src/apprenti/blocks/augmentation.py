"""Photos as a network sees them in training: changed at random, a batch at a time, in PyTorch.

Cropping, scaling, turning, shifting and mirroring are one affine map per photo, so a batch is sampled once; brightness,
contrast and saturation are one 3 x 3 matrix per photo. Every draw comes from the generator that is given, and a batch
takes the same number of draws whatever the policy. Validation sees the same photos through ``plain``.
"""

from __future__ import annotations

import math
from collections.abc import Collection

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import grid_sample, interpolate

from apprenti.domain.policy import Policy
from apprenti.domain.symmetry import Symmetry

LUMA = (0.299, 0.587, 0.114)
"""What red, green and blue add to a pixel's grey (Rec. 601)."""

_N_DRAWS = 15
"""Numbers a photo takes from the generator: 8 for where to look, 3 for colours, 4 for what to hide."""


def plain(pixels: Tensor, *, side_px: int) -> Tensor:
    """Return photos unchanged but for their size: what validation looks at.

    Args:
        pixels: uint8 [n, S, S, 3].
        side_px: side of the squares that come out; shrinking is antialiased.

    Returns:
        float32 [n, 3, side_px, side_px], 0..255.
    """
    return _resized(pixels, side_px)


def augmented(
    pixels: Tensor,
    *,
    side_px: int,
    policy: Policy,
    symmetries: Collection[Symmetry],
    generator: torch.Generator,
) -> Tensor:
    """Return photos changed at random, each in its own way.

    Args:
        pixels: uint8 [n, S, S, 3].
        side_px: side of the squares that come out.
        policy: what may change, and by how much.
        symmetries: what leaves the labels as they are; made use of where the policy is ``symmetric``.
        generator: every draw comes from here; the same state gives the same photos.

    Returns:
        float32 [n, 3, side_px, side_px], 0..255; with a policy that changes nothing, the photos of ``plain``.

    Example:
        >>> generator = torch.Generator().manual_seed(0)
        >>> photos = torch.zeros(8, 96, 96, 3, dtype=torch.uint8)
        >>> policy = Policy(area=(0.5, 1), symmetric=True)
        >>> augmented(photos, side_px=64, policy=policy, symmetries=["mirror"], generator=generator).shape
        torch.Size([8, 3, 64, 64])
    """
    n = len(pixels)
    draws = torch.rand(_N_DRAWS, n, generator=generator, device=generator.device).to(pixels.device)
    where = _where(draws[:8], policy, symmetries if policy.symmetric else ())  # [n, 2, 3]
    source = _resized(pixels, min(pixels.shape[1], _source_px(side_px, policy)))
    photos = grid_sample(
        source, _grid(where, side_px), mode="bilinear", padding_mode="reflection", align_corners=False
    )
    if policy.brightness or policy.contrast or policy.saturation:
        photos = _recoloured(photos, draws[8:11], policy)
    if policy.erase_share:
        photos = _erased(photos, draws[11:], policy.erase_share)
    return photos


def mixed(
    pixels: Tensor, targets: Tensor, *, alpha: float, generator: torch.Generator
) -> tuple[Tensor, Tensor]:
    """Return every photo blended with another of the batch, and its targets with the other's (mixup).

    Args:
        pixels: float32 [n, 3, h, w].
        targets: float32 [n, K].
        alpha: shares come from Beta(alpha, alpha): near 0 photos hardly mix, at 1 anyhow. 0 leaves all as it is.
        generator: every draw comes from here.

    Returns:
        Pixels and targets of the same shapes; a photo's own share is at least a half.

    Source: H. Zhang et al., "mixup: Beyond empirical risk minimization", 2018 (arXiv:1710.09412).
    """
    if not alpha:
        return pixels, targets
    n = len(pixels)
    seed = int(torch.randint(2**62, (1,), generator=generator, device=generator.device))
    share = np.random.default_rng(seed).beta(alpha, alpha, n).astype(np.float32)
    own = torch.from_numpy(np.maximum(share, 1 - share)).to(pixels.device)  # [n]
    other = torch.randperm(n, generator=generator, device=generator.device).to(pixels.device)
    return (
        torch.lerp(pixels[other], pixels, own.reshape(n, 1, 1, 1)),
        torch.lerp(targets[other], targets, own.reshape(n, 1)),
    )


def _resized(pixels: Tensor, side_px: int) -> Tensor:
    """Return float32 [n, 3, side_px, side_px], one plane after the other, from uint8 [n, S, S, 3]."""
    planes = pixels.permute(0, 3, 1, 2)  # [n, 3, S, S], still channels last in memory
    if side_px < pixels.shape[1]:  # as bytes, which is 5 times as fast
        planes = interpolate(planes, size=(side_px, side_px), mode="bilinear", antialias=True)
    planes = planes.contiguous().float()
    if side_px > pixels.shape[1]:
        planes = interpolate(planes, size=(side_px, side_px), mode="bilinear")
    return planes


def _source_px(side_px: int, policy: Policy) -> int:
    """Return the side that photos are brought to before they are sampled.

    Sampling does not antialias, so a part of the mean area should come out of it at about the size it went in.
    """
    return math.ceil(side_px / math.sqrt(sum(policy.area) / 2))


def _where(draws: Tensor, policy: Policy, symmetries: Collection[Symmetry]) -> Tensor:
    """Return the map from places in the square that comes out to places in the photo, float32 [n, 2, 3].

    Places are -1..1 along both sides. Read from the right: turn and mirror the square, stretch it to the part that is
    looked at, rotate that by a few degrees, move it there.
    """
    low, high = policy.area
    area = low + (high - low) * draws[0]
    low, high = (math.log(ratio) for ratio in policy.aspect)
    aspect = torch.exp(low + (high - low) * draws[1])
    most = max(1.0, math.sqrt(policy.area[1]))
    width, height = torch.sqrt(area * aspect).clamp(max=most), torch.sqrt(area / aspect).clamp(max=most)
    x, y = (
        (2 * draws[i] - 1) * (1 - side).clamp(min=0) + 2 * policy.shift_share * (2 * draws[i + 2] - 1)
        for i, side in ((2, width), (3, height))
    )
    angle = math.radians(policy.rotation_degrees) * (2 * draws[6] - 1)
    right, down = _turned(draws[7], symmetries)  # [n, 2] each: where the square's axes point
    cos, sin = torch.cos(angle), torch.sin(angle)
    rows = [
        cos * width * right[:, 0] - sin * height * right[:, 1],
        cos * width * down[:, 0] - sin * height * down[:, 1],
        x,
        sin * width * right[:, 0] + cos * height * right[:, 1],
        sin * width * down[:, 0] + cos * height * down[:, 1],
        y,
    ]
    return torch.stack(rows, dim=1).reshape(-1, 2, 3)


def _grid(where: Tensor, side_px: int) -> Tensor:
    """Return where each pixel of the squares looks, [n, side_px, side_px, 2]: ``affine_grid``, 15 times as fast."""
    place = (torch.arange(side_px, dtype=where.dtype, device=where.device) * 2 + 1) / side_px - 1
    y, x = torch.meshgrid(place, place, indexing="ij")
    places = torch.stack([x.flatten(), y.flatten(), torch.ones_like(x).flatten()])  # [3, side_px²]
    looks = where.reshape(-1, 3) @ places  # [n · 2, side_px²]
    return looks.reshape(-1, 2, side_px, side_px).permute(0, 2, 3, 1)


def _turned(draw: Tensor, symmetries: Collection[Symmetry]) -> tuple[Tensor, Tensor]:
    """Return where the axes of each square point to, [n, 2] twice: every way that is allowed, equally often."""
    turns = [0, 1, 2, 3] if "quarter_turn" in symmetries else [0, 2] if "upside_down" in symmetries else [0]
    signs = [1, -1] if "mirror" in symmetries else [1]
    right = [(sign * x, sign * y) for turn in turns for sign in signs for x, y in [_AXES[turn]]]
    down = [(-y, x) for turn in turns for _ in signs for x, y in [_AXES[turn]]]
    which = (draw * len(right)).long().clamp(max=len(right) - 1)  # [n]
    table = torch.tensor([right, down], dtype=draw.dtype, device=draw.device)  # [2, n_ways, 2]
    return table[0, which], table[1, which]


_AXES = ((1, 0), (0, 1), (-1, 0), (0, -1))


def _recoloured(photos: Tensor, draws: Tensor, policy: Policy) -> Tensor:
    """Return photos with brightness, contrast and saturation drawn anew: one matrix and one offset for each photo."""
    strengths = (policy.brightness, policy.contrast, policy.saturation)
    light, contrast, saturation = (
        1 + strength * (2 * draw - 1) for strength, draw in zip(strengths, draws, strict=True)
    )
    luma = torch.tensor(LUMA, dtype=photos.dtype, device=photos.device)
    # S = s I + (1 - s) 1 lumaᵀ keeps every pixel's grey, so the mean grey may be taken before it
    scale = (light * contrast).reshape(-1, 1, 1)
    saturation = saturation.reshape(-1, 1, 1)
    matrix = scale * (saturation * torch.eye(3, device=photos.device) + (1 - saturation) * luma)  # [n, 3, 3]
    mean_grey = photos.mean(dim=(2, 3)) @ luma  # [n]
    offset = (light * (1 - contrast) * mean_grey).reshape(-1, 1, 1)
    return torch.baddbmm(offset, matrix, photos.flatten(2)).clamp_(0, 255).reshape(photos.shape)


def _erased(photos: Tensor, draws: Tensor, most: float) -> Tensor:
    """Return photos with one rectangle each in the photo's mean colour, of an area from 0 to ``most``.

    Source: Z. Zhong et al., "Random erasing data augmentation", 2017 (arXiv:1708.04896).
    """
    side_px = photos.shape[2]
    area, aspect = most * draws[0], torch.exp(math.log(2) * (2 * draws[1] - 1))  # from 1:2 to 2:1
    place = (torch.arange(side_px, device=photos.device) + 0.5) / side_px  # [side_px]
    inside = []
    for length, draw in ((torch.sqrt(area * aspect), draws[2]), (torch.sqrt(area / aspect), draws[3])):
        first = (draw * (1 - length.clamp(max=1))).reshape(-1, 1)
        inside.append((place >= first) & (place < first + length.reshape(-1, 1)))  # [n, side_px]
    hidden = inside[1][:, None, :, None] & inside[0][:, None, None, :]  # [n, 1, side_px, side_px]
    return torch.where(hidden, photos.mean(dim=(2, 3), keepdim=True), photos)

"""What a model looked at: each part of a photo is covered in turn, and what the answer loses by it is the part's heat.

It asks the model itself, whatever that is made of, and says what the answer rests on: the last map of a network has
three by three places, and does not know which of them the answer needed.

Source: M. Zeiler, R. Fergus, "Visualizing and Understanding Convolutional Networks", 2014, section 4.2.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from apprenti.stages.predict.predictor import Predictor

N_CELLS = 7
WINDOW_CELLS = 2.0
"""Side of what is covered at a time: less hides too little of anything for an answer to notice."""
BATCH = 16
FAINT = 0.15
"""In log-odds, or in margins of a number: an answer that no part changes by more rests on no part alone."""

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Heat:
    """How much an answer rests on each part of a photo.

    Args:
        parts: float32 [n, n] of the canvas, row by row from the top: 0 where nothing is lost, 1 where most is.
        answer: what was said of the whole photo: the probability of the label, or the number.
        covered: what is said where the part that matters most is covered.
        is_faint: no part alone matters.
    """

    parts: Floats
    answer: float
    covered: float
    is_faint: bool


def heat_of(
    predictor: Predictor, pixels: NDArray[np.uint8], *, label: str | None, n_cells: int = N_CELLS
) -> Heat:
    """Return what an answer rests on.

    Args:
        predictor: gave it.
        pixels: uint8 [S,S,3], the photo as the model sees it.
        label: whose probability is followed; ``None`` where the model tells a number.
        n_cells: parts along each side.
    """
    at = 0 if label is None else predictor.labels.index(label)
    name = predictor.manifest.answer

    def ask(photos: NDArray[np.uint8]) -> Floats:
        return predictor.outputs(photos, names=(name,))[name].reshape(len(photos), -1)[:, at]

    scale = predictor.manifest.margin
    return heat_by(ask, pixels, n_cells=n_cells, margin=None if label is not None else scale)


def heat_by(
    ask: Callable[[NDArray[np.uint8]], Floats],
    pixels: NDArray[np.uint8],
    *,
    n_cells: int = N_CELLS,
    margin: float | None = None,
) -> Heat:
    """Return what the answer of ``ask`` rests on.

    Args:
        ask: uint8 [n,S,S,3] → float32 [n], probabilities or numbers.
        pixels: uint8 [S,S,3].
        n_cells: parts along each side.
        margin: of numbers, by which a change is measured; ``None`` where ``ask`` tells probabilities.
    """
    whole = float(ask(pixels[None])[0])
    covered = covered_photos(pixels, n_cells)
    answers = np.concatenate([ask(covered[start : start + BATCH]) for start in range(0, len(covered), BATCH)])
    if margin is None:
        lost = _log_odds(np.float64(whole)) - _log_odds(answers.astype(np.float64))
    else:
        lost = np.abs(whole - answers.astype(np.float64)) / max(margin, 1e-12)
    most = float(lost.max())
    is_faint = most < FAINT
    parts = np.zeros_like(lost) if is_faint else np.clip(lost / most, 0, 1)
    return Heat(
        parts=parts.reshape(n_cells, n_cells).astype(np.float32),
        answer=whole,
        covered=float(answers[int(lost.argmax())]),
        is_faint=is_faint,
    )


def covered_photos(pixels: NDArray[np.uint8], n_cells: int) -> NDArray[np.uint8]:
    """Return the photo once for each part, that part covered by the photo's own mean colour: uint8 [n·n,S,S,3].

    Example:
        >>> covered_photos(np.zeros((8, 8, 3), np.uint8), 4).shape
        (16, 8, 8, 3)
    """
    side = len(pixels)
    centres = (np.arange(n_cells) + 0.5) * side / n_cells
    half = WINDOW_CELLS * side / n_cells / 2
    ends = [(max(0, round(c - half)), min(side, round(c + half))) for c in centres]
    colour = pixels.reshape(-1, 3).mean(axis=0).round().astype(np.uint8)
    photos = np.repeat(pixels[None], n_cells * n_cells, axis=0)
    for row, (top, bottom) in enumerate(ends):
        for column, (left, right) in enumerate(ends):
            photos[row * n_cells + column, top:bottom, left:right] = colour
    return photos


def _log_odds(p: NDArray[np.float64] | np.float64) -> NDArray[np.float64]:
    sure = np.clip(p, 1e-6, 1 - 1e-6)
    return np.asarray(np.log(sure / (1 - sure)))

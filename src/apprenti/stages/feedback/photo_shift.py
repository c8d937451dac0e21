"""In what photos differ from the training photos, in words of photography, and which of them differ most."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from apprenti.blocks.photo_facts import PHOTO_FACTS
from apprenti.stages.feedback.observations import DriftReference, Observations
from apprenti.stages.feedback.two_sample import cliffs_delta

CLEAR = 0.33
"""Cliff's delta from which on a difference is called medium (J. Romano et al., 2006); smaller ones are not told."""

MOST_TOLD = 2
RIDGE = 1.0

WORDS = {
    "brightness": ("darker", "brighter"),
    "contrast": ("flatter", "harder"),
    "sharpness": ("blurrier", "grainier"),
    "saturation": ("paler", "more_colourful"),
    "warmth": ("bluer", "warmer"),
    "size": ("smaller", "larger"),
}
"""What a fact is called when it falls, and when it rises: entries of ``texts/*/feedback.toml``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FactShift:
    """One thing that is different about the photos.

    Args:
        fact: one of ``PHOTO_FACTS``.
        delta: Cliff's delta, -1..1; below 0 the photos have less of it.
        usual: median of the training photos.
        now: median of these photos.
    """

    fact: str
    delta: float
    usual: float
    now: float

    @property
    def word(self) -> str:
        """What the photos are, compared with the training photos."""
        return WORDS[self.fact][int(self.delta > 0)]


def fact_shifts(now: NDArray[np.float32], usual: NDArray[np.float32]) -> tuple[FactShift, ...]:
    """Return the clear differences, the clearest first, at most ``MOST_TOLD``.

    Args:
        now: [n, 6] facts of the photos.
        usual: [m, 6] facts of held-out training photos.
    """
    shifts = [
        FactShift(
            fact=fact,
            delta=cliffs_delta(usual[:, k], now[:, k]),
            usual=float(np.median(usual[:, k])),
            now=float(np.median(now[:, k])),
        )
        for k, fact in enumerate(PHOTO_FACTS)
    ]
    clear = [shift for shift in shifts if abs(shift.delta) >= CLEAR]
    return tuple(sorted(clear, key=lambda shift: -abs(shift.delta)))[:MOST_TOLD]


def most_moved(window: Observations, reference: DriftReference) -> NDArray[np.int64]:
    """Return the rows of a window, those first that tell it apart from the training photos best.

    A ridge regression learns to say on which side a photo is; each photo is scored as if it had been left out. It
    only shows examples: whether there is a change, the tests of the alarm say.

    Source: D. Lopez-Paz, M. Oquab, "Revisiting classifier two-sample tests", 2017; the left-out score is that of
    D. M. Allen, "The relationship between variable selection and data augmentation", 1974.
    """
    usual = reference.held_out
    rows = np.concatenate([_described(usual), _described(window)])
    is_now = np.arange(len(rows)) >= len(usual)
    scores = _left_out_scores(rows, is_now)[len(usual) :]
    return np.argsort(-scores, kind="stable")


def _described(photos: Observations) -> NDArray[np.float64]:
    """Return what the two sides are told apart by, [n, K + 7]."""
    parts = [photos.answers, photos.distances[:, np.newaxis], photos.facts]
    return np.concatenate(parts, axis=1).astype(np.float64)


def _left_out_scores(rows: NDArray[np.float64], is_now: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return [n]: near 1 for rows like those of now, near -1 for the others; both sides weigh the same."""
    spread = rows.std(axis=0)
    scaled = (rows - rows.mean(axis=0)) / np.where(spread > 0, spread, 1)
    design = np.concatenate([scaled, np.ones((len(rows), 1))], axis=1)
    side = np.where(is_now, 1.0, -1.0)
    weight = np.where(is_now, 0.5 / is_now.mean(), 0.5 / (~is_now).mean())
    weighted = design * weight[:, np.newaxis]
    inverse = np.linalg.inv(weighted.T @ design + RIDGE * np.eye(design.shape[1]))
    fitted = design @ (inverse @ (weighted.T @ side))
    leverage = np.einsum("ij,jk,ik->i", design, inverse, weighted)
    return np.asarray((fitted - leverage * side) / np.maximum(1 - leverage, 1e-9))

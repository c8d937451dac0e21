"""Heads fitted to targets that are no classes: several labels at once, or a number."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from apprenti.blocks.answering.protocol import Array, Loss
from apprenti.blocks.answering.regression import mean_and_spread
from apprenti.blocks.catalogue import resolve_for
from apprenti.blocks.heads.placement import Head
from apprenti.blocks.heads.rescaled import Rescaled
from apprenti.blocks.heads.ridge import LOGIT_SCALE
from apprenti.blocks.parameters import Parameters
from apprenti.blocks.threads import one_thread


def fit_target_head(
    name: str, features: NDArray[np.float32], targets: Array, *, loss: Loss, parameters: Parameters, seed: int
) -> Head:
    """Fit the head ``name`` so that its logits make ``loss`` small.

    Of labels, a head that only knows squared errors fits −1 and +1, and its outputs are spread to the size that logits
    have. A number is standardised before the fit and brought back to its own unit after it, so that penalties mean
    the same whatever is measured.

    Args:
        name: of a head that the catalogue has for this loss.
        features: [n, d] float32, finite.
        targets: [n, K] float32 of 0 and 1, or [n] float32.
        loss: what suits the targets.
        parameters: of the head.
        seed: of everything random in the fit.

    Raises:
        OptionError: no such head, or a parameter out of its range.
    """
    fit, knows_labels = resolve_for(name, loss)
    if loss == "squared_error":
        mean, spread = mean_and_spread(targets)
        columns = ((targets - mean) / spread)[:, np.newaxis]
        scale, offset = np.array([spread]), np.array([mean])
    else:
        columns = targets if knows_labels else 2 * targets - 1
        scale = np.full(targets.shape[1], LOGIT_SCALE, np.float32)
        offset = np.zeros_like(scale)
    with one_thread():
        head: Head = fit(features, columns.astype(np.float32), parameters=parameters, seed=seed)
    return head if knows_labels else Rescaled(head=head, scale=scale, offset=offset)

"""How much of a task's budget is left for the training itself: what comes before and after takes time as well.

Foretold from counts alone, and not from what was measured, so that every attempt at a training has the same budget.
"""

from __future__ import annotations

from apprenti.flow.service.known_embeddings import MOST_KNOWN
from apprenti.flow.service.snapshot import Snapshot

GATHER_SECONDS = 0.006
"""Of each image, which is written into the folder of the training and is on the disk before it begins."""
ASK_SECONDS = 0.012
"""Of each image that a model is asked about when the training is over; measured on photos of two megapixels."""
MOST_SHARE = 1 / 3
"""Of the budget; a budget that is short for so many images is exceeded, and not given up."""
LEAST_SECONDS = 15.0


def training_seconds(budget_seconds: float, snapshot: Snapshot) -> float:
    """Return what is left of a budget for the training.

    Taken off are gathering the images, asking the new model and the one in production about every test image, and
    the new one about the training images that corrections are held against.
    """
    n_tested = len(snapshot.test)
    n_known = min(MOST_KNOWN, len(snapshot.images) - n_tested)
    beside = GATHER_SECONDS * len(snapshot.images) + ASK_SECONDS * (n_known + 2 * n_tested)
    left = budget_seconds - min(beside, MOST_SHARE * budget_seconds)
    return round(max(left, min(LEAST_SECONDS, budget_seconds)), 1)

"""What more photos should bring, from the features that landmarks are measured on."""

from __future__ import annotations

import numpy as np

from apprenti.domain.dataset import Dataset, Split
from apprenti.domain.more_photos import MorePhotos
from apprenti.flow.landmarks import LandmarkRows
from apprenti.stages.profile import foretell_gains, measure_learning_curve


def foretell_more_photos(dataset: Dataset, rows: LandmarkRows, *, seed: int) -> MorePhotos | None:
    """Return what more photos should bring, or ``None`` where there are too few to say anything.

    Args:
        dataset: with splits.
        rows: features of some of its photos that are not for testing.
        seed: of how photos are dealt out.
    """
    groups = np.unique(
        [example.group or example.content_hash for example in rows.examples], return_inverse=True
    )
    curve = measure_learning_curve(
        rows.features, rows.labels(dataset), groups[1], n_labels=len(dataset.labels), seed=seed
    )
    if curve is None:
        return None
    return foretell_gains(curve, _photos_to_learn_from(dataset))


def _photos_to_learn_from(dataset: Dataset) -> dict[str, int]:
    everywhere, in_test = dataset.n_per_label(), dataset.n_per_label(Split.TEST)
    return {label: everywhere[label] - in_test[label] for label in dataset.labels}

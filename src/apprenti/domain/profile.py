"""What a data set looks like in numbers, before any recipe is trained on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """Sizes, classes, imbalance, resolution, colour and cheap landmarks of a data set.

    Args:
        n_examples: usable examples.
        n_train: of them in train.
        n_validation: of them in validation (0: cross-validation on train).
        n_test: of them in test.
        n_labels: number of classes.
        n_per_label: examples of each class.
        smallest_class: examples in the smallest class.
        imbalance: largest class / smallest class, ≥ 1.
        class_entropy: entropy of the class shares / ln(n_labels), 0..1; 1 is perfectly even.
        width_px: median width.
        height_px: median height.
        shorter_side_px_p10: 10th percentile of the shorter side.
        shorter_side_px_p90: 90th percentile of the shorter side.
        aspect_ratio: median of width / height.
        grey_share: share of images without colour, 0..1.
        brightness: mean over images, 0..1.
        contrast: mean over images, 0..1.
        colourfulness: mean over images, 0..1.
        n_set_aside: files not used.
        n_duplicates: items that repeat another.
        landmarks: balanced accuracy of very cheap learners on part of the training data, 0..1
            (``nearest_neighbour``, ``nearest_centroid``, ``linear``); empty when not measured.
        n_landmark: examples the landmarks were measured on.
    """

    n_examples: int
    n_train: int
    n_validation: int
    n_test: int
    n_labels: int
    n_per_label: Mapping[str, int]
    smallest_class: int
    imbalance: float
    class_entropy: float
    width_px: float
    height_px: float
    shorter_side_px_p10: float
    shorter_side_px_p90: float
    aspect_ratio: float
    grey_share: float
    brightness: float
    contrast: float
    colourfulness: float
    n_set_aside: int
    n_duplicates: int
    landmarks: Mapping[str, float] = field(default_factory=dict)
    n_landmark: int = 0

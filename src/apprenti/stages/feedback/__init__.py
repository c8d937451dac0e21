"""Feedback: from answered photos and a person's word to what is looked at, learnt, and put to use. Arrays alone."""

from apprenti.stages.feedback.challenge import Verdict, verdict, what_could_be_seen
from apprenti.stages.feedback.change_point import ChangePoint, change_point
from apprenti.stages.feedback.drift import Drift, DriftNotice, check_window, drift_sentences
from apprenti.stages.feedback.observations import DriftReference, Observations
from apprenti.stages.feedback.photo_shift import FactShift, most_moved
from apprenti.stages.feedback.promotion_level import level_of, n_photos_for, smallest_visible_difference
from apprenti.stages.feedback.quarantine import (
    GivenCorrection,
    Held,
    HoldKind,
    KnownPhotos,
    quarantine,
    share_of_sure_mistakes,
)
from apprenti.stages.feedback.retrain import Decision, Trigger, when_due
from apprenti.stages.feedback.review import (
    HonestAccuracy,
    ReviewPlace,
    ReviewScale,
    fold_alike,
    honest_accuracy,
    review_places,
    review_scale,
)

__all__ = [
    "ChangePoint",
    "Decision",
    "Drift",
    "DriftNotice",
    "DriftReference",
    "FactShift",
    "GivenCorrection",
    "Held",
    "HoldKind",
    "HonestAccuracy",
    "KnownPhotos",
    "Observations",
    "ReviewPlace",
    "ReviewScale",
    "Trigger",
    "Verdict",
    "change_point",
    "check_window",
    "drift_sentences",
    "fold_alike",
    "honest_accuracy",
    "level_of",
    "most_moved",
    "n_photos_for",
    "quarantine",
    "review_places",
    "review_scale",
    "share_of_sure_mistakes",
    "smallest_visible_difference",
    "verdict",
    "what_could_be_seen",
    "when_due",
]

"""Profile: what a data set looks like in numbers, before any recipe is trained on it."""

from apprenti.stages.profile.by_likeness import answer_by_likeness, answer_left_out
from apprenti.stages.profile.describe import describe
from apprenti.stages.profile.landmarks import measure_landmarks
from apprenti.stages.profile.learning_curve import LearningCurve, measure_learning_curve
from apprenti.stages.profile.likeness import group_alike
from apprenti.stages.profile.more_photos import LAW, foretell_gains, gain_of_one
from apprenti.stages.profile.photo_map import place_on_map, rows_of_map
from apprenti.stages.profile.twins import find_twins

__all__ = [
    "LAW",
    "LearningCurve",
    "answer_by_likeness",
    "answer_left_out",
    "describe",
    "find_twins",
    "foretell_gains",
    "gain_of_one",
    "group_alike",
    "measure_landmarks",
    "measure_learning_curve",
    "place_on_map",
    "rows_of_map",
]

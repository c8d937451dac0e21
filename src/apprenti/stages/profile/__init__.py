"""Profile: what a data set looks like in numbers, before any recipe is trained on it."""

from apprenti.stages.profile.describe import describe
from apprenti.stages.profile.landmarks import measure_landmarks

__all__ = ["describe", "measure_landmarks"]

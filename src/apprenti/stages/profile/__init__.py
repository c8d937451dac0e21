"""Profile: what a data set looks like in numbers, before any recipe is trained on it."""

from apprenti.stages.profile.describe import describe
from apprenti.stages.profile.landmarks import measure_landmarks
from apprenti.stages.profile.learning_curve import measure_learning_curve
from apprenti.stages.profile.more_photos import foretell_gains

__all__ = ["describe", "foretell_gains", "measure_landmarks", "measure_learning_curve"]

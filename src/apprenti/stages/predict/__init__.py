"""Predict: answers from a model file, with numpy, onnxruntime and pillow and nothing else."""

from apprenti.stages.predict.heat import Heat, heat_of
from apprenti.stages.predict.predictor import Predictor, check_golden

__all__ = ["Heat", "Predictor", "check_golden", "heat_of"]

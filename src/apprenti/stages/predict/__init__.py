"""Predict: answers from a model file, with numpy, onnxruntime and pillow and nothing else."""

from apprenti.stages.predict.predictor import Predictor

__all__ = ["Predictor"]

"""Lesson 3, in code: the solution."""

import math


def neuron(x1: float, x2: float, w1: float, w2: float, b: float) -> float:
    """Return the activation of a neuron with two inputs: a number between 0 and 1."""
    return 1 / (1 + math.exp(-(w1 * x1 + w2 * x2 + b)))

"""Lesson 6, in code: the solution."""


def step(w: float, v: float, gradient: float, rate: float, momentum: float) -> tuple[float, float]:
    """Return the weight and the velocity after one step."""
    v = momentum * v - rate * gradient
    return w + v, v

"""Lesson 7, in code: the solution."""


def backward(x1: float, y: int, v1: float, h1: float, p: float) -> tuple[float, float, float]:
    """Return the slopes of the loss by h1, by z1 and by w11."""
    by_h1 = (p - y) * v1
    by_z1 = by_h1 * h1 * (1 - h1)
    return by_h1, by_z1, by_z1 * x1

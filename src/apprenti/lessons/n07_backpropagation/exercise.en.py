"""Lesson 7, in code: one hidden neuron backwards. Fill the gap, then run `apprenti learn check 7`."""


def backward(x1, y, v1, h1, p):
    """Return the slopes of the loss by h1, by z1 and by w11, as three numbers."""
    # 1. by h1: p - y, times the weight v1 that h1 went through
    # 2. by z1: that, times the slope of the sigmoid, h1 * (1 - h1)
    # 3. by w11: that, times the input x1

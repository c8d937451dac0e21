"""Lesson 3, in code: a neuron in one line. Fill the gap, then run `apprenti learn check 3`."""


def neuron(x1, x2, w1, w2, b):
    """Return the activation of a neuron with two inputs: a number between 0 and 1."""
    # 1. multiply each input by its weight, add the products, then add the bias
    # 2. put the sum through the sigmoid, 1 / (1 + e^-z); math.exp(-z) is e^-z

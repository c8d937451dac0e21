"""Lesson 6, in code: one step with momentum. Fill the gap, then run `apprenti learn check 6`."""


def step(w, v, gradient, rate, momentum):
    """Return the weight and the velocity after one step, as a pair: w, v."""
    # 1. the new velocity: momentum times the old one, minus rate times gradient
    # 2. the new weight: the old one plus the new velocity

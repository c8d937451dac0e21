"""Lesson 3: one artificial neuron, on two numbers of the learner's own photos."""

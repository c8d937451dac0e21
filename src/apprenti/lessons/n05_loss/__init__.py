"""Lesson 5: what an answer costs, on the learner's own photos."""

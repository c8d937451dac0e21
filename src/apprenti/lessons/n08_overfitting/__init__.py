"""Lesson 8: a small network trained on the learner's photos until it knows them by heart, and what helps against it."""

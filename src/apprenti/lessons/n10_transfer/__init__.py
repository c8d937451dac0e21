"""Lesson 10: the ladder from pixels to a network trained elsewhere, on the learner’s photos, with intervals."""

"""Lesson 9: a kernel painted over the learner's photo, and the real maps of a network that looks at it."""

"""Lesson 1: the four things a recogniser stands on, measured on the learner's own run."""

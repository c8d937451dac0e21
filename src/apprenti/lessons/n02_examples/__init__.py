"""Lesson 2: learning from labelled examples, why some are kept apart, and what a copy across the line does."""

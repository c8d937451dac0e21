"""Lesson 13: photos grouped without their labels, and what the groups have to do with the classes."""

"""Lesson 11, ten algorithms: none is best on all data."""

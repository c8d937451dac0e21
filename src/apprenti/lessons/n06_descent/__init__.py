"""Lesson 6: how training finds its way down, with and without momentum."""

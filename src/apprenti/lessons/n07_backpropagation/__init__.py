"""Lesson 7: how an error finds its way back to every weight, on a network of nine numbers."""

"""Lesson 15: why these five recipes were tried, what past data said, and what a choice costs."""

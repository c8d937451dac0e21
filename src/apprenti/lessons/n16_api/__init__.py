"""Lesson 16: a model in daily use: its API, volumes, what it costs to build or to buy, who may see the photos."""

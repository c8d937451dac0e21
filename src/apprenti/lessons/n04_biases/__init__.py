"""Lesson 4: the bias of a neuron and the bias of a data set, which are two things of one name."""

"""Lessons: machine learning explained on the learner's own run; each folder one lesson, the other files what all share."""

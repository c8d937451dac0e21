"""Lessons: machine learning explained on the learner's own run; each folder one lesson, the files what all share."""

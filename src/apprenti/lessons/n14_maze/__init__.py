"""Lesson 14: learning from reward and punishment, in a maze between two photos of the learner's."""

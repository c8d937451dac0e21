"""Workers: processes that take trainings from the queue, one at a time, and see them through."""

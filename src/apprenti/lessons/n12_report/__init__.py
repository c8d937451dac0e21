"""Lesson 12, read your report: intervals, confusion, precision and recall, thresholds and their price, calibration."""

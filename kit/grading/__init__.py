"""Grading. Nothing is imported here, or the zygote would import the suite."""

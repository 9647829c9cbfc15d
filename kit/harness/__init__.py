"""What a submission is, read in one way by `pytest`, `kit train`, `kit check` and grading."""

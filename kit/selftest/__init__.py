"""Grade the graders: a hidden suite is held against submissions whose verdict is known."""

"""The course: nbgrader's release, autograding and gradebook. The only folder that imports nbgrader."""

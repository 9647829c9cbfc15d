{{TOOLS}}

attempt(
    lambda: module("os").kill(-1, 0),
    lambda: module("os").kill(1, 0),
)

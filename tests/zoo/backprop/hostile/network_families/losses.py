{{TOOLS}}

attempt(
    lambda: module("socket").socket(1),
    lambda: module("socket").socket(10),
    lambda: module("socket").socket(16, 3, 0),
    lambda: module("socket").socketpair()[0],
)

{{TOOLS}}

attempt(
    lambda: module("socket").socket(2, 2).sendto(b"REACHED", ("127.0.0.1", {{PORT}})),
    lambda: module("socket").socket(2, 2).connect(("127.0.0.1", {{PORT}})),
)

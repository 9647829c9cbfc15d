{{TOOLS}}

attempt(
    lambda: module("socket").socket(1, 1).connect("\0kit-hostile-{{PORT}}"),
    lambda: module("socket").socket(1, 1).connect("{{SOCKET}}"),
)

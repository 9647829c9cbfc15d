{{TOOLS}}

attempt(
    lambda: open("{{COURSE}}/tests/hidden/backprop/test_bce.py").read(),
    lambda: full(module("os").listdir("{{COURSE}}/tests/hidden/backprop")),
)

{{TOOLS}}

attempt(
    lambda: exec(open("{{COURSE}}/submitted/bob/backprop/losses.py").read(), {}),
    lambda: full(module("os").listdir("{{COURSE}}/submitted")),
)

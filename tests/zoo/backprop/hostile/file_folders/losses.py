{{TOOLS}}

attempt(
    lambda: full(module("os").listdir("/")),
    lambda: full(list(module("os").scandir("{{COURSE}}"))),
    lambda: full(list(module("os").walk("{{COURSE}}"))),
    lambda: full(list(module("pathlib").Path("{{COURSE}}").iterdir())),
    lambda: full(list(module("pathlib").Path("{{COURSE}}").glob("*"))),
)

{{TOOLS}}
FILE = "{{COURSE}}/gradebook.db"


attempt(
    lambda: open(FILE, "r+b").write(b"x"),
    lambda: module("os").truncate(FILE, 0),
    lambda: module("os").rename(FILE, FILE + "~"),
)

{{TOOLS}}
FILE = "{{COURSE}}/gradebook.db"


def better():
    connection = module("sqlite3").connect(FILE)
    connection.execute("update grade set manual_score = 99")
    connection.commit()


attempt(
    lambda: better(),
    lambda: module("os").open(FILE, 2),
)

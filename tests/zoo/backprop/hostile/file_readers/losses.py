{{TOOLS}}
SECRET = "{{SECRET}}"


attempt(
    lambda: module("io").FileIO(SECRET).read(),
    lambda: module("io").open_code(SECRET).read(),
    lambda: module("pathlib").Path(SECRET).read_text(),
    lambda: module("codecs").open(SECRET).read(),
    lambda: full(module("linecache").getlines(SECRET)),
    lambda: module("tokenize").open(SECRET).read(),
    lambda: module("shutil").copyfile(SECRET, "{{FOLDER}}/copy"),
    lambda: module("mmap").mmap(module("os").open(SECRET, 0), 8, prot=1)[:],
)

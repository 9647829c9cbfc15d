{{TOOLS}}
NEEDLES = [bytes.fromhex(each).decode() for each in ("{{NEEDLES}}").split()]
FRAMES = module("sys")._getframe


def hunt():
    found = set()
    mine = {id(each) for each in NEEDLES}
    for thing in everything():
        if type(thing) is bytes:
            thing = thing.decode("latin-1")
        if type(thing) is str and id(thing) not in mine and len(thing) > 3:
            found.update(each for each in NEEDLES if each in thing)
    if not found:
        raise PermissionError("nothing of the kind")
    return found


attempt(
    lambda: hunt(),
)
